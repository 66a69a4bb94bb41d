"""A card's files on this disk: fetched from its sources, verified, and converted once.

    <home>/models/<id>/lock                        two processes at once wait for one another
    <home>/models/<id>/<revision>/files/           what was fetched, as it came; `.whole` once all of it is verified
    <home>/models/<id>/<revision>/<quantization>/  the same for CTranslate2, with `whole.json` naming its files
    <home>/models/<id>/<revision>/native/          the same for the native engine
    <home>/models/<id>/<revision>/native+<adapter>/ and with a card's adapter merged into its weights

A file that stands under its final name is whole: it was written elsewhere and renamed.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models.adapters.card import adapter_of
from models.card import NATIVE, ModelCard
from models.errors import Corrupted, ModelNotFetched, SourceError
from models.files import sources
from models.files.disk import filling, need, sha256, size, sweep, unfinished
from models.files.progress import Progress, Silent

FILES = "files"
_MANIFEST = "whole.json"


class Store:
    """The models under one folder."""

    def __init__(self, home: Path, progress: Progress | None = None) -> None:
        self._root = home / "models"
        self._progress = progress or Silent()

    def fetched(self, card: ModelCard) -> bool:
        """Whether the card's files are here, or in the user's folder that it names."""
        return self._here(card) is not None

    def has(self, card: ModelCard, quantization: str) -> bool:
        """Whether the card's converted model is here."""
        return _sizes_agree(self._place(card) / _made(card, quantization))

    def source(self, card: ModelCard, *, fetch: bool = True) -> Path:
        """The folder of the card's files as they came, fetched now if they are not here.

        Raises ModelNotFetched if they are not and `fetch` is false, and SourceError when they cannot be had.
        """
        if here := self._here(card):
            return here
        if not fetch:
            raise ModelNotFetched(f"{card.id} is not on this machine.")
        if card.notice:
            self._progress.note(card.notice)
        with self._locked(card) as place:
            if here := self._here(card):
                return here
            files = place / FILES
            need(place, card.download - size(files))
            return sources.fetch(card, files, self._progress)

    def converted(self, card: ModelCard, quantization: str, *, fetch: bool = True) -> Path:
        """The folder of the card's model for CTranslate2 or the native engine, made now if it is not here.

        Raises ModelNotFetched if it is not and `fetch` is false, and SourceError or LoadFailed when it cannot be made.
        """
        target = self._place(card) / _made(card, quantization)
        if self.has(card, quantization):
            return target
        source = self.source(card, fetch=fetch)
        with self._locked(card) as place:
            if not _sizes_agree(target):
                self._convert(card, source, place, quantization)
        return target

    def verify(self, card: ModelCard) -> None:
        """Reads all that is here of a card again. Raises Corrupted; what is bad is removed first."""
        with self._locked(card) as place:
            converted = [manifest.parent for manifest in place.glob(f"*/{_MANIFEST}")]
            files = sources.from_folder(card, place, self._progress) or place / FILES
            if card.sources.folder or (files / sources.WHOLE).is_file():
                sources.verify(card, files, self._progress)
            elif not converted:
                raise ModelNotFetched(f"{card.id} is not on this machine.")
            for folder in converted:
                _verify_converted(folder)

    def remove(self, card: ModelCard) -> int:
        """Deletes all that is here of a card, older revisions too, and no folder of the user's. Returns the bytes."""
        freed = self.size(card)
        with self._locked(card) as place:
            for revision in list(place.parent.iterdir()):
                if revision.is_dir():
                    shutil.rmtree(revision)
        return freed

    def size(self, card: ModelCard) -> int:
        """Bytes on disk of all that is here of a card."""
        return size(self._place(card).parent)

    def _place(self, card: ModelCard) -> Path:
        return self._root / card.slug / card.revision

    def _here(self, card: ModelCard) -> Path | None:
        """The user's folder, whose files are compared each time with those the card names, or what was fetched."""
        files = self._place(card) / FILES
        try:
            if folder := sources.from_folder(card, files, self._progress):
                sources.verify(card, folder, self._progress)
                return folder
        except SourceError:
            pass  # told when the other sources are tried
        return files if sources.whole(card, files) else None

    def _convert(self, card: ModelCard, source: Path, place: Path, quantization: str) -> None:
        from models.conversion.convert import convert  # noqa: PLC0415 - torch and transformers take seconds to import

        if (adapter := adapter_of(card)) and adapter.notice:
            self._progress.note(adapter.notice)
        need(place, card.parameters * (1 if quantization.startswith(("int8", NATIVE)) else 4))
        with unfinished(place) as folder:
            convert(card, source, folder / "model", quantization, self._progress)
            _write_manifest(folder / "model")
            target = place / _made(card, quantization)
            shutil.rmtree(target, ignore_errors=True)
            (folder / "model").rename(target)

    @contextmanager
    def _locked(self, card: ModelCard) -> Iterator[Path]:
        place = self._place(card)
        with filling(place):
            place.mkdir(parents=True, exist_ok=True)
            with self._alone(FileLock(place.parent / "lock"), card):
                sweep(place)
                yield place

    def _alone(self, lock: FileLock, card: ModelCard) -> AbstractContextManager[object]:
        try:
            return lock.acquire(timeout=0)
        except Timeout:
            self._progress.note(f"Another process is setting up {card.id}; waiting for it.")
            return lock.acquire()


def _made(card: ModelCard, quantization: str) -> str:
    """The folder of a conversion: weights with an adapter in them never stand where those without it do."""
    adapter = adapter_of(card)
    return f"{quantization}+{adapter.tag}" if adapter else quantization


def _write_manifest(folder: Path) -> None:
    files = {
        str(path.relative_to(folder)): [path.stat().st_size, sha256(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1), "utf-8")


def _sizes_agree(folder: Path) -> bool:
    """Whether a converted model is here and no file of it was cut. Hashing it at each start would take seconds."""
    try:
        return all((folder / name).stat().st_size == size for name, (size, _) in _manifest(folder).items())
    except (OSError, ValueError):
        return False


def _verify_converted(folder: Path) -> None:
    try:
        changed = [name for name, (_, digest) in _manifest(folder).items() if sha256(folder / name) != digest]
    except (OSError, ValueError) as error:
        changed = [str(error)]
    if changed:
        shutil.rmtree(folder)
        raise Corrupted(
            f"{folder} was changed after it was converted ({', '.join(changed)}).",
            "It is converted again at the next start.",
        )


def _manifest(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and sha256 of each file of a converted model. Raises OSError or ValueError when it does not read."""
    content: dict[str, tuple[int, str]] = json.loads((folder / _MANIFEST).read_text("utf-8"))
    return content
