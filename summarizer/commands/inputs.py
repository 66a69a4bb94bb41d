"""Inputs of commands: files, glob patterns, standard input, or the text itself."""

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
    """Returns the inputs with glob patterns expanded; a pattern without a match is a text."""
    return list(dict.fromkeys(name for argument in inputs for name in _expand_one(argument)))


def _expand_one(argument: str) -> Iterator[str]:
    is_pattern = has_magic(argument) and not is_file(argument)
    paths = sorted(glob(argument, recursive=True)) if is_pattern else []  # noqa: PTH207 - it may begin at the root
    yield from paths or [argument]


def is_file(name: str) -> bool:
    """Whether a file has this name."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a path: a text
        return False


def read_source(name: str, language: str | None) -> Source:
    """Reads a file or standard input, or returns the text itself. Raises NotText for input that is not UTF-8."""
    if name == "-":
        return Source(text=_decoded(sys.stdin.buffer.read(), "standard input"), source_language=language)
    path = Path(name)
    if is_file(name) and path.suffix.lower() in {".html", ".htm"}:
        return Source(html=path.read_bytes(), source_language=language)
    if is_file(name):
        return Source(text=_decoded(path.read_bytes(), name), source_language=language)
    if " " not in name and (path.suffix or "/" in name):
        raise NotText(f"There is no file {name}.", "Pass a file, `-` for standard input, or the text in quotes.")
    return Source(text=name, source_language=language)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText(f"{name} is not UTF-8 text.") from None
