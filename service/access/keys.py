"""API keys: created, listed, rotated, revoked and looked up. Only a hash of each secret is stored."""

import hmac
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from service.exceptions import UnknownKey
from service.storage.database import Database, sqlite_errors_mapped

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a key may do; each scope includes the ones before it: view, create texts, administer the service."""

SCHEMA = (
    (
        """CREATE TABLE keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, scope TEXT NOT NULL,
        rate TEXT, quota INTEGER, created REAL NOT NULL, revoked REAL) WITHOUT ROWID""",
        """CREATE TABLE spent (key TEXT NOT NULL, month TEXT NOT NULL, characters INTEGER NOT NULL,
        PRIMARY KEY (key, month)) WITHOUT ROWID""",
    ),
)

_FIELDS = "id, name, hash, scope, rate, quota, created, revoked"
_NO_HASH = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `rate` is such as `60/minute`, `quota` in characters per month; None: no limit."""

    id: str
    name: str
    hash: str
    scope: Scope
    rate: str | None
    quota: int | None
    created: float
    revoked: float | None

    def allows(self, scope: Scope) -> bool:
        """Whether the key's scope includes `scope`."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)


class Keys:
    """The keys in a folder's `keys.sqlite3`. Several processes may share it: changes take effect in all immediately.

    Methods raise StateUnavailable if the file cannot be read, so that a fault never grants access.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "keys.sqlite3"
        with sqlite_errors_mapped(path):
            self.database = Database(path, SCHEMA, durable=True)
        path.chmod(0o600)
        self._reading = Lock()  # a slower thread must not replace the cache with rows read before a revocation
        self._cached_version = -1
        self._cached: dict[str, Key] = {}

    def create(self, name: str, scope: Scope = "write", rate: str | None = None, quota: int | None = None) -> str:
        """Creates a key and returns its token, `lede_<id>_<secret>`, which is not stored and cannot be shown again."""
        key = secrets.token_hex(4)
        token = _new_token(key)
        row = (key, name, _hash(token), scope, rate, quota, time.time(), None)
        self._change(f"INSERT INTO keys ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", *row)  # noqa: S608 - names of columns
        return token

    def rotate(self, key: str) -> str:
        """Returns a new token for a key, and invalidates the old one. Raises UnknownKey."""
        token = _new_token(key)
        if not self._change(
            "UPDATE keys SET hash = ? WHERE id = ? AND revoked IS NULL RETURNING id", _hash(token), key
        ):
            raise UnknownKey(f"There is no valid key {key}.")
        return token

    def revoke(self, key: str) -> None:
        """Revokes a key permanently. Raises UnknownKey."""
        if not self._change(
            "UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL RETURNING id", time.time(), key
        ):
            raise UnknownKey(f"There is no valid key {key}.")

    def all(self) -> Iterable[Key]:
        """Returns all keys, including revoked ones, oldest first."""
        return sorted(self._current().values(), key=lambda key: key.created)

    def any_exist(self) -> bool:
        """Whether a key was ever created: revoking the last one does not open the service again."""
        return bool(self._current())

    def find(self, token: str) -> Key | None:
        """Returns the valid key of a token, or None. Takes the same time for wrong secrets."""
        key = self._current().get(_id(token))
        matches = hmac.compare_digest(_hash(token), key.hash if key else _NO_HASH)
        return key if matches and key and key.revoked is None else None

    def get(self, key: str) -> Key | None:
        """Returns the key with an id, also a revoked one."""
        return self._current().get(key)

    def check(self) -> None:
        """Raises StateUnavailable if the file cannot be read."""
        with sqlite_errors_mapped(self.database.path):
            self.database.check()

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    def _current(self) -> dict[str, Key]:
        """Returns all keys by id, read again if any process has changed the file."""
        with self._reading, sqlite_errors_mapped(self.database.path):
            ((version,),) = self.database.rows("PRAGMA data_version")
            if version != self._cached_version:
                rows = self.database.rows(f"SELECT {_FIELDS} FROM keys")  # noqa: S608 - names of columns
                self._cached, self._cached_version = {row[0]: Key(*row) for row in rows}, version
            return self._cached

    def _change(self, statement: str, *values: object) -> list[object]:
        with sqlite_errors_mapped(self.database.path):
            changed = self.database.rows(statement, *values)
        with self._reading:
            self._cached_version = -1  # SQLite's data_version only reflects changes by other connections
        return changed


def _new_token(key: str) -> str:
    return f"lede_{key}_{secrets.token_urlsafe(32)}"


def _id(token: str) -> str:
    prefix, _, rest = token.partition("_")
    return rest.partition("_")[0] if prefix == "lede" else ""


def _hash(token: str) -> str:
    """One round of SHA-256 is enough: the secret is 256 random bits, not a password."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()  # JSON may contain lone surrogates
