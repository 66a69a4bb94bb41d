"""A desk with the deterministic engine, for tests."""

from pathlib import Path

from models.card import ChatPrompt, ModelCard, Preset, Sources
from models.catalogue import Catalogue
from models.engines.fake import FakeEngine, echo
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Markup, Prompt

SAMPLE = Path(__file__).parent.parent / "examples" / "voa-2016-02-02-coalition.txt"

LEAD = "The United States and its allies said Tuesday they will intensify their campaign against the militant group."
FIGURES = "The coalition says the group has lost 40 percent of its territory in Iraq and 20 percent in Syria."
LIBYA = "There was no commitment to order air strikes or other military action in Libya, the ministers said in Rome."
ARTICLE = f"{LEAD}\n\n{FIGURES}\n\n{LIBYA}"

FRENCH = {
    LEAD: "Les États-Unis et leurs alliés ont dit mardi qu'ils allaient intensifier leur campagne contre le groupe.",
    FIGURES: "La coalition dit que le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie.",
    LIBYA: "Aucune frappe aérienne ni autre action militaire n'est prévue en Libye, ont dit les ministres à Rome.",
    "Allies vow to step up fight": "Les alliés promettent d'intensifier la lutte",
}

EXAMPLES = {
    "The coalition noted the strides it has made against Islamic State militants, saying the group has lost 40 percent "
    "of the territory it had gained in Iraq and 20 percent in Syria.": "La coalition a noté ses progrès contre les "
    "militants de l'État islamique : le groupe a perdu 40 % du territoire qu'il avait gagné en Irak et 20 % en Syrie.",
    "La ville attend 45 000 voyageurs par jour.": "The city expects 45,000 passengers a day.",
    "Le tramway de Belleroche ouvrira en septembre, avec six mois de retard": (
        "The Belleroche tram will open in September, six months late"
    ),
}
"""Translations of sentences of the examples."""

PROMPTS = {
    "summarise": "{text}\nSUMMARISE in {source}: {sentences}, {words} words",
    "headline": "{text}\nHEADLINE in {source}: {characters} characters",
    "translate": "{notes}{text}\nTRANSLATE from {source} to {target}",
}


def answer_prompt(prompt: Prompt) -> str:
    """Answers with the article as its summary, one fixed headline, and translations of known sentences."""
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    if "HEADLINE" in task:
        return "Allies vow to step up fight"
    if "TRANSLATE" in task:
        return (EXAMPLES | FRENCH).get(echo(prompt), echo(prompt))
    return " ".join(echo(prompt).split())


def card(
    model_id: str = "test/desk", *, memory: int = 100, direct: tuple[str, ...] = (), extracts: tuple[str, ...] = ()
) -> ModelCard:
    """A card for the deterministic engine."""
    return ModelCard(
        id=model_id,
        title="A model for tests",
        licence="Apache-2.0",
        commercial_use=True,
        tasks=("summarise", "headline", "translate"),
        architecture="decoder",
        engine="fake",
        parameters=1,
        download=1,
        memory=memory,
        window=2048,
        sources=Sources(),
        languages={"en": "English", "fr": "French", "de": "German", "zh": "Chinese"},
        prompt=ChatPrompt(style="chat", turns=PROMPTS),
        direct=direct,
        extracts=extracts,
        presets={"translate": Preset(max_tokens=512)},
    )


class Cards(Catalogue):
    """A catalogue with the given cards."""

    def __init__(self, *cards: ModelCard) -> None:
        super().__init__()
        self._cards = {card.id: card for card in cards}


def pool(engine: FakeEngine | None = None, *, direct: tuple[str, ...] = (), extracts: tuple[str, ...] = ()) -> Pool:
    """A pool with one card, loaded as `engine`."""
    loaded = LoadedEngine(
        engine or FakeEngine(answer=answer_prompt, window=2048),
        lambda system, user, _: f"{system}\n{user}\n",
        backend="fake words",
    )
    return Pool(Cards(card(direct=direct, extracts=extracts)), lambda _card: loaded)
