"""A client for OpenAI-compatible chat completions: streams one completion, and retries on failure."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import tenacity

from models.errors import PromptTooLong, RemoteFailed
from models.protocol import Finish, Hypothesis
from models.server import Server

FIRST_DELAY, MAX_DELAY = 0.25, 8.0
"""Seconds before the first retry, doubled for each further one, and the maximum; both with full jitter."""

MAX_RETRY_AFTER = 30.0
"""The maximum `Retry-After` that is respected, in seconds."""

_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "maximum context length")
"""Error codes and messages for a prompt that exceeds the context window: of OpenAI, vLLM and llama.cpp."""

_FINISH: dict[str, Finish] = {"stop": "end", "length": "length"}


class _Again(Exception):
    """A retryable failure. `after` is the server's `Retry-After` in seconds, if any."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


def retrying(server: Server) -> tenacity.AsyncRetrying:
    """Returns the retry policy for requests to a server. Raises RemoteFailed after the last attempt."""
    return tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(server.attempts),
        wait=_pause,
        retry=tenacity.retry_if_exception_type((_Again, httpx2.TransportError)),
        retry_error_callback=lambda state: _give_up(server, state),
    )


async def stream_completion(
    client: httpx2.AsyncClient, server: Server, body: dict[str, object]
) -> AsyncIterator[tuple[str, Hypothesis | None]]:
    """Streams a completion's text, and the hypothesis at its end. Raises RemoteFailed and PromptTooLong.

    An interrupted attempt is retried from the beginning; text that was already yielded is not yielded again.
    """
    sent = ""
    async for attempt in retrying(server):
        with attempt:
            text, tokens, finish = "", 0, ""
            async for piece, ended in _stream(client, server, body):
                text, tokens, finish = text + piece, tokens + 1, ended
                if len(text) > len(sent):
                    if not text.startswith(sent):
                        raise RemoteFailed(f"{server.base_url} was interrupted and then sent a different completion.")
                    yield text[len(sent) :], None
                    sent = text
            yield "", Hypothesis(text, tokens, _FINISH.get(finish, "end"), 0.0)


def model_names(server: Server, response: httpx2.Response) -> list[str]:
    """Returns the model names in a response of `/models`. Raises RemoteFailed."""
    _check(server, response)
    try:
        return [str(model["id"]) for model in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        raise RemoteFailed(f"{server.base_url} is not OpenAI-compatible.") from None


async def _stream(
    client: httpx2.AsyncClient, server: Server, body: dict[str, object]
) -> AsyncIterator[tuple[str, str]]:
    """Yields each piece of text with the finish reason, which is empty until the last piece."""
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
    raise _Again("the connection was closed before the completion ended")


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
        raise RemoteFailed(f"{server.base_url} is not OpenAI-compatible.") from None


def _check(server: Server, response: httpx2.Response) -> None:
    status = response.status_code
    if status == httpx2.codes.TOO_MANY_REQUESTS or status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        raise _Again(f"the status was {status}", _seconds(response.headers.get("retry-after", "")))
    if not response.is_error:
        return
    if any(words in response.text for words in _TOO_LONG):
        raise PromptTooLong(f"{server.base_url} reports that a prompt exceeds the model's context window.")
    hint = ""
    if status in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
        hint = f"Set {server.api_key_env} to its key." if server.api_key_env else "Set `api_key_env` in the card."
    raise RemoteFailed(f"{server.base_url} returned status {status}: {response.text[:200].strip()}", hint)


def _seconds(header: str) -> float | None:
    return min(float(header), MAX_RETRY_AFTER) if header.replace(".", "", 1).isdigit() else None


_backoff = tenacity.wait_random_exponential(multiplier=FIRST_DELAY, max=MAX_DELAY)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    retry_after = error.after if isinstance(error, _Again) else None
    return _backoff(state) if retry_after is None else retry_after


def _give_up(server: Server, state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    reason = str(error) or type(error).__name__
    raise RemoteFailed(f"{server.base_url} failed {state.attempt_number} times; last: {reason}.") from error
