"""A real server on loopback, for what only shows over a socket."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from service.http.connections import Connection


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The app under uvicorn on a free port; gives its address, and stops it at the end."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, http=Connection))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
