"""The remote engine: a model on any server with OpenAI-compatible chat completions, one request per prompt.

The server does the batching. A row that leaves closes its connection, upon which servers stop generating.
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

from models.engines.chat import model_names, retrying, stream_completion
from models.errors import ModelError, PromptTooLong, RemoteFailed
from models.protocol import Decoding, Hypothesis, Markup, OnToken, Prompt, StepOutput
from models.server import Server

BYTES_PER_TOKEN = 3
"""A low estimate of UTF-8 bytes per token: 4 to 5 in English, 3 per character in Chinese. Only the server knows."""

STEP_SECONDS = 0.1
"""Seconds that a step waits for data."""

CONNECT_TIMEOUT = 5.0
"""Seconds to wait for a connection."""

TURN_SEPARATOR = "\x1e"
"""Separates the system turn from the user turn in a prompt's first piece of markup."""


def join_turns(system: str, user: str, _options: dict[str, bool]) -> str:
    """Joins the two turns to one text, which the engine splits again: the chat template is the server's."""
    return f"{system}{TURN_SEPARATOR}{user}"


class RemoteEngine:
    """One model on one server. `template` contains chat template options, which vLLM and llama.cpp support."""

    def __init__(self, server: Server, *, window: int, template: dict[str, bool] | None = None) -> None:
        """Checks the server and its list of models. Raises RemoteFailed if it does not respond or lacks the model."""
        self.window = window
        self._server = server
        self._template = template or {}
        self._events: Queue[StepOutput] = Queue()
        self._rows: dict[int, Future[None]] = {}
        self._slots = asyncio.Semaphore(server.concurrency)
        self._client = httpx2.AsyncClient(
            base_url=server.base_url.rstrip("/") + "/",
            headers=_authorization(server),
            timeout=httpx2.Timeout(server.timeout, connect=CONNECT_TIMEOUT),
            limits=httpx2.Limits(max_connections=None),
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lede-remote", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._check_model(), self._loop).result()
        except BaseException:
            self.close()
            raise

    @property
    def rows(self) -> int:
        """The number of rows in progress."""
        return len(self._rows)

    def count(self, text: str) -> int:
        """Returns an estimate of the most tokens in `text`."""
        return ceil(len(text.encode()) / BYTES_PER_TOKEN)

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Sends a prompt. Raises PromptTooLong when it leaves no room in the window."""
        messages = _messages(prompt)
        if (tokens := sum(self.count(message["content"]) for message in messages)) >= self.window:
            raise PromptTooLong(f"A prompt has about {tokens} tokens; the model's window is {self.window}.")
        body = {"model": self._server.model, "messages": messages, "stream": True, **_options(decoding)}
        if self._template:
            body["chat_template_kwargs"] = self._template
        self._rows[key] = asyncio.run_coroutine_threadsafe(self._complete(key, body), self._loop)

    def step(self) -> list[StepOutput]:
        """Returns what has arrived since the last step; waits STEP_SECONDS if nothing has."""
        outputs: list[StepOutput] = []
        with suppress(Empty):
            outputs.append(self._events.get(timeout=STEP_SECONDS))
            while True:
                outputs.append(self._events.get_nowait())
        outputs = [output for output in outputs if output.key in self._rows]
        for output in outputs:
            if output.hypothesis:
                del self._rows[output.key]
        return outputs

    def leave(self, key: int) -> None:
        """Closes a row's connection."""
        if row := self._rows.pop(key, None):
            row.cancel()

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts. Raises PromptTooLong and RemoteFailed."""
        ended: dict[int, Hypothesis] = {}
        texts = [""] * len(prompts)
        try:
            for index, prompt in enumerate(prompts):
                self.join(index, prompt, decoding)
            while len(ended) < len(prompts):
                for index, text, hypothesis in self._step_all():
                    texts[index] += text
                    if isinstance(hypothesis, ModelError):
                        raise hypothesis
                    if hypothesis:
                        ended[index] = hypothesis
                    elif on_token and on_token(index, text):
                        self.leave(index)
                        ended[index] = Hypothesis(texts[index], 0, "stopped", 0.0)
        finally:
            for index in range(len(prompts)):
                self.leave(index)
        return [ended[index] for index in range(len(prompts))]

    def memory(self) -> int:
        """Returns 0: the weights are on the server."""
        return 0

    def close(self) -> None:
        """Closes all connections."""
        for key in list(self._rows):
            self.leave(key)
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _step_all(self) -> list[tuple[int, str, Hypothesis | ModelError | None]]:
        """Returns what has arrived, with empty text for the other rows, so that callers can stop them, too."""
        silent = set(self._rows)
        arrived = [(one.key, one.text, one.hypothesis) for one in self.step()]
        return [*arrived, *((key, "", None) for key in silent - {key for key, _, _ in arrived} if key in self._rows)]

    async def _check_model(self) -> None:
        async for attempt in retrying(self._server):
            with attempt:
                response = await self._client.get("models")
        if response.status_code == httpx2.codes.NOT_FOUND:  # not every server lists its models
            return
        names = model_names(self._server, response)
        if names and self._server.model not in names:
            raise RemoteFailed(f"{self._server.base_url} has no model {self._server.model}; it has {', '.join(names)}.")

    async def _complete(self, key: int, body: dict[str, object]) -> None:
        try:
            async with self._slots:
                async for text, hypothesis in stream_completion(self._client, self._server, body):
                    self._events.put(StepOutput(key, text, hypothesis))
        except ModelError as error:
            self._events.put(StepOutput(key, "", error))


def _authorization(server: Server) -> dict[str, str]:
    if not server.api_key_env:
        return {}
    if not (key := os.environ.get(server.api_key_env)):
        raise RemoteFailed(f"{server.api_key_env} is not set.", f"Set it to the key of {server.base_url}.")
    return {"Authorization": f"Bearer {key}"}


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    """Splits a prompt into turns. Only markup can contain the separator, so an article cannot become a system turn."""
    texts = [getattr(piece, "text", "") for piece in prompt.pieces]
    system = ""
    if texts and isinstance(prompt.pieces[0], Markup):
        system, _, texts[0] = texts[0].partition(TURN_SEPARATOR)
    turns = [{"role": "system", "content": system}] if system else []
    return [*turns, {"role": "user", "content": "".join(texts)}]


def _options(decoding: Decoding) -> dict[str, object]:
    """Returns the options that all servers support, and others only if they are set."""
    common: dict[str, object] = {"max_tokens": decoding.max_tokens, "temperature": decoding.temperature}
    if decoding.top_p != 1:
        common["top_p"] = decoding.top_p
    if decoding.top_k:
        common["top_k"] = decoding.top_k
    if decoding.repetition_penalty != 1:
        common["repetition_penalty"] = decoding.repetition_penalty
    return common
