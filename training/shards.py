"""Examples as compressed JSON lines with a manifest. Standard library only."""

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
ROWS_PER_STREAM = 20_000
"""Rows that are compressed together: a shard is several such streams, concatenated."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt with the desired answer or a reference.

    `pieces` are alternating markup and texts, as `models.prompts.render` returns them: each is tokenized
    separately, and special tokens in a text are plain characters. `label` is a direction (`en-fr`) or a task.
    """

    label: str
    pieces: tuple[str, ...]
    answer: str = ""
    origin: str = ""

    @property
    def text(self) -> str:
        """The text of the prompt."""
        return self.pieces[1]


def write(folder: Path, examples: Iterable[Example], max_bytes: int) -> dict[str, int]:
    """Writes shards of at most `most` bytes, and their manifest; replaces what was in the folder.

    Returns the number of rows per label. Raises ValueError if ROWS_PER_STREAM rows do not fit in `most`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.jsonl.xz"), *folder.glob(MANIFEST)]:
        old.unlink()
    counts: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    paths: list[Path] = []
    remaining = iter(examples)
    while part := list(islice(remaining, ROWS_PER_STREAM)):
        counts.update(example.label for example in part)
        origins.update(example.origin for example in part)
        packed = lzma.compress("".join(map(_line, part)).encode(), preset=3)
        if len(packed) > max_bytes:
            raise ValueError(f"{len(packed):,} bytes of rows do not fit a shard of {max_bytes:,}.")
        if not paths or paths[-1].stat().st_size + len(packed) > max_bytes:
            paths.append(folder / f"rows-{len(paths) + 1:02}.jsonl.xz")
        with paths[-1].open("ab") as file:
            file.write(packed)
    files = [{"name": path.name, "size": path.stat().st_size, "sha256": _digest(path)} for path in paths]
    manifest = {"files": files, "rows": dict(sorted(counts.items())), "origins": dict(sorted(origins.items()))}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
    return dict(counts)


def read(folder: Path) -> Iterator[Example]:
    """Yields the rows of a folder's shards. Raises ValueError if a file does not match the manifest."""
    for file in manifest(folder)["files"]:
        path = folder / str(file["name"])
        if _digest(path) != file["sha256"]:
            raise ValueError(f"{path} does not match {MANIFEST}.")
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                content = json.loads(line)
                yield Example(content["label"], tuple(content["pieces"]), content["answer"], content["origin"])


def manifest(folder: Path) -> dict[str, Any]:
    """Returns the files of a folder, and the number of rows by label and by origin."""
    content: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return content


def _line(example: Example) -> str:
    return json.dumps(asdict(example), ensure_ascii=False) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
