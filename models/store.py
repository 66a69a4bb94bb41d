"""The local store of models: fetched from their sources, verified, and converted once.

    <home>/models/<id>/lock                         serializes processes
    <home>/models/<id>/<revision>/files/            the original files, with `.whole` once all are verified
    <home>/models/<id>/<revision>/<quantization>/   converted for CTranslate2, with `whole.json` listing its files
    <home>/models/<id>/<revision>/native/           converted for the native engine
    <home>/models/<id>/<revision>/native+<adapter>/ with a card's adapter merged into the weights

A folder or file under its final name is complete: it was written elsewhere and renamed.
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
from models.files.disk import folder_size, raising_no_space, remove_unfinished, require_space, sha256, temporary_folder
from models.files.progress import NoProgress, Progress

FILES = "files"
_MANIFEST = "whole.json"


class Store:
    """The models under one home folder."""

    def __init__(self, home: Path, progress: Progress | None = None) -> None:
        self._root = home / "models"
        self._progress = progress or NoProgress()

    def is_fetched(self, card: ModelCard) -> bool:
        """Returns whether the card's files are here, or in the user's folder that it names."""
        return self._find(card) is not None

    def is_converted(self, card: ModelCard, quantization: str) -> bool:
        """Returns whether the card's converted model is here."""
        return _is_intact(self._revision_folder(card) / _conversion_name(card, quantization))

    def source_folder(self, card: ModelCard, *, fetch: bool = True) -> Path:
        """Returns the folder of the card's original files, fetching them if they are not here.

        Raises ModelNotFetched if they are not here and `fetch` is false, and SourceError when fetching fails.
        """
        if folder := self._find(card):
            return folder
        if not fetch:
            raise ModelNotFetched(f"{card.id} is not on this machine.")
        if card.notice:
            self._progress.note(card.notice)
        with self._locked(card) as place:
            if folder := self._find(card):
                return folder
            files = place / FILES
            require_space(place, card.download - folder_size(files))
            return sources.fetch(card, files, self._progress)

    def converted_folder(self, card: ModelCard, quantization: str, *, fetch: bool = True) -> Path:
        """Returns the folder of the converted model, converting it if it is not here.

        `quantization` is NATIVE or one of CTranslate2's names. Raises ModelNotFetched if its files are not here
        and `fetch` is false, and SourceError or LoadFailed on failure.
        """
        target = self._revision_folder(card) / _conversion_name(card, quantization)
        if self.is_converted(card, quantization):
            return target
        source = self.source_folder(card, fetch=fetch)
        with self._locked(card) as place:
            if not _is_intact(target):
                self._convert(card, source, place, quantization)
        return target

    def verify(self, card: ModelCard) -> None:
        """Re-reads and checks everything stored of a card. Raises Corrupted after removing what is damaged."""
        with self._locked(card) as place:
            converted = [manifest.parent for manifest in place.glob(f"*/{_MANIFEST}")]
            files = sources.from_folder(card, place, self._progress) or place / FILES
            if card.sources.folder or (files / sources.COMPLETE).is_file():
                sources.verify(card, files, self._progress)
            elif not converted:
                raise ModelNotFetched(f"{card.id} is not on this machine.")
            for folder in converted:
                _verify_converted(folder)

    def remove(self, card: ModelCard) -> int:
        """Deletes everything stored of a card, except the user's folder. Returns the bytes freed.

        Older revisions are deleted, too.
        """
        freed = self.size(card)
        with self._locked(card) as place:
            for revision in list(place.parent.iterdir()):
                if revision.is_dir():
                    shutil.rmtree(revision)
        return freed

    def size(self, card: ModelCard) -> int:
        """Returns the bytes on disk of everything stored of a card."""
        return folder_size(self._revision_folder(card).parent)

    def _revision_folder(self, card: ModelCard) -> Path:
        return self._root / card.slug / card.revision

    def _find(self, card: ModelCard) -> Path | None:
        """Returns the user's folder, whose files are verified each time, or the folder of the fetched files."""
        files = self._revision_folder(card) / FILES
        try:
            if folder := sources.from_folder(card, files, self._progress):
                sources.verify(card, folder, self._progress)
                return folder
        except SourceError:
            pass  # reported when the other sources are tried
        return files if sources.is_complete(card, files) else None

    def _convert(self, card: ModelCard, source: Path, place: Path, quantization: str) -> None:
        from models.conversion.convert import convert  # noqa: PLC0415 - importing torch and transformers takes seconds

        if (adapter := adapter_of(card)) and adapter.notice:
            self._progress.note(adapter.notice)
        require_space(place, card.parameters * (1 if quantization.startswith(("int8", NATIVE)) else 4))
        with temporary_folder(place) as folder:
            convert(card, source, folder / "model", quantization, self._progress)
            _write_manifest(folder / "model")
            target = place / _conversion_name(card, quantization)
            shutil.rmtree(target, ignore_errors=True)
            (folder / "model").rename(target)

    @contextmanager
    def _locked(self, card: ModelCard) -> Iterator[Path]:
        place = self._revision_folder(card)
        with raising_no_space(place):
            place.mkdir(parents=True, exist_ok=True)
            with self._acquire(FileLock(place.parent / "lock"), card):
                remove_unfinished(place)
                yield place

    def _acquire(self, lock: FileLock, card: ModelCard) -> AbstractContextManager[object]:
        try:
            return lock.acquire(timeout=0)
        except Timeout:
            self._progress.note(f"Another process is setting up {card.id}; waiting for it.")
            return lock.acquire()


def _conversion_name(card: ModelCard, quantization: str) -> str:
    """Returns the folder name of a conversion; weights with a merged adapter have a folder of their own."""
    adapter = adapter_of(card)
    return f"{quantization}+{adapter.tag}" if adapter else quantization


def _write_manifest(folder: Path) -> None:
    files = {
        str(path.relative_to(folder)): [path.stat().st_size, sha256(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / _MANIFEST).write_text(json.dumps(files, indent=1), "utf-8")


def _is_intact(folder: Path) -> bool:
    """Returns whether a converted model is here and its sizes match. Hashing it at each start would take seconds."""
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
            f"{folder} was modified after conversion ({', '.join(changed)}).",
            "The model is converted again at the next start.",
        )


def _manifest(folder: Path) -> dict[str, tuple[int, str]]:
    """Returns size and SHA-256 of each file of a converted model. Raises OSError or ValueError if it is damaged."""
    content: dict[str, tuple[int, str]] = json.loads((folder / _MANIFEST).read_text("utf-8"))
    return content
