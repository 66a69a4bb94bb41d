"""Files that are whole or not there: hashes, folders renamed into place, and what a full disk means."""

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import NoSpace

TEMPORARY = "unfinished-"
"""What the names of half-made folders begin with. A killed process leaves them; the next one sweeps them away."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The errors of a disk, or a user's part of it, that is full."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def size(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def need(folder: Path, size: int) -> None:
    """Raises NoSpace unless the disk under `folder` has `size` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise NoSpace(f"{size / 1e9:.1f} GB are needed under {folder}, and {free / 1e9:.1f} GB are free.")


def sweep(folder: Path) -> None:
    """Removes what killed processes left half-made anywhere in a folder. Call it with the folder's lock held."""
    for path in list(folder.rglob(TEMPORARY + "*")):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Raises NoSpace when the disk under `folder` fills."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        raise


@contextmanager
def unfinished(parent: Path) -> Iterator[Path]:
    """A new folder beside the place of what is made in it, removed at the end."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
