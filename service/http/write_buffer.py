"""A write buffer that sends a response's head and body in one packet."""

from asyncio import AbstractEventLoop, Transport
from typing import Any

MAX_BYTES = 65_536
"""Buffered bytes above which the buffer is sent immediately."""


class WriteBuffer:
    """A transport that sends all data written in one iteration of the event loop together."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._buffer = bytearray()

    def write(self, data: bytes) -> None:
        """Buffers data, to be sent at the end of this iteration of the event loop."""
        if not self._buffer:
            self._loop.call_soon(self._flush)
        self._buffer += data
        if len(self._buffer) > MAX_BYTES:
            self._flush()

    def close(self) -> None:
        """Sends the buffer and closes the transport."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        if self._buffer:
            self._transport.write(self._buffer)
            self._buffer = bytearray()
