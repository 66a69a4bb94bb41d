"""The catalogue of models: the cards that Lede ships, and those in the user's cards folder."""

import tomllib
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from models.adapters.card import adapter_of, read_adapter
from models.card import ModelCard
from models.errors import BadCard, UnknownModel
from models.lexicons.card import lexicon_of

SHIPPED = Path(__file__).parent / "cards"
MOZILLA_REPOSITORY = "/mozilla/firefox-translations-models/"
"""Precedes the commit and the path in the URLs of Mozilla's models."""

NO_ADAPTER = "none"
"""The adapter name that means none."""


class Catalogue(Mapping[str, ModelCard]):
    """Cards by model id, sorted by id."""

    def __init__(self, *folders: Path, fast: bool = False, mirror: str | None = None) -> None:
        """Reads `*.toml` in each folder; a card replaces one with the same id from an earlier folder.

        `fast` selects the smallest model if a family has several for a direction. `mirror`: see `mirrored`.

        Raises BadCard with the file and the invalid field, or with the adapter that does not fit its card.
        """
        paths = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
        cards = [card for path in paths for card in read_card_file(path, fast=fast)]
        cards = [mirrored(card, mirror) for card in cards] if mirror else cards
        self._cards = dict(sorted({card.id: card for card in cards}.items()))
        for card in cards:
            adapter_of(card)
            lexicon_of(card)

    def with_adapter(self, named: str) -> Self:
        """Returns the same cards without adapters (`none`), or with the adapter in a folder added to its card.

        Raises BadCard if the folder contains no adapter, and UnknownModel if there is no card for it.
        """
        other = copy(self)
        if named == NO_ADAPTER:
            changed = {card.id: card.model_copy(update={"adapter": None}) for card in self.values()}
        else:
            folder = Path(named).expanduser().absolute()
            card = self[read_adapter(folder).model].model_copy(update={"adapter": str(folder)})
            adapter_of(card)
            changed = {card.id: card}
        other._cards = {**self._cards, **changed}  # noqa: SLF001 - a copy of this one
        return other

    def without_lexicons(self) -> Self:
        """Returns the same cards without lexicons."""
        other = copy(self)
        other._cards = {name: card.model_copy(update={"lexicon": None}) for name, card in self.items()}  # noqa: SLF001 - a copy of this one
        return other

    def __getitem__(self, model_id: str) -> ModelCard:
        """Raises UnknownModel, which has a hint, instead of KeyError."""
        try:
            return self._cards[model_id]
        except KeyError:
            raise UnknownModel(f"There is no model {model_id!r}.") from None

    def __contains__(self, model_id: object) -> bool:
        return model_id in self._cards

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)


def mirrored(card: ModelCard, mirror: str) -> ModelCard:
    """Returns the card of a Mozilla model with the mirror as its source; other cards are unchanged.

    The mirror is a URL or a folder with the paths of Mozilla's repository.
    """
    _, repository, path = (card.sources.url or "").partition(MOZILLA_REPOSITORY)
    if not repository:
        return card
    path = path.partition("/")[2]  # after the commit
    changed = (
        {"url": f"{mirror.rstrip('/')}/{path}"}
        if mirror.startswith(("http://", "https://"))
        else {"folder": str(Path(mirror).expanduser() / path)}
    )
    return card.model_copy(update={"sources": card.sources.model_copy(update=changed)})


def read_card_file(path: Path, *, fast: bool = False) -> tuple[ModelCard, ...]:
    """Returns the models of one card file: one, or one for each direction of a family. Raises BadCard."""
    try:
        return ModelCard.model_validate(tomllib.loads(path.read_text("utf-8"))).models(fast=fast)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCard(f"{path}: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadCard(f"{path}: {faults}") from error
