"""Pages and documents are read in processes of their own, so that time and memory limits hold whatever is in them.

A thread cannot be stopped and a process can. `read_page` lends one of a few processes; one that is too slow or too
large is ended and the next page gets a fresh one. Requests and answers are lines of JSON on its standard streams.
"""

import atexit
import base64
import contextlib
import json
import os
import queue
import resource
import select
import subprocess
import sys
import time
from dataclasses import asdict
from typing import IO, Any

from summarizer.article import Kind
from summarizer.errors import LedeError, TooComplex, TooLong, UnreadableDocument
from summarizer.reading.documents import DocumentType, extract_text
from summarizer.reading.html import Block, Page

SECONDS = 8.0
"""The time a page may take, its wait for a free process included. Real pages of 400 kB take 0.1 s."""

CHARACTERS = 5_000_000
"""The size a page may have. The largest of 10 real news pages has 0.4 million."""

MEMORY = 1_500_000_000
"""Bytes of address space of one process; 5 million characters of plain markup need a third."""

PROCESSES = 2
PAGES = 200
"""Pages after which a process is replaced: the extractor's caches grow with what it has seen."""


class ReaderProcess:
    """One process that reads pages, one at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "summarizer.reading.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, bufsize=0,
        )  # fmt: skip
        self.pages = 0

    def ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """The answer to one request. Raises TooComplex when the process needs longer than to `deadline`, or breaks."""
        self.pages += 1
        try:
            _send(_pipe(self._process.stdin), json.dumps(request).encode() + b"\n", deadline)
            answer: dict[str, Any] = json.loads(_receive(_pipe(self._process.stdout), deadline))
        except (OSError, ValueError, TimeoutError):
            self.close()
            what = "page's markup" if "markup" in request else "document"
            raise TooComplex(f"The {what} takes more time or memory than one may have.") from None
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()
        self.pages = PAGES


_idle: queue.LifoQueue[ReaderProcess | None] = queue.LifoQueue()


def _fresh() -> None:
    """Makes room for the processes; after a fork the child starts its own, and leaves its parent's alone."""
    _idle.queue[:] = [None] * PROCESSES


@atexit.register
def close() -> None:
    """Ends the processes that wait for pages; the next page starts a new one."""
    for worker in filter(None, _idle.queue):
        worker.close()
    _fresh()


_fresh()
os.register_at_fork(after_in_child=_fresh)


def read_page(markup: str, url: str | None = None, seconds: float = SECONDS) -> Page:
    """The article in the markup (see html.page), in bounded time and memory, callable from any thread.

    Raises TooLong over 5 million characters, and TooComplex when it takes more than `seconds` (waiting included).
    """
    if len(markup) > CHARACTERS:
        raise TooLong(f"The page has {len(markup):,} characters; up to {CHARACTERS:,} are read.")
    return _page(_ask({"markup": markup, "url": url}, seconds))


def read_document(document: bytes, kind: DocumentType) -> str:
    """The document's text (see documents.text_of), in the time and memory that a page may have.

    Raises TooComplex, and UnreadableDocument for one that is locked or that its library cannot read.
    """
    answer = _ask({"document": base64.b64encode(document).decode(), "kind": kind}, SECONDS)
    if "unreadable" in answer:
        raise UnreadableDocument(answer["unreadable"], answer["hint"])
    text: str = answer["text"]
    return text


def _ask(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    try:
        worker = _idle.get(timeout=seconds)
    except queue.Empty:
        raise TooComplex("All readers of pages are busy.", "Try again in a moment.") from None
    try:
        worker = worker or ReaderProcess()
        return worker.ask(request, deadline)
    finally:
        if worker and worker.pages >= PAGES:
            worker.close()
            worker = None
        _idle.put(worker)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("the process has no pipe")
    return stream


def _send(stream: IO[bytes], request: bytes, deadline: float) -> None:
    rest = memoryview(request)
    os.set_blocking(stream.fileno(), False)
    while rest:
        _wait([], [stream], deadline)
        with contextlib.suppress(BlockingIOError):
            rest = rest[os.write(stream.fileno(), rest[:65_536]) :]


def _receive(stream: IO[bytes], deadline: float) -> bytes:
    answer = bytearray()
    while not answer.endswith(b"\n"):
        _wait([stream], [], deadline)
        part = os.read(stream.fileno(), 1 << 20)
        if not part:
            raise OSError("the process ended")
        answer += part
    return bytes(answer)


def _wait(reading: list[IO[bytes]], writing: list[IO[bytes]], deadline: float) -> None:
    ready = select.select(reading, writing, [], max(0.0, deadline - time.monotonic()))
    if not any(ready):
        raise TimeoutError


def _page(answer: dict[str, Any]) -> Page:
    blocks = tuple(Block(Kind(block["kind"]), block["text"]) for block in answer.pop("blocks"))
    return Page(blocks, **answer)


def serve() -> None:
    """Answers requests on standard input until it is closed. The process's own main."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = _opened(**request) if "document" in request else _found(**request)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _found(markup: str, url: str | None) -> dict[str, Any]:
    from summarizer.reading.html import extract_page  # noqa: PLC0415

    return asdict(extract_page(markup, url))


def _opened(document: str, kind: DocumentType) -> dict[str, Any]:
    try:
        return {"text": extract_text(base64.b64decode(document), kind)}
    except MemoryError:
        raise
    except LedeError as error:
        return {"unreadable": str(error), "hint": error.hint}
    except Exception as error:  # noqa: BLE001 - libraries raise anything for a file that is not theirs
        return {"unreadable": f"The {kind} document cannot be read: {error!r}.", "hint": ""}


if __name__ == "__main__":
    serve()
