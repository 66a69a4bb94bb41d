"""A web site on loopback that behaves like a hostile one."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ARTICLE = (
    "<html><head><title>Bridge opens</title></head><body><article><h1>Bridge opens</h1>"
    "<p>The new bridge over the river opened on Monday after four years of work, the city said.</p>"
    "<p>It carries two lanes and a path for bicycles, and cost less than the council had feared.</p>"
    "<p>Neighbours on both banks had asked for it since the old one was closed in a flood.</p></article></body></html>"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.requests.append((self.path, dict(self.headers)))
        parts = urlsplit(self.path)
        try:
            getattr(self, "page" + parts.path.replace("/", "_"))(parse_qs(parts.query))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_article(self, query: dict[str, list[str]]) -> None:
        self.send(ARTICLE.encode(), Content_Type="text/html; charset=utf-8")

    def page_latin(self, query: dict[str, list[str]]) -> None:
        self.send("<p>déjà vu</p>".encode("latin-1"), Content_Type="text/html; charset=ISO-8859-1")

    def page_tagged(self, query: dict[str, list[str]]) -> None:
        if self.headers.get("If-None-Match") == '"v1"':
            self.send(b"", 304, ETag='"v1"')
        else:
            self.send(ARTICLE.encode(), Content_Type="text/html", ETag='"v1"')

    def page_to(self, query: dict[str, list[str]]) -> None:
        self.send(b"", 302, Location=query["url"][0])

    def page_round(self, query: dict[str, list[str]]) -> None:
        self.send(b"", 302, Location="/round")

    def page_gzip(self, query: dict[str, list[str]]) -> None:
        self.send(gzip.compress(ARTICLE.encode()), Content_Type="text/html", Content_Encoding="gzip")

    def page_bomb(self, query: dict[str, list[str]]) -> None:
        self.send(gzip.compress(b"a" * 50_000_000), Content_Type="text/html", Content_Encoding="gzip")

    def page_brotli(self, query: dict[str, list[str]]) -> None:
        self.send(b"x", Content_Type="text/html", Content_Encoding="br")

    def page_broken(self, query: dict[str, list[str]]) -> None:
        self.send(gzip.compress(ARTICLE.encode())[:-20], Content_Type="text/html", Content_Encoding="gzip")

    def page_large(self, query: dict[str, list[str]]) -> None:
        self.send(b"a" * 200_000, Content_Type="text/html")

    def page_picture(self, query: dict[str, list[str]]) -> None:
        self.send(b"\x89PNG", Content_Type="image/png")

    def page_missing(self, query: dict[str, list[str]]) -> None:
        self.send(b"no", 404, Content_Type="text/html")

    def page_slow(self, query: dict[str, list[str]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b"a")
            time.sleep(0.1)


@contextmanager
def site() -> Iterator[ThreadingHTTPServer]:
    """Serves the site; its `requests` lists the path and headers of each request."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.requests = []
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
