"""Documents that clients send, come back to ask about, and fetch once: kept in memory, and for a while."""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Annotated, Literal
from uuid import uuid4

from anyio.to_thread import run_sync
from fastapi import Depends, Request

from models.errors import ModelError
from service.access.keys import Key
from service.access.quotas import Charge, Quotas
from service.answering.thread_pool import ThreadPool
from service.exceptions import LimitReached, UnknownDocument
from summarizer.errors import LedeError
from summarizer.files import Document
from summarizer.watch import Watch

RETENTION_SECONDS = 1800.0
"""Seconds for which a document is kept; LibreTranslate keeps its files as long."""

MAX_BYTES = 500_000_000
"""Bytes of all documents together."""

State = Literal["translating", "done", "downloaded", "error"]

Job = Callable[[Watch], bytes]


@dataclass(slots=True)
class DocumentTask:
    """A document: its name, its size in characters, and the work on it. `key` opens it to whoever has it."""

    name: str
    size: int
    characters: int
    watch: Watch
    task: "asyncio.Task[bytes]"
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    born: float = field(default_factory=time.monotonic)
    fetched: bool = False

    @property
    def state(self) -> State:
        """How far it is."""
        if self.fetched:
            return "downloaded"
        if not self.task.done():
            return "translating"
        return "error" if self.task.cancelled() or self.task.exception() else "done"

    @property
    def error(self) -> str | None:
        """What went wrong, in words for whoever sent it."""
        if self.state != "error":
            return None
        known = None if self.task.cancelled() else self.task.exception()
        return str(known) if isinstance(known, LedeError | ModelError) else "The service failed on this document."


class Documents:
    """The documents by their ids."""

    def __init__(self, thread_pool: ThreadPool, quotas: Quotas) -> None:
        self._thread_pool = thread_pool
        self._quotas = quotas
        self._sent: dict[str, DocumentTask] = {}

    async def begin(self, name: str, read: Document, size: int, key: Key | None, job: Job) -> tuple[str, DocumentTask]:
        """Starts work on a file of so many bytes, which its key is charged for unless it fails; gives its id.

        Raises QuotaExceeded, and LimitReached while too many are kept.
        """
        self._sweep()
        if sum(sent.size for sent in self._sent.values()) + size > MAX_BYTES:
            raise LimitReached("Too many documents are being translated.", retry_after=60)
        charge = await run_sync(self._quotas.charge, key, read.characters) if key else None
        watch = Watch()
        task = asyncio.create_task(self._work(job, watch, charge))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # it is told by `error`
        document = str(uuid4())
        sent = self._sent[document] = DocumentTask(name, size, read.characters, watch, task)
        return document, sent

    def find(self, document: str, key: str) -> DocumentTask:
        """A document. Raises UnknownDocument."""
        self._sweep()
        sent = self._sent.get(document)
        if sent is None or not secrets.compare_digest(sent.key, key):
            raise UnknownDocument(f"There is no document {document} of that key.")
        return sent

    def fetch(self, document: str, key: str) -> bytes:
        """A finished document, given out once. Raises UnknownDocument."""
        sent = self.find(document, key)
        if sent.state != "done":
            raise UnknownDocument(f"The document is not to be had: {sent.error or sent.state}.")
        content = sent.task.result()
        sent.fetched, sent.size, sent.task = True, 0, asyncio.get_running_loop().create_task(_nothing())
        return content

    async def _work(self, job: Job, watch: Watch, charge: Charge | None) -> bytes:
        async with self._quotas.refunding(charge) if charge else nullcontext():
            return await self._thread_pool.in_thread(job, watch)

    def _sweep(self) -> None:
        for document, sent in list(self._sent.items()):
            if time.monotonic() - sent.born > RETENTION_SECONDS:
                sent.watch.cancel()
                del self._sent[document]


def _here(request: Request) -> Documents:
    documents: Documents = request.app.state.documents
    return documents


DocumentsDep = Annotated[Documents, Depends(_here)]


async def _nothing() -> bytes:
    return b""
