"""A model that runs elsewhere: any server that speaks OpenAI's chat completions, each prompt a request of its own.

Rows come and go as their requests do: the server batches them. A row that leaves closes its connection, at which
servers stop writing.
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from math import ceil
from queue import Empty, Queue

import httpx2

from models.engines.chat import answer, endings, lasting
from models.errors import ModelError, PromptTooLong, RemoteFailed
from models.protocol import Decoding, Hypothesis, Markup, OnToken, Progress, Prompt
from models.server import Server

BYTES = 3
"""UTF-8 bytes to a token, at the least: 4 to 5 in English, 3 a character in Chinese. The server alone knows."""

STEP = 0.1
"""Seconds that a step waits for news."""

CONNECT = 5.0
"""Seconds in which a server takes a connection, or is not there."""

BREAK = "\x1e"
"""Parts the system turn from the user's in a prompt's first piece of markup."""


def chat(system: str, user: str, _options: dict[str, bool]) -> str:
    """The two turns as one text: the server has the template, and the engine takes them apart again."""
    return f"{system}{BREAK}{user}"


class RemoteEngine:
    """One model on one server. `template` are options of its chat template, which vLLM and llama.cpp take."""

    def __init__(self, server: Server, *, window: int, template: dict[str, bool] | None = None) -> None:
        """Asks the server for its models. Raises RemoteFailed when it is not there or has no such model."""
        self.window = window
        self._server = server
        self._template = template or {}
        self._news: Queue[Progress] = Queue()
        self._rows: dict[int, Future[None]] = {}
        self._turns = asyncio.Semaphore(server.concurrency)
        self._client = httpx2.AsyncClient(
            base_url=server.base_url.rstrip("/") + "/",
            headers=_authorization(server),
            timeout=httpx2.Timeout(server.timeout, connect=CONNECT),
            limits=httpx2.Limits(max_connections=None),
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lede-remote", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._greet(), self._loop).result()
        except BaseException:
            self.close()
            raise

    @property
    def rows(self) -> int:
        """Rows that wait for the server or hear from it."""
        return len(self._rows)

    def count(self, text: str) -> int:
        """The most tokens that `text` is likely to have."""
        return ceil(len(text.encode()) / BYTES)

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Sends a prompt. Raises PromptTooLong when it leaves no room in the window."""
        messages = _messages(prompt)
        if (tokens := sum(self.count(message["content"]) for message in messages)) >= self.window:
            raise PromptTooLong(f"A prompt has some {tokens} tokens; the model's window is {self.window}.")
        body = {"model": self._server.model, "messages": messages, "stream": True, **_options(decoding)}
        if self._template:
            body["chat_template_kwargs"] = self._template
        self._rows[key] = asyncio.run_coroutine_threadsafe(self._work(key, body), self._loop)

    def step(self) -> list[Progress]:
        """What came since the last step; waited for a moment where nothing did."""
        found: list[Progress] = []
        with suppress(Empty):
            found.append(self._news.get(timeout=STEP))
            while True:
                found.append(self._news.get_nowait())
        found = [progress for progress in found if progress.key in self._rows]
        for progress in found:
            if progress.hypothesis:
                del self._rows[progress.key]
        return found

    def leave(self, key: int) -> None:
        """Closes a row's connection."""
        if row := self._rows.pop(key, None):
            row.cancel()

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given. Raises PromptTooLong and RemoteFailed."""
        found: dict[int, Hypothesis] = {}
        heard = [""] * len(prompts)
        try:
            for index, prompt in enumerate(prompts):
                self.join(index, prompt, decoding)
            while len(found) < len(prompts):
                for index, text, hypothesis in self._told():
                    heard[index] += text
                    if isinstance(hypothesis, ModelError):
                        raise hypothesis
                    if hypothesis:
                        found[index] = hypothesis
                    elif on_token and on_token(index, text):
                        self.leave(index)
                        found[index] = Hypothesis(heard[index], 0, "stopped", 0.0)
        finally:
            for index in range(len(prompts)):
                self.leave(index)
        return [found[index] for index in range(len(prompts))]

    def memory(self) -> int:
        """Nothing here."""
        return 0

    def close(self) -> None:
        """Closes all connections."""
        for key in list(self._rows):
            self.leave(key)
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _told(self) -> list[tuple[int, str, Hypothesis | ModelError | None]]:
        """What came, and of rows that nothing came from, nothing: so whoever listens can stop them, too."""
        silent = set(self._rows)
        news = [(one.key, one.text, one.hypothesis) for one in self.step()]
        return [*news, *((key, "", None) for key in silent - {key for key, _, _ in news} if key in self._rows)]

    async def _greet(self) -> None:
        async for attempt in lasting(self._server):
            with attempt:
                response = await self._client.get("models")
        if response.status_code == httpx2.codes.NOT_FOUND:  # not every server lists them
            return
        names = endings(self._server, response)
        if names and self._server.model not in names:
            raise RemoteFailed(f"{self._server.base_url} has no model {self._server.model}, but {', '.join(names)}.")

    async def _work(self, key: int, body: dict[str, object]) -> None:
        try:
            async with self._turns:
                async for text, hypothesis in answer(self._client, self._server, body):
                    self._news.put(Progress(key, text, hypothesis))
        except ModelError as error:
            self._news.put(Progress(key, "", error))


def _authorization(server: Server) -> dict[str, str]:
    if not server.api_key_env:
        return {}
    if not (key := os.environ.get(server.api_key_env)):
        raise RemoteFailed(f"{server.api_key_env} is not set.", f"Set it to the key of {server.base_url}.")
    return {"Authorization": f"Bearer {key}"}


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    """The turns of a prompt. The break is looked for in our own markup alone: no article makes itself a system turn."""
    texts = [getattr(piece, "text", "") for piece in prompt.pieces]
    system = ""
    if texts and isinstance(prompt.pieces[0], Markup):
        system, _, texts[0] = texts[0].partition(BREAK)
    turns = [{"role": "system", "content": system}] if system else []
    return [*turns, {"role": "user", "content": "".join(texts)}]


def _options(decoding: Decoding) -> dict[str, object]:
    """What the servers have in common, and what most have beside it only where it is wanted."""
    common: dict[str, object] = {"max_tokens": decoding.max_tokens, "temperature": decoding.temperature}
    if decoding.top_p != 1:
        common["top_p"] = decoding.top_p
    if decoding.top_k:
        common["top_k"] = decoding.top_k
    if decoding.repetition_penalty != 1:
        common["repetition_penalty"] = decoding.repetition_penalty
    return common
