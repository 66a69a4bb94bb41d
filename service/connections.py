"""Connections that are opened and left: hung up on, so that they hold nothing that others need."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""The time that a request's head may take, from the connection's start or its first byte on."""


class Connection(H11Protocol):
    """Uvicorn's own, which waits for a request's head for ever."""

    _patience: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A caller is there, and may say what it wants."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A part of a request is there, perhaps of its head alone."""
        super().data_received(data)
        if not self._waiting:
            self._rest()
        elif self._patience is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller has gone."""
        self._rest()
        super().connection_lost(exc)

    @property
    def _waiting(self) -> bool:
        """Whether no request is there whose answer is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _rest(self) -> None:
        """The head is whole: what follows may take its time."""
        if self._patience:
            self._patience.cancel()
        self._patience = None

    def _hang_up(self) -> None:
        self._patience = None
        if self._waiting:
            self.transport.close()
