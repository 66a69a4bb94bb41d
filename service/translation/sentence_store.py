"""Translated sentences in SQLite, each visible to its owner only."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from service.storage.bounded_table import BoundedTable
from summarizer.article import Notice, Span
from summarizer.files.exchange import TranslationUnit
from summarizer.languages import closest
from summarizer.translating.memory import TranslationKey
from summarizer.translating.segments import TargetSegment

SCHEMA = (
    (
        """CREATE TABLE pairs (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
        source_language TEXT NOT NULL, target_language TEXT NOT NULL, model TEXT NOT NULL, source TEXT NOT NULL,
        target TEXT NOT NULL, marks TEXT NOT NULL, warnings TEXT NOT NULL, size INTEGER NOT NULL,
        created REAL NOT NULL)""",
        "CREATE INDEX by_age ON pairs (created, key, size)",
        "CREATE INDEX by_direction ON pairs (owner, source_language, target_language, model)",
        "CREATE TABLE revisions (owner TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID",
    ),
    # The kinds of warnings were renamed. Translations with warnings are only retained for a day.
    ("DELETE FROM pairs WHERE warnings <> '[]'",),
)

ROW = 300
"""Bytes of a pair besides its texts, in the table and its indexes."""

_INSERT = """INSERT OR REPLACE INTO pairs
(key, owner, source_language, target_language, model, source, target, marks, warnings, size, created)
SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
value ->> 8, ? FROM json_each(?)"""

_MATCHING = "WHERE owner = ?1 AND (?2 IS NULL OR source_language = ?2) AND (?3 IS NULL OR target_language = ?3)"

_WITHOUT_WARNINGS = f"{_MATCHING} AND warnings = '[]' AND abs(?4 - created) <= ?5"

WARNING_MAX_AGE = 86_400.0
"""Seconds for which a translation with warnings is reused before the sentence is translated again."""

_INCREMENT_REVISION = "INSERT INTO revisions VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET times = times + 1"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Selects pairs of an owner by language (BCP 47 tags); None matches any language."""

    owner: str = ""
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class PairCount:
    """The number of pairs of a direction and a model."""

    source_language: str
    target_language: str
    model: str
    pairs: int


class SentenceStore:
    """The file `memory.sqlite3` in a folder. `limit` is in bytes, `age` in seconds. Methods behave like BoundedTable's.

    A translation with warnings is reused for a day, so that a change elsewhere in the article repeats no futile
    attempts. It is excluded from counts, pages and exports.
    """

    def __init__(self, folder: Path, *, limit: int, age: float) -> None:
        self._age = age
        self.file = BoundedTable(folder / "memory.sqlite3", SCHEMA, "pairs", limit=limit, age=age)

    def get(self, owner: str, key: TranslationKey) -> TargetSegment | None:
        """Returns a translation, or None if there is none or it is too old."""
        rows = self.file.rows("SELECT created, target, marks, warnings FROM pairs WHERE key = ?", key_of(owner, key))
        if not rows or not self.file.is_fresh(rows[0][0]):
            return None
        target = _target(*rows[0][1:])
        return None if target.warnings and abs(time.time() - rows[0][0]) > WARNING_MAX_AGE else target

    def update(self, owner: str, translations: Mapping[TranslationKey, TargetSegment]) -> None:
        """Stores translations, all or none, and deletes pairs beyond the limits."""
        rows = [_row(owner, key, target) for key, target in translations.items()]
        self.file.rows(_INSERT, owner, time.time(), json.dumps(rows, ensure_ascii=False))
        self.file.added(sum(row[-1] for row in rows))

    def counts(self, owner: str) -> list[PairCount]:
        """Returns the number of pairs by direction and model."""
        columns = "source_language, target_language, model"
        rows = self.file.rows(
            f"SELECT {columns}, count(*) FROM pairs {_WITHOUT_WARNINGS} GROUP BY {columns} ORDER BY {columns}",  # noqa: S608 - constants only
            *self._parameters(PairFilter(owner)),
        )
        return [PairCount(*row) for row in rows]

    def page(self, selection: PairFilter, after: int, limit: int) -> list[tuple[int, TranslationUnit]]:
        """Returns up to `limit` pairs with ids above `after`, in order of their ids."""
        rows = self.file.rows(
            "SELECT id, source_language, target_language, source, target, model, created FROM pairs "  # noqa: S608 - constants only
            f"{_WITHOUT_WARNINGS} AND id > ?6 ORDER BY id LIMIT ?7",
            *self._parameters(selection),
            after,
            limit,
        )
        return [(row[0], TranslationUnit(*row[1:])) for row in rows]

    def all(self, selection: PairFilter) -> Iterator[TranslationUnit]:
        """Yields all pairs, reading a thousand at a time."""
        after = 0
        while rows := self.page(selection, after, 1000):
            yield from (unit for _, unit in rows)
            after = rows[-1][0]

    def import_units(self, owner: str, units: Iterable[TranslationUnit], languages: Iterable[str]) -> int:
        """Stores imported pairs under the closest of the model's `languages`, and returns their number."""
        translations = dict(_imported(unit, tuple(languages)) for unit in units)
        self.update(owner, translations)
        self._increment_revision(owner)
        return len(translations)

    def delete(self, selection: PairFilter) -> None:
        """Deletes pairs of an owner."""
        self.file.rows(f"DELETE FROM pairs {_MATCHING}", selection.owner, selection.source, selection.target)  # noqa: S608 - constants only
        self._increment_revision(selection.owner)
        self.file.vacuum()

    def revision(self, owner: str) -> int:
        """Returns a number that grows with every import and deletion of the owner."""
        rows = self.file.rows("SELECT times FROM revisions WHERE owner = ?", owner)
        return int(rows[0][0]) if rows else 0

    def _increment_revision(self, owner: str) -> None:
        self.file.rows(_INCREMENT_REVISION, owner)

    def _parameters(self, selection: PairFilter) -> tuple[Any, ...]:
        return selection.owner, selection.source, selection.target, time.time(), self._age


def _imported(unit: TranslationUnit, languages: Sequence[str]) -> tuple[TranslationKey, TargetSegment]:
    source, target = (closest(tag, languages) or tag for tag in (unit.source_language, unit.target_language))
    return TranslationKey.imported(unit.source, source, target), TargetSegment(unit.target)


def key_of(owner: str, key: TranslationKey) -> str:
    """Returns the digest that a pair is stored under."""
    identity = json.dumps([owner, astuple(key)], ensure_ascii=False, separators=(",", ":"))
    return sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()


def _row(owner: str, key: TranslationKey, target: TargetSegment) -> tuple[Any, ...]:
    marks = json.dumps([[astuple(span) for span in spans] for spans in (target.spans, target.placeholders)])
    warnings = json.dumps([astuple(notice) for notice in target.warnings], ensure_ascii=False)
    texts = key.segment.text, target.text, marks, warnings
    size = ROW + sum(len(text.encode()) for text in texts)
    return key_of(owner, key), key.source, key.target, key.model, *texts, size


def _target(text: str, marks: str, warnings: str) -> TargetSegment:
    spans, placeholders = (tuple(Span(*span) for span in several) for several in json.loads(marks))
    return TargetSegment(text, spans, placeholders, tuple(Notice(*notice) for notice in json.loads(warnings)))
