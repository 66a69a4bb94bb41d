"""One answer of a server that speaks OpenAI's chat completions: asked for, listened to, and asked for again."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import tenacity

from models.errors import PromptTooLong, RemoteFailed
from models.protocol import Finish, Hypothesis
from models.server import Server

FIRST, LONGEST = 0.25, 8.0
"""Seconds before the second attempt, doubled from then on, and at most (with up to as much at random)."""

LATEST = 30.0
"""The longest `Retry-After` that is waited for, in seconds."""

_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "maximum context length")
"""How servers say that a prompt fills the window: OpenAI's and vLLM's code, llama.cpp's type, and their words."""

_FINISH: dict[str, Finish] = {"stop": "end", "length": "length"}


class _Again(Exception):
    """Not now; `after` is in seconds, where the server said so."""

    def __init__(self, told: str, after: float | None = None) -> None:
        super().__init__(told)
        self.after = after


def lasting(server: Server) -> tenacity.AsyncRetrying:
    """Attempts at something that the network or a busy server may spoil. Raises RemoteFailed after the last."""
    return tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(server.attempts),
        wait=_pause,
        retry=tenacity.retry_if_exception_type((_Again, httpx2.TransportError)),
        retry_error_callback=lambda state: _give_up(server, state),
    )


async def answer(
    client: httpx2.AsyncClient, server: Server, body: dict[str, object]
) -> AsyncIterator[tuple[str, Hypothesis | None]]:
    """An answer's text piece by piece, and at its end the whole of it. Raises RemoteFailed and PromptTooLong.

    An attempt that breaks off is begun again; what was told already is not told twice.
    """
    told = ""
    async for attempt in lasting(server):
        with attempt:
            text, tokens, finish = "", 0, ""
            async for piece, ended in _stream(client, server, body):
                text, tokens, finish = text + piece, tokens + 1, ended
                if len(text) > len(told):
                    if not text.startswith(told):
                        raise RemoteFailed(f"{server.base_url} broke off, and then answered differently.")
                    yield text[len(told) :], None
                    told = text
            yield "", Hypothesis(text, tokens, _FINISH.get(finish, "end"), 0.0)


def endings(server: Server, response: httpx2.Response) -> list[str]:
    """The names of the models in a list of them. Raises RemoteFailed."""
    _check(server, response)
    try:
        return [str(model["id"]) for model in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        raise RemoteFailed(f"{server.base_url} does not speak OpenAI's protocol.") from None


async def _stream(
    client: httpx2.AsyncClient, server: Server, body: dict[str, object]
) -> AsyncIterator[tuple[str, str]]:
    """Each piece of text, and why the answer ended, which is empty before its last piece."""
    async with client.stream("POST", "chat/completions", json=body) as response:
        if response.is_error:
            await response.aread()
            _check(server, response)
        async for line in response.aiter_lines():
            if not line.startswith("data:"):
                continue
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            piece, finish = _piece(server, data)
            if piece or finish:
                yield piece, finish
            if finish:
                return
    raise _Again("it hung up before its answer was whole")


def _piece(server: Server, data: str) -> tuple[str, str]:
    try:
        chunk = json.loads(data)
        if "error" in chunk:
            raise _Again(str(chunk["error"]))
        choices: list[dict[str, Any]] = chunk["choices"]
        return (
            (choices[0]["delta"].get("content") or "", choices[0].get("finish_reason") or "") if choices else ("", "")
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise RemoteFailed(f"{server.base_url} does not speak OpenAI's protocol.") from None


def _check(server: Server, response: httpx2.Response) -> None:
    status = response.status_code
    if status == httpx2.codes.TOO_MANY_REQUESTS or status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        raise _Again(f"it answered {status}", _seconds(response.headers.get("retry-after", "")))
    if not response.is_error:
        return
    if any(words in response.text for words in _TOO_LONG):
        raise PromptTooLong(f"{server.base_url} says that a prompt fills the model's window.")
    hint = ""
    if status in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
        hint = f"Set {server.api_key_env} to its key." if server.api_key_env else "Name `api_key_env` in the card."
    raise RemoteFailed(f"{server.base_url} answered {status}: {response.text[:200].strip()}", hint)


def _seconds(header: str) -> float | None:
    return min(float(header), LATEST) if header.replace(".", "", 1).isdigit() else None


_backoff = tenacity.wait_random_exponential(multiplier=FIRST, max=LONGEST)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    stated = error.after if isinstance(error, _Again) else None
    return _backoff(state) if stated is None else stated


def _give_up(server: Server, state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    told = str(error) or type(error).__name__
    raise RemoteFailed(f"{server.base_url} gave no answer in {state.attempt_number} attempts: {told}.") from error
