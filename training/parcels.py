"""A large file in parcels that a call to a GPU machine takes along, and together again there.

    python -m training.parcels cut model.gguf build/training/parcels
    python -m training.parcels take build/training/parcels/part-07 /root/lede
    python -m training.parcels join /root/lede model.gguf

`cut` writes part-01, part-02, ... and the list of their sums. `take` moves what one call brought to a folder that
outlives it, verified. `join` puts them together, verifies the whole, and says what is missing where it cannot.
"""

import argparse
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = "parcels.json"
BYTES = 57 * 1024 * 1024
"""Of one parcel: with the repository beside it, under the 64 MiB of a call."""


class BadParcel(Exception):
    """A parcel is missing or not what it was; the message says which."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The whole's sum, and each parcel's by its name, in order."""

    whole: str
    parts: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Listed":
        """The list in a folder. Raises BadParcel where there is none."""
        try:
            given = json.loads((folder / LIST).read_text("utf-8"))
        except OSError as error:
            raise BadParcel(f"{folder} has no {LIST}.") from error
        return cls(given["whole"], given["parts"])


def cut(source: Path, folder: Path, most: int = BYTES) -> Listed:
    """Writes a file's parcels, each of at most so many bytes, and their list."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*"):
        old.unlink()
    parts: dict[str, str] = {}
    whole = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(most):
            path = folder / f"part-{len(parts) + 1:02}"
            path.write_bytes(piece)
            parts[path.name] = hashlib.sha256(piece).hexdigest()
            whole.update(piece)
    listed = Listed(whole.hexdigest(), parts)
    (folder / LIST).write_text(json.dumps({"whole": listed.whole, "parts": parts}, indent=1), "utf-8")
    return listed


def take(part: Path, folder: Path) -> list[str]:
    """Moves a parcel to a folder, and copies the list beside it. Returns the names of those that are still missing.

    Raises BadParcel where it is not the one that the list names.
    """
    listed = Listed.read(part.parent)
    verify(part, listed)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(part.parent / LIST, folder / LIST)
    shutil.move(part, folder / part.name)
    return missing(folder)


def missing(folder: Path) -> list[str]:
    """The names of the parcels that are not there."""
    return [name for name in Listed.read(folder).parts if not (folder / name).is_file()]


def join(folder: Path, target: Path) -> None:
    """Puts the parcels of a folder together. Raises BadParcel where one is missing or the whole is another."""
    listed = Listed.read(folder)
    if lacking := missing(folder):
        raise BadParcel(f"{', '.join(lacking)} of {len(listed.parts)} did not come.")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    whole = hashlib.sha256()
    with unfinished.open("wb") as file:
        for name in listed.parts:
            piece = (folder / name).read_bytes()
            whole.update(piece)
            file.write(piece)
    if whole.hexdigest() != listed.whole:
        unfinished.unlink()
        raise BadParcel(f"Together they are not the file whose sha256 is {listed.whole}.")
    unfinished.rename(target)


def verify(part: Path, listed: Listed) -> None:
    """Raises BadParcel where a parcel is not the one that the list names."""
    if not part.is_file():
        raise BadParcel(f"{part} did not come.")
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != listed.parts.get(part.name):
        raise BadParcel(f"{part} is not the parcel of that name.")


def main() -> None:
    """One of the three commands."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("command", choices=("cut", "take", "join"))
    arguments.add_argument("source", type=Path)
    arguments.add_argument("target", type=Path)
    wanted = arguments.parse_args()
    try:
        if wanted.command == "cut":
            print(f"{len(cut(wanted.source, wanted.target).parts)} parcels in {wanted.target}")
        elif wanted.command == "take":
            print(f"still missing: {', '.join(take(wanted.source, wanted.target)) or 'none'}")
        else:
            join(wanted.source, wanted.target)
            print(f"{wanted.target} is whole.")
    except BadParcel as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
