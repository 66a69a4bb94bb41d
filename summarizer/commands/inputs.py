"""What a command is given: files, patterns of their names, standard input, or the text itself."""

import sys
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Annotated

import typer

from summarizer.desk import Source
from summarizer.errors import NotText

Inputs = Annotated[
    list[str], typer.Argument(help="Files, `-` for standard input, or the text itself.", show_default=False)
]
Input = Annotated[str, typer.Argument(help="A file, `-` for standard input, or the text itself.", show_default=False)]


def expand(inputs: Sequence[str]) -> list[str]:
    """The inputs, with patterns that no shell has expanded; a pattern that no file fits is a text."""
    return list(dict.fromkeys(name for given in inputs for name in _expanded(given)))


def _expanded(given: str) -> Iterator[str]:
    is_pattern = has_magic(given) and not is_file(given)
    found = sorted(glob(given, recursive=True)) if is_pattern else []  # noqa: PTH207 - it may begin at the root
    yield from found or [given]


def is_file(name: str) -> bool:
    """Whether there is such a file."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a path, so it is a text
        return False


def read_source(name: str, language: str | None) -> Source:
    """A file's content, standard input, or the text itself. Raises NotText for what is not UTF-8."""
    if name == "-":
        return Source(text=_decoded(sys.stdin.buffer.read(), "standard input"), source_language=language)
    path = Path(name)
    if is_file(name) and path.suffix.lower() in {".html", ".htm"}:
        return Source(html=path.read_bytes(), source_language=language)
    if is_file(name):
        return Source(text=_decoded(path.read_bytes(), name), source_language=language)
    if " " not in name and (path.suffix or "/" in name):
        raise NotText(f"There is no file {name}.", "Give a file, `-` for standard input, or the text in quotes.")
    return Source(text=name, source_language=language)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText(f"{name} is not text in UTF-8.") from None
