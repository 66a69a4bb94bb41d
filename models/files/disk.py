"""Atomic files and folders: hashes, temporary folders that are renamed into place, and errors of a full disk."""

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import NoSpace

TEMPORARY = "unfinished-"
"""Prefix of temporary folders. A killed process leaves them behind; the next process removes them."""

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers of a full disk or an exhausted disk quota."""


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_size(folder: Path) -> int:
    """Returns the size of all files under a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def require_space(folder: Path, size: int) -> None:
    """Raises NoSpace unless the disk under `folder` has `size` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise NoSpace(f"{size / 1e9:.1f} GB are needed under {folder}, but only {free / 1e9:.1f} GB are free.")


def remove_unfinished(folder: Path) -> None:
    """Removes the temporary folders that killed processes left under a folder. The caller holds the folder's lock."""
    for path in list(folder.rglob(TEMPORARY + "*")):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def raising_no_space(folder: Path) -> Iterator[None]:
    """Raises NoSpace in place of an OSError that says that the disk under `folder` is full."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise NoSpace(f"The disk under {folder} is full.") from error
        raise


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Creates a temporary folder in `parent`, and removes it at the end."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
