"""Reads pages and documents in separate processes, so that time and memory limits hold for any input.

A process can be killed; a thread cannot. `read_page` takes a process from a small pool. A process that exceeds its
limits is killed, and the next page gets a new one. Requests and responses are lines of JSON on its standard streams.
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
from summarizer.reading.documents import DocumentType, convert
from summarizer.reading.html import Block, Page

SECONDS = 8.0
"""The time limit for one page, including the wait for a free process. Real pages of 400 kB take 0.1 s."""

MAX_CHARACTERS = 5_000_000
"""The size limit for a page. The largest of 10 real news pages has 0.4 million characters."""

MAX_MEMORY = 1_500_000_000
"""Bytes of address space of one process; 5 million characters of plain markup need a third of that."""

PROCESSES = 2
MAX_PAGES = 200
"""Pages after which a process is replaced, since the caches of the extractor keep growing."""


class ReaderProcess:
    """A process that reads pages, one at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "summarizer.reading.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, bufsize=0,
        )  # fmt: skip
        self.pages = 0

    def request(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Returns the response to one request. Raises TooComplex if it misses `deadline` or the process fails."""
        self.pages += 1
        try:
            _send(_pipe(self._process.stdin), json.dumps(request).encode() + b"\n", deadline)
            response: dict[str, Any] = json.loads(_receive(_pipe(self._process.stdout), deadline))
        except (OSError, ValueError, TimeoutError):
            self.close()
            kind = "page" if "markup" in request else "document"
            raise TooComplex(f"Reading the {kind} takes more time or memory than allowed.") from None
        return response

    def close(self) -> None:
        """Kills the process."""
        self._process.kill()
        self._process.communicate()
        self.pages = MAX_PAGES


_idle: queue.LifoQueue[ReaderProcess | None] = queue.LifoQueue()


def _reset_pool() -> None:
    """Empties the pool; after a fork, the child starts its own processes and does not touch those of its parent."""
    _idle.queue[:] = [None] * PROCESSES


@atexit.register
def close() -> None:
    """Kills the idle processes; the next page starts a new one."""
    for process in filter(None, _idle.queue):
        process.close()
    _reset_pool()


_reset_pool()
os.register_at_fork(after_in_child=_reset_pool)


def read_page(markup: str, url: str | None = None, seconds: float = SECONDS, *, fragment: bool = False) -> Page:
    """Returns the article in the markup in bounded time and memory. Thread-safe.

    See html.extract_page, and html.extract_fragment if the markup is a `fragment` that is all article.

    Raises TooLong over 5 million characters, and TooComplex if it takes more than `seconds`, including waiting.
    """
    if len(markup) > MAX_CHARACTERS:
        raise TooLong(f"The page has {len(markup):,} characters; the limit is {MAX_CHARACTERS:,}.")
    return _page(_request({"markup": markup, "url": url, "fragment": fragment}, seconds))


def read_document(document: bytes, kind: DocumentType) -> str:
    """Returns the document as markup or text (see documents.convert), with the time and memory limits of a page.

    Raises TooComplex, and UnreadableDocument for a password-protected or malformed document.
    """
    response = _request({"document": base64.b64encode(document).decode(), "kind": kind}, SECONDS)
    if "unreadable" in response:
        raise UnreadableDocument(response["unreadable"], response["hint"])
    content: str = response["content"]
    return content


def _request(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    try:
        process = _idle.get(timeout=seconds)
    except queue.Empty:
        raise TooComplex("All reader processes are busy.", "Try again in a moment.") from None
    try:
        process = process or ReaderProcess()
        return process.request(request, deadline)
    finally:
        if process and process.pages >= MAX_PAGES:
            process.close()
            process = None
        _idle.put(process)


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
    response = bytearray()
    while not response.endswith(b"\n"):
        _wait([stream], [], deadline)
        part = os.read(stream.fileno(), 1 << 20)
        if not part:
            raise OSError("the process ended")
        response += part
    return bytes(response)


def _wait(reading: list[IO[bytes]], writing: list[IO[bytes]], deadline: float) -> None:
    ready = select.select(reading, writing, [], max(0.0, deadline - time.monotonic()))
    if not any(ready):
        raise TimeoutError


def _page(response: dict[str, Any]) -> Page:
    blocks = tuple(Block(Kind(block["kind"]), block["text"], block["reason"]) for block in response.pop("blocks"))
    return Page(blocks, **response)


def serve() -> None:
    """Responds to requests on standard input until it is closed. Runs in the reader process."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        response = _document_response(**request) if "document" in request else _page_response(**request)
        sys.stdout.buffer.write(json.dumps(response).encode() + b"\n")
        sys.stdout.buffer.flush()


def _page_response(markup: str, url: str | None, *, fragment: bool) -> dict[str, Any]:
    from summarizer.reading.html import extract_fragment, extract_page  # noqa: PLC0415

    return asdict(extract_fragment(markup) if fragment else extract_page(markup, url))


def _document_response(document: str, kind: DocumentType) -> dict[str, Any]:
    try:
        return {"content": convert(base64.b64decode(document), kind)}
    except MemoryError:
        raise
    except LedeError as error:
        return {"unreadable": str(error), "hint": error.hint}
    except Exception as error:  # noqa: BLE001 - the libraries raise arbitrary exceptions for malformed files
        return {"unreadable": f"The {kind} document cannot be read: {error!r}.", "hint": ""}


if __name__ == "__main__":
    serve()
