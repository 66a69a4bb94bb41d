"""The Hugging Face hub as a source. Interrupted downloads are resumed."""

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
from models.files.disk import DISK_FULL
from models.files.progress import Progress

WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
OLD_WEIGHTS = ("*.bin", "*.bin.index.json")
CONFIG_FILES = ("*.json", "*.model", "*.txt", "*.spm", "*.jinja")
"""Patterns of the files that a model needs to load; other frameworks' weights and the author's code are not fetched."""

TIMEOUT = 5
"""Seconds to wait for the hub's first response. Without a hub, the next source must be tried soon."""


def from_hub(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """Downloads the files of a card to `folder`, at the pinned revision if any; returns None for a card without a hub.

    Raises TransferFailed when a download fails, and NoSpace when the disk is full. Partial downloads are kept.
    """
    repository = card.sources.hub
    if not repository:
        return None
    if not card.sources.revision:
        progress.note(f"{card.id} is not pinned: the hub's latest files are used, without a SHA-256 check.")
    _check_reachable(repository)
    try:
        if card.files:
            for file in card.files:
                _download(
                    repository,
                    card.sources.revision,
                    file.name,
                    folder,
                    progress_bar(progress, file.size or card.download),
                )
        else:
            _download_all(card, repository, folder, progress)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        if error.errno and not isinstance(error, ConnectionError | TimeoutError | HfHubHTTPError):
            raise  # a disk error, not a network error
        raise _transfer_failed(repository, error) from error
    except Exception as error:  # whatever the client raises, the next source is tried
        raise _transfer_failed(repository, error) from error
    return folder


def _transfer_failed(repository: str, error: Exception) -> TransferFailed:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return TransferFailed(f"{repository} could not be downloaded from the hub ({reason}).")


def _check_reachable(repository: str) -> None:
    """Tries once: without a hub, the client itself would retry for half a minute."""
    try:
        get_session().head(huggingface_hub.constants.ENDPOINT, timeout=TIMEOUT)
    except Exception as error:
        raise TransferFailed(f"The hub cannot be reached to download {repository}.") from error


def _download_all(card: ModelCard, repository: str, folder: Path, progress: Progress) -> None:
    api = huggingface_hub.HfApi()
    revision = card.sources.revision or api.model_info(repository).sha  # all files must be of one commit
    for name in _needed(api.list_repo_files(repository, revision=revision)):
        _download(repository, revision, name, folder, progress_bar(progress, card.download))


def _needed(names: Iterable[str]) -> list[str]:
    top_level = [name for name in names if "/" not in name]
    weights = WEIGHTS if any(name.endswith(".safetensors") for name in top_level) else OLD_WEIGHTS
    excluded = OLD_WEIGHTS if weights is WEIGHTS else WEIGHTS
    included = (*CONFIG_FILES, *weights)
    return [name for name in top_level if _matches(name, included) and not _matches(name, excluded)]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _download(repository: str, revision: str | None, name: str, folder: Path, bar: type[tqdm]) -> None:
    target = folder / name
    if target.is_file():
        return
    url = huggingface_hub.hf_hub_url(repository, name, revision=revision)
    metadata = huggingface_hub.get_hf_file_metadata(url, timeout=TIMEOUT)
    headers = build_hf_headers() | {
        "Accept-Encoding": "identity"
    }  # ranges of a compressed stream are not ranges of the file
    if urlsplit(metadata.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # never send the hub's token to another host
    target.parent.mkdir(parents=True, exist_ok=True)
    # The client itself would start over. The name has the ETag: a partial file of other content is not resumed.
    partial = target.with_name(f".{target.name}.{re.sub(r'[^0-9A-Za-z]', '', metadata.etag or '')}")
    with partial.open("ab") as file:
        http_get(
            metadata.location,
            file,
            resume_size=file.tell(),
            headers=headers,
            expected_size=metadata.size,
            displayed_filename=name,
            tqdm_class=bar,
        )
    partial.rename(target)


def progress_bar(progress: Progress, total: int) -> type[tqdm]:
    """Returns a tqdm class that reports the hub client's progress to ours."""

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)  # an option of the hub client's, unknown to tqdm
            super().__init__(*args, **{**options, "disable": True})
            self._bytes = options.get("unit") == "B"
            self._done = options.get("initial") or 0

        def update(self, n: float | None = 1) -> bool | None:
            self._done += n or 0
            if self._bytes:
                progress.advance("fetch", int(self._done), total)
            return None

    return Bar
