"""The card of a lexicon: data, licences, build options, and one file per direction.

    models/lexicons/<name>/lexicon.toml   this card
    models/lexicons/<name>/en-de.marisa   the entries of one direction

A model's card names its lexicon; `models.lexicons.lexicon` reads the entries.
"""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.card import SHA256, Direction, ModelCard
from models.errors import BadCard

SHIPPED = Path(__file__).parent
"""Where the lexicons are that come with Lede."""

CARD = "lexicon.toml"

HINT = "Set LEDE_LEXICON=none to translate without a lexicon."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(_Part):
    """Sentence pairs used for a table."""

    name: str = Field(description="The data set, and the system where the target is machine translation.")
    pairs: int = Field(gt=0, description="Number of sentence pairs.")


class Table(_Part):
    """The entries of one direction."""

    direction: Direction = Field(description="Source and target language, e.g. `en:de`.")
    file: str = Field(pattern=r"^[\w-]+\.marisa$", description="The file, in the card's folder.")
    size: int = Field(gt=0, description="Bytes.")
    sha256: SHA256 = Field(description="Of the file.")
    entries: int = Field(gt=0, description="Number of source phrases.")
    options: dict[str, Any] = Field({}, description="Alignment and selection options.")
    data: tuple[Dataset, ...] = Field((), description="The training data.")


class LexiconCard(_Part):
    """One lexicon, for one or more directions."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", description="The lexicon's name, as its folder's.")
    licence: str = Field(description="SPDX identifier.")
    notice: str = Field("", description="Licences of the training data.")
    tables: tuple[Table, ...] = Field((), description="One per direction.")

    @property
    def tag(self) -> str:
        """The name and a digest of all entries, for signatures."""
        digests = sorted(table.sha256 for table in self.tables)
        return f"{self.name}-{hashlib.sha256(' '.join(digests).encode()).hexdigest()[:8]}"

    def table(self, source: str, target: str) -> Table | None:
        """Returns the table of a direction, or None."""
        return next((table for table in self.tables if table.direction == f"{source}:{target}"), None)


def folder(card: ModelCard) -> Path | None:
    """Returns the folder of the lexicon that a model's card names: one of SHIPPED, or an absolute path."""
    return SHIPPED / Path(card.lexicon).expanduser() if card.lexicon else None


def lexicon_of(card: ModelCard) -> LexiconCard | None:
    """Returns the card of the lexicon that a model's card names, if any. Raises BadCard."""
    place = folder(card)
    return read_lexicon(place) if place else None


def read_lexicon(place: Path) -> LexiconCard:
    """Reads the card of the lexicon in a folder. Raises BadCard with the invalid field."""
    path = place / CARD
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCard(f"{place} holds no lexicon: {error}", HINT) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadCard(f"{path}: {faults}", HINT) from error


@cache
def _read(path: Path, _modified: int) -> LexiconCard:
    return LexiconCard.model_validate(tomllib.loads(path.read_text("utf-8")))
