"""Answers that leave in as few packets as they can: what is written at once is sent at once."""

from asyncio import AbstractEventLoop, Transport
from typing import Any

MOST = 65_536
"""Bytes that are held back for what is written next, at most."""


class WriteBuffer:
    """A transport whose writes leave together at the end of the event loop's turn: a head and its body are one."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        """Sends the data with what is written beside it."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held += data
        if len(self._held) > MOST:
            self._send()

    def close(self) -> None:
        """Closes behind what was written."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _send(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = bytearray()
