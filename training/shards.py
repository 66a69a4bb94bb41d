"""Rows to train on and prompts to answer, as compressed JSON lines with a manifest. Standard library alone."""

import hashlib
import json
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
PART = 20_000
"""Rows that are compressed together: a shard is several such streams, one behind the other."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the answer that is wanted, or a reference.

    `pieces` are markup and texts by turns, as `models.prompts.render` gives them: each is tokenised alone, and in a
    text special tokens are plain characters. `label` is a direction (`en-fr`) or a task.
    """

    label: str
    pieces: tuple[str, ...]
    answer: str = ""
    origin: str = ""

    @property
    def text(self) -> str:
        """The text that is asked about."""
        return self.pieces[1]


def write(folder: Path, examples: Iterable[Example], most: int) -> dict[str, int]:
    """Writes shards of at most so many bytes, and their manifest; what was in the folder goes.

    Returns how many rows each label has. Raises ValueError where `most` has no room for PART rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.jsonl.xz"), *folder.glob(MANIFEST)]:
        old.unlink()
    counts: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    paths: list[Path] = []
    left = iter(examples)
    while part := list(islice(left, PART)):
        counts.update(example.label for example in part)
        origins.update(example.origin for example in part)
        packed = lzma.compress("".join(map(_line, part)).encode(), preset=3)
        if len(packed) > most:
            raise ValueError(f"{len(packed):,} bytes of rows do not fit a shard of {most:,}.")
        if not paths or paths[-1].stat().st_size + len(packed) > most:
            paths.append(folder / f"rows-{len(paths) + 1:02}.jsonl.xz")
        with paths[-1].open("ab") as file:
            file.write(packed)
    files = [{"name": path.name, "size": path.stat().st_size, "sha256": _digest(path)} for path in paths]
    manifest = {"files": files, "rows": dict(sorted(counts.items())), "origins": dict(sorted(origins.items()))}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    return dict(counts)


def read(folder: Path) -> Iterator[Example]:
    """The rows of a folder's shards. Raises ValueError where a file is not the one the manifest names."""
    for file in manifest(folder)["files"]:
        path = folder / str(file["name"])
        if _digest(path) != file["sha256"]:
            raise ValueError(f"{path} is not the file that {MANIFEST} names.")
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                given = json.loads(line)
                yield Example(given["label"], tuple(given["pieces"]), given["answer"], given["origin"])


def manifest(folder: Path) -> dict[str, Any]:
    """The files of a folder, and how many rows there are of each label and origin."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return found


def _line(example: Example) -> str:
    return json.dumps(asdict(example), ensure_ascii=False) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
