"""Documents that clients upload, poll, and download once. They are held in memory for a limited time."""

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
"""Seconds until a document is discarded; LibreTranslate's files have the same lifetime."""

MAX_BYTES = 500_000_000
"""The most bytes of all documents together."""

DocumentState = Literal["translating", "done", "downloaded", "error"]

TranslateFunction = Callable[[Watch], bytes]


@dataclass(slots=True)
class DocumentTask:
    """The translation of a document. `size` is in bytes; `key` is the secret that grants access to it."""

    name: str
    size: int
    characters: int
    watch: Watch
    task: "asyncio.Task[bytes]"
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    created: float = field(default_factory=time.monotonic)
    downloaded: bool = False

    @property
    def state(self) -> DocumentState:
        """The state, as in DeepL's API."""
        if self.downloaded:
            return "downloaded"
        if not self.task.done():
            return "translating"
        return "error" if self.task.cancelled() or self.task.exception() else "done"

    @property
    def error(self) -> str | None:
        """The error message for the client, if the translation failed."""
        if self.state != "error":
            return None
        error = None if self.task.cancelled() else self.task.exception()
        return str(error) if isinstance(error, LedeError | ModelError) else "The translation of this document failed."


class Documents:
    """The documents, by id."""

    def __init__(self, thread_pool: ThreadPool, quotas: Quotas) -> None:
        self._thread_pool = thread_pool
        self._quotas = quotas
        self._documents: dict[str, DocumentTask] = {}

    async def start(
        self, name: str, document: Document, size: int, key: Key | None, translate: TranslateFunction
    ) -> tuple[str, DocumentTask]:
        """Starts the translation of a file of `size` bytes, and returns its id.

        The key is charged unless the translation fails. Raises QuotaExceeded, and LimitReached if memory is exhausted.
        """
        self._sweep()
        if sum(entry.size for entry in self._documents.values()) + size > MAX_BYTES:
            raise LimitReached("Too many documents are being translated.", retry_after=60)
        charge = await run_sync(self._quotas.charge, key, document.characters) if key else None
        watch = Watch()
        task = asyncio.create_task(self._run(translate, watch, charge))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # retrieved; reported by `error`
        document_id = str(uuid4())
        entry = self._documents[document_id] = DocumentTask(name, size, document.characters, watch, task)
        return document_id, entry

    def find(self, document_id: str, key: str) -> DocumentTask:
        """Returns a document. Raises UnknownDocument."""
        self._sweep()
        entry = self._documents.get(document_id)
        if entry is None or not secrets.compare_digest(entry.key, key):
            raise UnknownDocument(f"There is no document {document_id} with that key.")
        return entry

    def download(self, document_id: str, key: str) -> bytes:
        """Returns a translated document; each can be downloaded once. Raises UnknownDocument."""
        entry = self.find(document_id, key)
        if entry.state != "done":
            raise UnknownDocument(f"The document is not available: {entry.error or entry.state}.")
        content = entry.task.result()
        entry.downloaded, entry.size, entry.task = True, 0, asyncio.get_running_loop().create_task(_empty())
        return content

    async def _run(self, translate: TranslateFunction, watch: Watch, charge: Charge | None) -> bytes:
        async with self._quotas.refunding(charge) if charge else nullcontext():
            return await self._thread_pool.in_thread(translate, watch)

    def _sweep(self) -> None:
        for document_id, entry in list(self._documents.items()):
            if time.monotonic() - entry.created > RETENTION_SECONDS:
                entry.watch.cancel()
                del self._documents[document_id]


def _documents(request: Request) -> Documents:
    documents: Documents = request.app.state.documents
    return documents


DocumentsDep = Annotated[Documents, Depends(_documents)]


async def _empty() -> bytes:
    return b""
