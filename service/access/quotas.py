"""How many characters each key may have worked on in a month (UTC); the sums survive restarts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
from anyio.to_thread import run_sync

from service.access.keys import Key
from service.exceptions import QuotaExceeded
from service.storage.database import Database, sqlite_errors_mapped

_CHARGE = """INSERT INTO spent (key, month, characters) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
ON CONFLICT (key, month) DO UPDATE SET characters = characters + ?3 WHERE characters + ?3 <= ?4
RETURNING characters"""

_UNLIMITED = 2**62


@dataclass(frozen=True, slots=True)
class Charge:
    """What was added to the sum of a key and a month; work may fail in the month after it."""

    key: str
    month: str
    characters: int


class Quotas:
    """The sums, in the same file as the keys. Its methods block for a moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def charged(self, key: Key | None, characters: int) -> AsyncIterator[None]:
        """Charges the work in the block, and nothing where it fails; without a key, nothing. Raises QuotaExceeded."""
        if key is None:
            yield
            return
        async with self.refunding(await run_sync(self.charge, key, characters)):
            yield

    @asynccontextmanager
    async def refunding(self, charge: Charge) -> AsyncIterator[None]:
        """Gives back what was charged for the work in the block, where that fails."""
        try:
            yield
        except BaseException:
            with anyio.CancelScope(shield=True):
                await run_sync(self.give_back, charge)
            raise

    def charge(self, key: Key, characters: int) -> Charge:
        """Adds to this month's sum, whatever other processes add. Raises QuotaExceeded, and then adds nothing."""
        now = datetime.now(UTC)
        with sqlite_errors_mapped(self._database.path):
            limit = _UNLIMITED if key.quota is None else key.quota
            added = self._database.rows(_CHARGE, key.id, _month(now), characters, limit)
        if not added:
            raise QuotaExceeded(
                f"{characters:,} characters are more than what is left of this month's {key.quota or 0:,}.",
                retry_after=(_next_month(now) - now).total_seconds(),
            )
        return Charge(key.id, _month(now), characters)

    def give_back(self, charge: Charge) -> None:
        """Takes off the sum again what was charged for work that failed."""
        with sqlite_errors_mapped(self._database.path):
            self._database.rows(
                "UPDATE spent SET characters = max(0, characters - ?) WHERE key = ? AND month = ?",
                charge.characters,
                charge.key,
                charge.month,
            )

    def spent(self, key: Key) -> int:
        """Characters worked on this month."""
        with sqlite_errors_mapped(self._database.path):
            rows = self._database.rows(
                "SELECT characters FROM spent WHERE key = ? AND month = ?", key.id, _month(datetime.now(UTC))
            )
        return int(rows[0][0]) if rows else 0


def _month(now: datetime) -> str:
    return f"{now:%Y-%m}"


def _next_month(now: datetime) -> datetime:
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
