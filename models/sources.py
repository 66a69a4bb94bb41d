"""Where a card's files come from: a folder on this machine, the hub, or wheels of a package index.

Each source is a function of the card and the folder to fill. It returns the folder that holds the files, None if the
card does not name it, or raises SourceError. What it leaves there after an error is what the next call goes on from.
"""

from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub.utils._http import get_session
from tqdm.auto import tqdm

from models.card import File, ModelCard
from models.disk import sha256
from models.errors import Corrupted, TransferFailed
from models.progress import Progress
from models.wheels import from_wheels

WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
OLD_WEIGHTS = ("*.bin", "*.bin.index.json")
SMALL = ("*.json", "*.model", "*.txt", "*.spm", "*.jinja")
"""What a model needs to load, and nothing else of its repository (other frameworks' weights, its author's code)."""

WHOLE = ".whole"
"""Marks a folder whose files all came and were verified."""

TIMEOUT = 5
"""Seconds to wait for the hub's first answer. A machine without a hub must soon get to the next source."""


def fetch(card: ModelCard, folder: Path, progress: Progress) -> Path:
    """Tries the card's sources in order; returns the folder that holds its verified files.

    Raises NoSpace at once, and TransferFailed with every source's reason when none gave the card's bytes.
    """
    _discard(card, folder)
    failures: list[str] = []
    for source in (from_folder, from_hub, from_wheels):
        try:
            if found := source(card, folder, progress):
                verify(card, found, progress)
                if found == folder:
                    (folder / WHOLE).touch()
                return found
        except (Corrupted, TransferFailed) as error:
            failures.append(str(error))
            progress.note(str(error))
    raise TransferFailed(f"{card.id} could not be fetched: {' '.join(failures) or 'its card names no source.'}")


def whole(card: ModelCard, folder: Path) -> bool:
    """Whether a fetch to `folder` ended well and no file was cut since. Hashing it at each start would take seconds."""
    return (folder / WHOLE).is_file() and not any(_cut(file, folder / file.name) for file in card.files)


def verify(card: ModelCard, folder: Path, progress: Progress) -> None:
    """Checks the files the card names. Raises Corrupted; a bad file is removed, unless the folder is the user's."""
    total = sum(file.size or 0 for file in card.files)
    done = 0
    for file in card.files:
        path = folder / file.name
        if fault := _fault(file, path):
            if folder == _users_own(card):
                raise Corrupted(f"{path} {fault}.", "Put the right file there: Lede changes nothing in your folder.")
            path.unlink(missing_ok=True)
            raise Corrupted(f"{path} {fault}.")
        progress.advance("verify", done := done + path.stat().st_size, max(total, done))


def _discard(card: ModelCard, folder: Path) -> None:
    """What an earlier fetch left stays where it is sound; the sources go on from there."""
    (folder / WHOLE).unlink(missing_ok=True)
    for file in card.files:
        if _fault(file, folder / file.name):
            (folder / file.name).unlink(missing_ok=True)


def _fault(file: File, path: Path) -> str | None:
    if fault := _cut(file, path):
        return fault
    if file.sha256 and sha256(path) != file.sha256:
        return "is not the file whose sha256 the card names"
    return None


def _cut(file: File, path: Path) -> str | None:
    if not path.is_file():
        return "is missing"
    if file.size and path.stat().st_size != file.size:
        return f"has {path.stat().st_size:,} bytes, and the card names {file.size:,}"
    return None


def from_folder(card: ModelCard, _folder: Path, _progress: Progress) -> Path | None:
    """The user's own folder, used where it is."""
    folder = _users_own(card)
    if folder and not folder.is_dir():
        raise TransferFailed(f"The folder {folder} is not there.")
    if folder and not card.files and not (folder / "config.json").is_file():
        raise TransferFailed(f"The folder {folder} holds no model: it has no config.json.")
    return folder


def _users_own(card: ModelCard) -> Path | None:
    return Path(card.sources.folder).expanduser() if card.sources.folder else None


def from_hub(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """The hub, at the pinned revision where there is one; the client resumes what was cut."""
    if not card.sources.hub:
        return None
    if not card.sources.revision:
        progress.note(f"{card.id} is not pinned: the hub's newest files are taken, and no sha256 checks them.")
    _reach_hub(card.sources.hub)
    common: dict[str, Any] = {
        "repo_id": card.sources.hub,
        "revision": card.sources.revision,
        "local_dir": folder,
        "etag_timeout": TIMEOUT,
    }
    try:
        if card.files:
            for file in card.files:
                bar = _bar(progress, file.size or card.download)
                huggingface_hub.hf_hub_download(filename=file.name, tqdm_class=bar, **common)
        else:
            _snapshot(card, common, progress)
    except Exception as error:  # the client's own, and those of its HTTP library, which it lets through
        if isinstance(error, OSError) and error.errno and not isinstance(error, ConnectionError | TimeoutError):
            raise  # the disk's, not the network's
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise TransferFailed(f"The hub did not give {card.sources.hub} ({reason}).") from error
    return folder


def _reach_hub(repository: str) -> None:
    """Asks once: the client itself would go on asking for half a minute on a machine that has no hub."""
    try:
        get_session().head(huggingface_hub.constants.ENDPOINT, timeout=TIMEOUT)
    except Exception as error:
        raise TransferFailed(f"The hub, which has {repository}, cannot be reached.") from error


def _snapshot(card: ModelCard, common: dict[str, Any], progress: Progress) -> None:
    bar = _bar(progress, card.download)
    folder = Path(huggingface_hub.snapshot_download(allow_patterns=[*SMALL, *WEIGHTS], tqdm_class=bar, **common))
    if not any(folder.glob("*.safetensors")):
        huggingface_hub.snapshot_download(allow_patterns=[*SMALL, *OLD_WEIGHTS], tqdm_class=bar, **common)


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
