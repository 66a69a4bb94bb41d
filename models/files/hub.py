"""The Hugging Face hub as a source. A file that was cut, by the network or by a kill, goes on where it stopped."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils._headers import build_hf_headers
from huggingface_hub.utils._http import get_session
from tqdm.auto import tqdm

from models.card import ModelCard
from models.errors import NoSpace, TransferFailed
from models.files.disk import FULL
from models.files.progress import Progress

WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
OLD_WEIGHTS = ("*.bin", "*.bin.index.json")
SMALL = ("*.json", "*.model", "*.txt", "*.spm", "*.jinja")
"""What a model needs to load, and nothing else of its repository (other frameworks' weights, its author's code)."""

TIMEOUT = 5
"""Seconds to wait for the hub's first answer. A machine without a hub must soon get to the next source."""


def from_hub(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """The files of a card in `folder`, at the pinned revision where there is one; None for a card without a hub.

    Raises TransferFailed when the hub does not give them, and NoSpace when the disk is full. What came stays.
    """
    repository = card.sources.hub
    if not repository:
        return None
    if not card.sources.revision:
        progress.note(f"{card.id} is not pinned: the hub's newest files are taken, and no sha256 checks them.")
    _reach(repository)
    try:
        if card.files:
            for file in card.files:
                _get(repository, card.sources.revision, file.name, folder, _bar(progress, file.size or card.download))
        else:
            _get_all(card, repository, folder, progress)
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        if error.errno and not isinstance(error, ConnectionError | TimeoutError | HfHubHTTPError):
            raise  # the disk's, not the network's
        raise _not_given(repository, error) from error
    except Exception as error:  # whatever the client lets through, the next source is to be tried
        raise _not_given(repository, error) from error
    return folder


def _not_given(repository: str, error: Exception) -> TransferFailed:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return TransferFailed(f"The hub did not give {repository} ({reason}).")


def _reach(repository: str) -> None:
    """Asks once: the client itself would go on asking for half a minute on a machine that has no hub."""
    try:
        get_session().head(huggingface_hub.constants.ENDPOINT, timeout=TIMEOUT)
    except Exception as error:
        raise TransferFailed(f"The hub, which has {repository}, cannot be reached.") from error


def _get_all(card: ModelCard, repository: str, folder: Path, progress: Progress) -> None:
    api = huggingface_hub.HfApi()
    revision = card.sources.revision or api.model_info(repository).sha  # the files of one commit go together
    for name in _needed(api.list_repo_files(repository, revision=revision)):
        _get(repository, revision, name, folder, _bar(progress, card.download))


def _needed(names: Iterable[str]) -> list[str]:
    here = [name for name in names if "/" not in name]
    weights = WEIGHTS if any(name.endswith(".safetensors") for name in here) else OLD_WEIGHTS
    unwanted = OLD_WEIGHTS if weights is WEIGHTS else WEIGHTS
    wanted = (*SMALL, *weights)
    return [name for name in here if _matches(name, wanted) and not _matches(name, unwanted)]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _get(repository: str, revision: str | None, name: str, folder: Path, bar: type[tqdm]) -> None:
    target = folder / name
    if target.is_file():
        return
    url = huggingface_hub.hf_hub_url(repository, name, revision=revision)
    found = huggingface_hub.get_hf_file_metadata(url, timeout=TIMEOUT)
    headers = build_hf_headers() | {
        "Accept-Encoding": "identity"
    }  # a range of compressed bytes is no range of the file
    if urlsplit(found.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # a token for the hub is nobody else's
    target.parent.mkdir(parents=True, exist_ok=True)
    # The client would start again from nothing. The etag names the content: other content has another name here.
    begun = target.with_name(f".{target.name}.{re.sub(r'[^0-9A-Za-z]', '', found.etag or '')}")
    with begun.open("ab") as file:
        http_get(
            found.location,
            file,
            resume_size=file.tell(),
            headers=headers,
            expected_size=found.size,
            displayed_filename=name,
            tqdm_class=bar,
        )
    begun.rename(target)


def _bar(progress: Progress, total: int) -> type[tqdm]:
    """The hub client's progress bar, made to tell ours."""

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)  # the hub client's own, unknown to tqdm
            super().__init__(*args, **{**options, "disable": True})
            self._bytes = options.get("unit") == "B"
            self._done = options.get("initial") or 0

        def update(self, n: float | None = 1) -> bool | None:
            self._done += n or 0
            if self._bytes:
                progress.advance("fetch", int(self._done), total)
            return None

    return Bar
