"""What is written at once leaves at once."""

import asyncio
from typing import Any, cast

from service.http.write_buffer import MOST, WriteBuffer


class Line:
    """Stands for a transport; says what left it, and when it was closed."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.said.append(bytes(data))

    def close(self) -> None:
        self.said.append(b"closed")

    def is_closing(self) -> bool:
        return self.said[-1:] == [b"closed"]


def said(*written: bytes | None, close: bool = False) -> list[bytes]:
    """What left when these were written, the loop having its turn at each None."""
    line = Line()

    async def write() -> None:
        packets = WriteBuffer(cast("Any", line), asyncio.get_running_loop())
        for data in written:
            if data is None:
                await asyncio.sleep(0)
            else:
                packets.write(data)
        if close:
            packets.close()
            assert packets.is_closing()

    asyncio.run(write())
    return line.said


def test_a_head_and_its_body_are_one():
    assert said(b"head", b"body", None, b"more", None) == [b"headbody", b"more"]


def test_a_stream_waits_for_nothing():
    assert said(b"head", None, b"event", None, b"event") == [b"head", b"event", b"event"]


def test_much_is_not_held_back():
    assert said(b"a" * MOST, b"b", b"c") == [b"a" * MOST + b"b", b"c"]


def test_what_was_written_leaves_before_the_end():
    assert said(b"head", close=True) == [b"head", b"closed"]
