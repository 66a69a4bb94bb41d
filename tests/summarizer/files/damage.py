"""Damaged copies of files."""

import random
from collections.abc import Iterator

from summarizer.errors import NotText, TooComplex, TooLong, UnreadableDocument
from summarizer.files import open_document
from tests.summarizer.files.archives import packed, unpacked
from tests.summarizer.files.translator import rendered

SAMPLES = 300


def damaged(content: bytes, samples: int = SAMPLES) -> Iterator[bytes]:
    """Yields copies with changed bytes, without a part, or with a part twice; always the same ones.

    In every second copy of an archive, one of its files is damaged instead.
    """
    choice = random.Random(25)
    for at in range(samples):
        if content.startswith(b"PK") and at % 2:
            files = unpacked(content)
            name = choice.choice([name for name in files if name.endswith(("ml", "ncx", "opf"))])
            yield packed({**files, name: _changed(files[name], choice)})
        else:
            yield _changed(content, choice)


def _changed(content: bytes, choice: random.Random) -> bytes:
    copy, start, times = bytearray(content), choice.randrange(len(content)), choice.choice((0, 1, 2))
    end = min(len(copy), start + choice.randint(1, 60))
    if times == 1:
        for _ in range(choice.randint(1, 6)):
            copy[choice.randrange(len(copy))] = choice.randrange(256)
    copy[start:end] = copy[start:end] * times
    return bytes(copy)


def refused(name: str, content: bytes) -> int:
    """Opens and translates damaged copies of a file, and returns how many are refused; other exceptions are passed."""
    count = 0
    for copy in damaged(content):
        try:
            rendered(open_document(name, copy, "fr"))
        except (NotText, UnreadableDocument, TooLong, TooComplex):
            count += 1
    return count
