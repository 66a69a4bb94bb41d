"""Translated sentences kept in SQLite, each with its owner: what one key had translated is no other's to see."""

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
"""Bytes that a pair takes beside its texts, in the table and its indexes."""

_KEEP = """INSERT OR REPLACE INTO pairs
(key, owner, source_language, target_language, model, source, target, marks, warnings, size, created)
SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
value ->> 8, ? FROM json_each(?)"""

_MINE = "WHERE owner = ?1 AND (?2 IS NULL OR source_language = ?2) AND (?3 IS NULL OR target_language = ?3)"

_SOUND = f"{_MINE} AND warnings = '[]' AND abs(?4 - created) <= ?5"

FAULTY = 86_400.0
"""Seconds for which a sentence that could not be translated without faults is not tried again."""

_REVISE = "INSERT INTO revisions VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET times = times + 1"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Some of an owner's pairs: of one direction, or of all where a language is None. Languages are BCP 47 tags."""

    owner: str = ""
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class PairCount:
    """How many pairs there are of a direction and a model."""

    source_language: str
    target_language: str
    model: str
    pairs: int


class SentenceStore:
    """The file `memory.sqlite3` of a folder. `limit` is in bytes, `age` in seconds. Its methods are as Bounded's.

    A translation with warnings is known for a day and shown to nobody: it saves trying in vain whenever an article
    changes elsewhere.
    """

    def __init__(self, folder: Path, *, limit: int, age: float) -> None:
        self._age = age
        self.file = BoundedTable(folder / "memory.sqlite3", SCHEMA, "pairs", limit=limit, age=age)

    def get(self, owner: str, wanted: TranslationKey) -> TargetSegment | None:
        """A translation, unless it is too old."""
        rows = self.file.rows("SELECT created, target, marks, warnings FROM pairs WHERE key = ?", key_of(owner, wanted))
        if not rows or not self.file.is_fresh(rows[0][0]):
            return None
        target = _target(*rows[0][1:])
        return None if target.warnings and abs(time.time() - rows[0][0]) > FAULTY else target

    def update(self, owner: str, known: Mapping[TranslationKey, TargetSegment]) -> None:
        """Keeps translations, all or none, and drops what is too old or too much."""
        rows = [_row(owner, wanted, target) for wanted, target in known.items()]
        self.file.rows(_KEEP, owner, time.time(), json.dumps(rows, ensure_ascii=False))
        self.file.added(sum(row[-1] for row in rows))

    def counts(self, owner: str) -> list[PairCount]:
        """How many there are, by direction and model."""
        what = "source_language, target_language, model"
        rows = self.file.rows(
            f"SELECT {what}, count(*) FROM pairs {_SOUND} GROUP BY {what} ORDER BY {what}",  # noqa: S608 - all ours
            *self._sound(PairFilter(owner)),
        )
        return [PairCount(*row) for row in rows]

    def page(self, which: PairFilter, after: int, most: int) -> list[tuple[int, TranslationUnit]]:
        """So many pairs by their ids, in the order in which they were kept, of those whose ids are higher."""
        rows = self.file.rows(
            "SELECT id, source_language, target_language, source, target, model, created FROM pairs "  # noqa: S608 - all ours
            f"{_SOUND} AND id > ?6 ORDER BY id LIMIT ?7",
            *self._sound(which),
            after,
            most,
        )
        return [(row[0], TranslationUnit(*row[1:])) for row in rows]

    def all(self, which: PairFilter) -> Iterator[TranslationUnit]:
        """Every pair, a thousand read at once."""
        after = 0
        while found := self.page(which, after, 1000):
            yield from (unit for _, unit in found)
            after = found[-1][0]

    def take(self, owner: str, found: Iterable[TranslationUnit], languages: Iterable[str]) -> int:
        """Keeps pairs that no model wrote, under the nearest of the models' own tags; says how many."""
        known = dict(_imported(unit, tuple(languages)) for unit in found)
        self.update(owner, known)
        self._revise(owner)
        return len(known)

    def drop(self, which: PairFilter) -> None:
        """Drops an owner's pairs."""
        self.file.rows(f"DELETE FROM pairs {_MINE}", which.owner, which.source, which.target)  # noqa: S608 - all ours
        self._revise(which.owner)
        self.file.vacuum()

    def revision(self, owner: str) -> int:
        """Another number whenever the owner's pairs changed by other means than translating."""
        rows = self.file.rows("SELECT times FROM revisions WHERE owner = ?", owner)
        return int(rows[0][0]) if rows else 0

    def _revise(self, owner: str) -> None:
        self.file.rows(_REVISE, owner)

    def _sound(self, which: PairFilter) -> tuple[Any, ...]:
        return which.owner, which.source, which.target, time.time(), self._age


def _imported(unit: TranslationUnit, languages: Sequence[str]) -> tuple[TranslationKey, TargetSegment]:
    source, target = (closest(tag, languages) or tag for tag in (unit.source_language, unit.target_language))
    return TranslationKey.imported(unit.source, source, target), TargetSegment(unit.target)


def key_of(owner: str, wanted: TranslationKey) -> str:
    """What a pair is found by. Two share a key when they are equal."""
    told = json.dumps([owner, astuple(wanted)], ensure_ascii=False, separators=(",", ":"))
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _row(owner: str, wanted: TranslationKey, target: TargetSegment) -> tuple[Any, ...]:
    marks = json.dumps([[astuple(span) for span in spans] for spans in (target.spans, target.placeholders)])
    warnings = json.dumps([astuple(notice) for notice in target.warnings], ensure_ascii=False)
    told = wanted.segment.text, target.text, marks, warnings
    size = ROW + sum(len(text.encode()) for text in told)
    return key_of(owner, wanted), wanted.source, wanted.target, wanted.model, *told, size


def _target(text: str, marks: str, warnings: str) -> TargetSegment:
    spans, placeholders = (tuple(Span(*span) for span in several) for several in json.loads(marks))
    return TargetSegment(text, spans, placeholders, tuple(Notice(*notice) for notice in json.loads(warnings)))
