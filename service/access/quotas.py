"""Monthly quotas: the characters that each key has used in a month (UTC). The totals survive restarts."""

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
    """Characters charged to a key in a month; the work may fail in the next month and must then be refunded here."""

    key: str
    month: str
    characters: int


class Quotas:
    """The totals, in the same file as the keys. Methods block briefly."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def charged(self, key: Key | None, characters: int) -> AsyncIterator[None]:
        """Charges the work in the block, and refunds it if it fails. Free without a key. Raises QuotaExceeded."""
        if key is None:
            yield
            return
        async with self.refunding(await run_sync(self.charge, key, characters)):
            yield

    @asynccontextmanager
    async def refunding(self, charge: Charge) -> AsyncIterator[None]:
        """Refunds a charge if the block raises."""
        try:
            yield
        except BaseException:
            with anyio.CancelScope(shield=True):
                await run_sync(self.refund, charge)
            raise

    def charge(self, key: Key, characters: int) -> Charge:
        """Adds to this month's total, atomically across processes. Raises QuotaExceeded, and then adds nothing."""
        now = datetime.now(UTC)
        with sqlite_errors_mapped(self._database.path):
            limit = _UNLIMITED if key.quota is None else key.quota
            added = self._database.rows(_CHARGE, key.id, _month(now), characters, limit)
        if not added:
            raise QuotaExceeded(
                f"{characters:,} characters exceed the rest of this month's quota of {key.quota or 0:,}.",
                retry_after=(_next_month(now) - now).total_seconds(),
            )
        return Charge(key.id, _month(now), characters)

    def refund(self, charge: Charge) -> None:
        """Subtracts a charge from its month's total."""
        with sqlite_errors_mapped(self._database.path):
            self._database.rows(
                "UPDATE spent SET characters = max(0, characters - ?) WHERE key = ? AND month = ?",
                charge.characters,
                charge.key,
                charge.month,
            )

    def used(self, key: Key) -> int:
        """Returns the characters used this month."""
        with sqlite_errors_mapped(self._database.path):
            rows = self._database.rows(
                "SELECT characters FROM spent WHERE key = ? AND month = ?", key.id, _month(datetime.now(UTC))
            )
        return int(rows[0][0]) if rows else 0


def _month(now: datetime) -> str:
    return f"{now:%Y-%m}"


def _next_month(now: datetime) -> datetime:
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
