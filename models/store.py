"""A card's files on this disk: fetched from its sources, verified, and converted once.

    <home>/models/<id>/lock                        two processes at once wait for one another
    <home>/models/<id>/<revision>/files/           what was fetched, as it came
    <home>/models/<id>/<revision>/<quantization>/  the same for CTranslate2, with `whole.json` naming its files

Whatever stands under its final name is whole: it was written elsewhere and renamed.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models.card import ModelCard
from models.disk import need, sha256, size, sweep, unfinished
from models.errors import Corrupted, ModelNotFetched
from models.hub import WHOLE
from models.progress import Progress, Silent
from models.sources import fetch, from_folder, verify

_MANIFEST = "whole.json"


class Store:
    """The models under one folder."""

    def __init__(self, home: Path, progress: Progress | None = None) -> None:
        self._root = home / "models"
        self._progress = progress or Silent()

    def fetched(self, card: ModelCard) -> bool:
        """Whether the card's files are here."""
        folder = self._files(card)
        names = [file.name for file in card.files] or ["config.json" if card.sources.folder else WHOLE]
        return all((folder / name).is_file() for name in names)

    def pull(self, card: ModelCard) -> Path:
        """The folder of the card's files, fetched if they are not here. Raises SourceError."""
        if self.fetched(card):
            return self._files(card)
        if card.notice:
            self._progress.note(card.notice)
        with self._locked(card) as place:
            if self.fetched(card):
                return self._files(card)
            need(place, 0 if card.sources.folder else card.download)
            return fetch(card, self._files(card), self._progress)

    def converted(self, card: ModelCard, quantization: str, *, fetch: bool = True) -> Path:
        """The folder of the card's CTranslate2 model, made now if it is not here.

        Raises ModelNotFetched if it is not and `fetch` is false, and SourceError or LoadFailed when it cannot be made.
        """
        target = self._place(card) / quantization
        if _sizes_agree(target):
            return target
        if not fetch and not self.fetched(card):
            raise ModelNotFetched(f"{card.id} is not on this machine.")
        source = self.pull(card)
        with self._locked(card) as place:
            if not _sizes_agree(target):
                self._convert(card, source, place, quantization)
        return target

    def source(self, card: ModelCard, *, fetch: bool = True) -> Path:
        """The folder of the card's files as they came. Raises ModelNotFetched or SourceError."""
        if not fetch and not self.fetched(card):
            raise ModelNotFetched(f"{card.id} is not on this machine.")
        return self.pull(card)

    def verify(self, card: ModelCard) -> None:
        """Reads all that is here of a card again. Raises Corrupted; what is bad is removed first."""
        if not self.fetched(card):
            raise ModelNotFetched(f"{card.id} is not on this machine.")
        with self._locked(card) as place:
            verify(card, self._files(card), self._progress)
            for manifest in place.glob(f"*/{_MANIFEST}"):
                _verify_converted(manifest)

    def remove(self, card: ModelCard) -> int:
        """Deletes all that is here of a card, not a folder of the user's own. Returns the bytes freed."""
        place = self._place(card)
        freed = size(place) if place.is_dir() else 0
        with self._locked(card):
            shutil.rmtree(place)
        return freed

    def size(self, card: ModelCard) -> int:
        """Bytes on disk of all that is here of a card."""
        return size(self._place(card)) if self._place(card).is_dir() else 0

    def _place(self, card: ModelCard) -> Path:
        return self._root / card.slug / card.revision

    def _files(self, card: ModelCard) -> Path:
        return from_folder(card, self._root, self._progress) or self._place(card) / "files"

    def _convert(self, card: ModelCard, source: Path, place: Path, quantization: str) -> None:
        from models.convert import convert  # noqa: PLC0415 - torch and transformers take seconds to import

        need(place, card.parameters * (1 if quantization.startswith("int8") else 4))
        with unfinished(place) as folder:
            convert(card, source, folder / "model", quantization, self._progress)
            _write_manifest(folder / "model")
            shutil.rmtree(place / quantization, ignore_errors=True)
            (folder / "model").rename(place / quantization)

    @contextmanager
    def _locked(self, card: ModelCard) -> Iterator[Path]:
        place = self._place(card)
        place.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place.parent / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._progress.note(f"Another process is setting up {card.id}; waiting for it.")
            lock.acquire()
        try:
            sweep(place)
            yield place
        finally:
            lock.release()


def _write_manifest(folder: Path) -> None:
    files = {
        str(path.relative_to(folder)): [path.stat().st_size, sha256(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1))


def _sizes_agree(folder: Path) -> bool:
    """Whether a converted model is here and no file of it was cut. Hashing it at each start would take seconds."""
    try:
        files = json.loads((folder / _MANIFEST).read_text())
        return all((folder / name).stat().st_size == size for name, (size, _) in files.items())
    except (OSError, ValueError):
        return False


def _verify_converted(manifest: Path) -> None:
    folder = manifest.parent
    for name, (_, digest) in json.loads(manifest.read_text()).items():
        path = folder / name
        if not path.is_file() or sha256(path) != digest:
            shutil.rmtree(folder)
            raise Corrupted(f"{path} was changed after it was converted.", "It is converted again at the next start.")
