"""Splits a large file into parcels for transfer to a GPU machine, and joins them there.

    python -m training.parcels split model.gguf build/training/parcels
    python -m training.parcels receive build/training/parcels/part-07 /root/lede
    python -m training.parcels join /root/lede model.gguf

`split` writes part-01, part-02, ... and a list of their checksums. `receive` verifies a parcel and moves it to a
permanent folder. `join` joins the parcels and verifies the result, or says what is missing.
"""

import argparse
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = "parcels.json"
BYTES = 45 * 1024 * 1024
"""The size of a parcel: with the repository, less than the 64 MiB of a call."""


class BadParcel(Exception):
    """A parcel is missing or damaged; the message says which."""


@dataclass(frozen=True, slots=True)
class PartList:
    """The SHA-256 of the whole file, and of each parcel by name, in order."""

    whole: str
    parts: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "PartList":
        """Returns the list in a folder. Raises BadParcel if there is none."""
        try:
            content = json.loads((folder / LIST).read_text("utf-8"))
        except OSError as error:
            raise BadParcel(f"{folder} has no {LIST}.") from error
        return cls(content["whole"], content["parts"])


def split(source: Path, folder: Path, part_bytes: int = BYTES) -> PartList:
    """Splits a file into parcels of at most `most` bytes, and writes their list."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("part-*"):
        old.unlink()
    parts: dict[str, str] = {}
    whole = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(part_bytes):
            path = folder / f"part-{len(parts) + 1:02}"
            path.write_bytes(piece)
            parts[path.name] = hashlib.sha256(piece).hexdigest()
            whole.update(piece)
    part_list = PartList(whole.hexdigest(), parts)
    (folder / LIST).write_text(json.dumps({"whole": part_list.whole, "parts": parts}, indent=1), "utf-8")
    return part_list


def receive(part: Path, folder: Path) -> list[str]:
    """Moves a parcel to a folder, and copies the list there. Returns the names of the parcels that are still missing.

    Raises BadParcel if it does not match the list.
    """
    part_list = PartList.read(part.parent)
    verify(part, part_list)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(part.parent / LIST, folder / LIST)
    shutil.move(part, folder / part.name)
    return missing(folder)


def missing(folder: Path) -> list[str]:
    """Returns the names of the missing parcels."""
    return [name for name in PartList.read(folder).parts if not (folder / name).is_file()]


def join(folder: Path, target: Path) -> None:
    """Joins the parcels in a folder. Raises BadParcel if one is missing, or if the result does not match the list."""
    part_list = PartList.read(folder)
    if absent := missing(folder):
        raise BadParcel(f"{', '.join(absent)} of {len(part_list.parts)} are missing.")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    whole = hashlib.sha256()
    with unfinished.open("wb") as file:
        for name in part_list.parts:
            piece = (folder / name).read_bytes()
            whole.update(piece)
            file.write(piece)
    if whole.hexdigest() != part_list.whole:
        unfinished.unlink()
        raise BadParcel(f"The joined file does not have the SHA-256 {part_list.whole}.")
    unfinished.rename(target)


def verify(part: Path, part_list: PartList) -> None:
    """Raises BadParcel if a parcel does not match the list."""
    if not part.is_file():
        raise BadParcel(f"{part} is missing.")
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != part_list.parts.get(part.name):
        raise BadParcel(f"{part} does not match the list.")


def main() -> None:
    """Runs one of the three commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("split", "receive", "join"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.command == "split":
            print(f"{len(split(arguments.source, arguments.target).parts)} parcels in {arguments.target}")
        elif arguments.command == "receive":
            print(f"still missing: {', '.join(receive(arguments.source, arguments.target)) or 'none'}")
        else:
            join(arguments.source, arguments.target)
            print(f"{arguments.target} is complete.")
    except BadParcel as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
