"""A Redis on loopback, in this process, that can be stopped and restarted."""

import socket
import threading
from dataclasses import dataclass, field

from fakeredis import TcpFakeServer


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@dataclass
class RedisServer:
    """A fake Redis without persistence."""

    port: int = field(default_factory=_free_port)
    _server: TcpFakeServer | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._server = TcpFakeServer(("127.0.0.1", self.port))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()  # waits until its connections are closed
            self._server = None
