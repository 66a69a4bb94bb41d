"""API keys: made, listed, rotated, revoked and recognised. Only a hash of each secret is kept."""

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
"""What a key may do, each including those before: look, have things written, look after the service."""

SCHEMA = (
    (
        """CREATE TABLE keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, scope TEXT NOT NULL,
        rate TEXT, quota INTEGER, created REAL NOT NULL, revoked REAL) WITHOUT ROWID""",
        """CREATE TABLE spent (key TEXT NOT NULL, month TEXT NOT NULL, characters INTEGER NOT NULL,
        PRIMARY KEY (key, month)) WITHOUT ROWID""",
    ),
)

_FIELDS = "id, name, hash, scope, rate, quota, created, revoked"
_NOBODY = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `rate` is as in `60/minute`, `quota` in characters a month; None: no limit."""

    id: str
    name: str
    hash: str
    scope: Scope
    rate: str | None
    quota: int | None
    created: float
    revoked: float | None

    def may(self, scope: Scope) -> bool:
        """Whether the key reaches so far."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)


class Keys:
    """The keys in a folder's `keys.sqlite3`, which several processes may share: a change counts at once in all.

    Its methods raise StateUnavailable while the file cannot be read: nobody is let in by a fault.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "keys.sqlite3"
        with sqlite_errors_mapped(path):
            self.database = Database(path, SCHEMA, durable=True)
        path.chmod(0o600)
        self._reading = Lock()  # what a slower thread read before a key was revoked must not stand after it
        self._seen = -1
        self._found: dict[str, Key] = {}

    def create(self, name: str, scope: Scope = "write", rate: str | None = None, quota: int | None = None) -> str:
        """A new key's token, `lede_<id>_<secret>`: shown this once, and nowhere kept."""
        key = secrets.token_hex(4)
        token = _token(key)
        row = (key, name, _hash(token), scope, rate, quota, time.time(), None)
        self._change(f"INSERT INTO keys ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", *row)  # noqa: S608 - names of columns
        return token

    def rotate(self, key: str) -> str:
        """A new token for a key; the old one counts no more. Raises UnknownKey."""
        token = _token(key)
        if not self._change(
            "UPDATE keys SET hash = ? WHERE id = ? AND revoked IS NULL RETURNING id", _hash(token), key
        ):
            raise UnknownKey(f"There is no key {key} that counts.")
        return token

    def revoke(self, key: str) -> None:
        """Ends a key for good. Raises UnknownKey."""
        if not self._change(
            "UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL RETURNING id", time.time(), key
        ):
            raise UnknownKey(f"There is no key {key} that counts.")

    def all(self) -> Iterable[Key]:
        """Every key there was, revoked ones too, oldest first."""
        return sorted(self._current().values(), key=lambda key: key.created)

    def exist(self) -> bool:
        """Whether a key was ever made: revoking the last one does not open the service again."""
        return bool(self._current())

    def find(self, token: str) -> Key | None:
        """The key of a token, where it counts. A wrong secret takes as long as a right one."""
        found = self._current().get(_id(token))
        same = hmac.compare_digest(_hash(token), found.hash if found else _NOBODY)
        return found if same and found and found.revoked is None else None

    def get(self, key: str) -> Key | None:
        """The key of an id, revoked or not."""
        return self._current().get(key)

    def close(self) -> None:
        """Closes the file."""
        self.database.close()

    def _current(self) -> dict[str, Key]:
        """All keys, read again when any process has changed the file."""
        with self._reading, sqlite_errors_mapped(self.database.path):
            ((version,),) = self.database.rows("PRAGMA data_version")
            if version != self._seen:
                rows = self.database.rows(f"SELECT {_FIELDS} FROM keys")  # noqa: S608 - names of columns
                self._found, self._seen = {row[0]: Key(*row) for row in rows}, version
            return self._found

    def _change(self, statement: str, *values: object) -> list[object]:
        with sqlite_errors_mapped(self.database.path):
            changed = self.database.rows(statement, *values)
        with self._reading:
            self._seen = -1  # SQLite's data_version tells of other connections' changes only
        return changed


def _token(key: str) -> str:
    return f"lede_{key}_{secrets.token_urlsafe(32)}"


def _id(token: str) -> str:
    prefix, _, rest = token.partition("_")
    return rest.partition("_")[0] if prefix == "lede" else ""


def _hash(token: str) -> str:
    """One round is enough: the secret is 256 random bits, not a word that somebody chose."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()  # JSON may hold halves of characters
