"""A small OpenAI-compatible server on loopback, with faults."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Handler"], None]
"""Handles one request in place of the normal response."""


class ChatServer(ThreadingHTTPServer):
    """Echoes the user turn word by word; each of `faults` applies to one request, in order."""

    daemon_threads = True

    def __init__(self, *faults: Fault) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults = list(faults)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.models: Any = {"data": [{"id": "small"}]}
        self.disconnected = threading.Event()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that close the connection."""


class Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        pass

    def do_GET(self) -> None:
        self.answer(200, self.server.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append(body)
        self.server.keys.append(self.headers["authorization"])
        if self.server.faults:
            self.server.faults.pop(0)(self)
            return
        self.begin()
        words = body["messages"][-1]["content"].split()
        for word in words[: body["max_tokens"]]:
            self.event({"choices": [{"delta": {"content": f"{word} "}, "finish_reason": None}]})
        finish = "stop" if len(words) <= body["max_tokens"] else "length"
        self.event({"choices": [{"delta": {}, "finish_reason": finish}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()

    def event(self, data: Any) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()


def status(code: int, body: Any = None, **headers: str) -> Fault:
    """Responds with this status."""
    return lambda handler: handler.answer(code, body or {"error": {"message": "no"}}, **headers)


def words(*texts: str) -> Fault:
    """Sends some words, then closes the connection."""

    def fault(handler: Handler) -> None:
        handler.begin()
        for word in texts:
            handler.event({"choices": [{"delta": {"content": word}}]})

    return fault


def hang(handler: Handler) -> None:
    """Sends a word from time to time until the client disconnects."""
    handler.begin()
    try:
        while not handler.server.released.wait(0.01):
            handler.event({"choices": [{"delta": {"content": "on "}}]})
    except OSError:
        handler.server.disconnected.set()


def raw(content: bytes) -> Fault:
    """Sends bytes that are not a chat completion."""

    def fault(handler: Handler) -> None:
        handler.begin()
        handler.wfile.write(content)

    return fault


@contextmanager
def chat_server(*faults: Fault) -> Iterator[ChatServer]:
    """Runs the server in a separate thread."""
    server = ChatServer(*faults)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
