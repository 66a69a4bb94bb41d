"""Sends one task to a server in its protocol and measures the time to its first text."""

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2

from benchmarks.peers.servers import Server
from benchmarks.peers.work import LANGUAGES, Kind, Messages, Task, call_chain

PARAMETERS: dict[Kind, tuple[str, Callable[[Task], dict[str, object]]]] = {
    "summary": ("summaries", lambda _job: {"length": "short"}),
    "blurb": ("blurbs", lambda _job: {"target_languages": LANGUAGES}),
    "translation": ("translations", lambda job: {"target_language": job.target}),
}
"""Lede's endpoint for each kind of task, and its request fields besides the text."""


class RequestFailed(Exception):
    """A server responded with an error."""


async def run_job(client: httpx2.AsyncClient, address: str, server: Server, job: Task) -> float:
    """Runs a task; returns the seconds to the first text that the client receives. Raises RequestFailed."""
    started = time.perf_counter()
    first: float | None = None
    words = _lede(client, address, job) if server.protocol == "lede" else _chain(client, address, server, job)
    async for _ in words:
        first = first or time.perf_counter() - started
    return first or time.perf_counter() - started


async def _lede(client: httpx2.AsyncClient, address: str, job: Task) -> AsyncIterator[str]:
    path, wish = PARAMETERS[job.kind]
    body = {"text": job.text, "source_language": job.language, "stream": True, **wish(job)}
    kind = ""
    async with client.stream("POST", f"{address}/v1/{path}", json=body) as answer:
        if answer.status_code != 200:
            raise RequestFailed((await answer.aread()).decode())
        async for line in answer.aiter_lines():
            if line.startswith("event:"):
                kind = line.partition(":")[2].strip()
            elif line.startswith("data:") and kind in {"delta", "result"}:
                yield line
            elif line.startswith("data:") and kind == "error":
                raise RequestFailed(line)
    if kind != "result":
        raise RequestFailed(f"The stream ended with {kind!r}.")


async def _chain(client: httpx2.AsyncClient, address: str, server: Server, job: Task) -> AsyncIterator[str]:
    calls = call_chain(job)
    call = _chat if server.protocol == "chat" else _plain
    results = []
    for messages, max_tokens in calls.first():
        answer = ""
        async for words in call(client, address, server, messages, max_tokens):
            answer += words
            yield words
        results.append(answer)
    for messages, max_tokens in calls.then(results):
        async for words in call(client, address, server, messages, max_tokens):
            yield words


async def _plain(
    client: httpx2.AsyncClient, address: str, _server: Server, messages: Messages, max_tokens: int
) -> AsyncIterator[str]:
    answer = await client.post(f"{address}/generate", json={"messages": messages, "max_tokens": max_tokens})
    if answer.status_code != 200:
        raise RequestFailed(answer.text)
    yield answer.json()["text"]


async def _chat(
    client: httpx2.AsyncClient, address: str, server: Server, messages: Messages, max_tokens: int
) -> AsyncIterator[str]:
    body: dict[str, Any] = {"messages": messages, "max_tokens": max_tokens, "temperature": 0, "stream": True}
    body |= {"model": server.model} if server.model else {}
    async with client.stream("POST", f"{address}/v1/chat/completions", json=body) as answer:
        if answer.status_code != 200:
            raise RequestFailed((await answer.aread()).decode())
        async for line in answer.aiter_lines():
            if line.startswith("data:") and line != "data: [DONE]":
                for choice in json.loads(line[5:]).get("choices", []):
                    if words := choice["delta"].get("content"):
                        yield words
