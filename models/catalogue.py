"""Which models exist: the cards that Lede ships and those that the user drops into a folder."""

import tomllib
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from models.adapters.card import adapter_of
from models.adapters.card import read as read_adapter
from models.card import ModelCard
from models.errors import BadCard, UnknownModel

SHIPPED = Path(__file__).parent / "cards"
WITHOUT = "none"
"""In the place of an adapter: none."""


class Catalogue(Mapping[str, ModelCard]):
    """Cards by model id, in the order of their ids."""

    def __init__(self, *folders: Path) -> None:
        """Reads `*.toml` in each folder; a card in a later folder replaces one of the same id.

        Raises BadCard with the file's name and the field that is wrong, or the adapter that is not for its card.
        """
        cards = [member for folder in folders for path in sorted(folder.glob("*.toml")) for member in read(path)]
        self._cards = dict(sorted({card.id: card for card in cards}.items()))
        for card in cards:
            adapter_of(card)

    def with_adapter(self, named: str) -> Self:
        """The same cards, but none with an adapter (`none`), or one with the adapter in a folder, which says which one.

        Raises BadCard where the folder holds none, and UnknownModel where there is no card for it.
        """
        other = copy(self)
        if named == WITHOUT:
            changed = {card.id: card.model_copy(update={"adapter": None}) for card in self.values()}
        else:
            folder = Path(named).expanduser().absolute()
            card = self[read_adapter(folder).model].model_copy(update={"adapter": str(folder)})
            adapter_of(card)
            changed = {card.id: card}
        other._cards = {**self._cards, **changed}  # noqa: SLF001 - a copy of this one
        return other

    def __getitem__(self, model_id: str) -> ModelCard:
        """Raises UnknownModel (which is no KeyError: it says what to do)."""
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


def read(path: Path) -> tuple[ModelCard, ...]:
    """The models of one card file: one, or all members of a family."""
    try:
        return ModelCard.model_validate(tomllib.loads(path.read_text("utf-8"))).members()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCard(f"{path}: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadCard(f"{path}: {faults}") from error
