"""The write buffer: data written together is sent together."""

import asyncio
from typing import Any, cast

from service.http.write_buffer import MAX_BYTES, WriteBuffer


class Recorder:
    """A fake transport that records what it sends, and when it is closed."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.sent.append(b"closed")

    def is_closing(self) -> bool:
        return self.sent[-1:] == [b"closed"]


def send(*written: bytes | None, close: bool = False) -> list[bytes]:
    """Returns what the transport sends for these writes; None stands for an iteration of the event loop."""
    recorder = Recorder()

    async def write() -> None:
        buffer = WriteBuffer(cast("Any", recorder), asyncio.get_running_loop())
        for data in written:
            if data is None:
                await asyncio.sleep(0)
            else:
                buffer.write(data)
        if close:
            buffer.close()
            assert buffer.is_closing()

    asyncio.run(write())
    return recorder.sent


def test_a_head_and_its_body_are_sent_together():
    assert send(b"head", b"body", None, b"more", None) == [b"headbody", b"more"]


def test_events_of_a_stream_are_sent_separately():
    assert send(b"head", None, b"event", None, b"event") == [b"head", b"event", b"event"]


def test_a_full_buffer_is_sent_immediately():
    assert send(b"a" * MAX_BYTES, b"b", b"c") == [b"a" * MAX_BYTES + b"b", b"c"]


def test_closing_sends_the_buffer_first():
    assert send(b"head", close=True) == [b"head", b"closed"]
