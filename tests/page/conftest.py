"""A desk with its page, and an editor at a browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from models.card import ModelCard, Score
from models.engines.fake import FakeEngine, echo
from models.model import Loaded
from models.pool import Pool
from models.protocol import Markup, Prompt
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import FIGURES, LEAD, Cards, card, newsroom
from tests.page.browser import Editor, chromium, launched
from tests.service.serving import serving

ARABIC = {
    LEAD: "قالت الولايات المتحدة وحلفاؤها يوم الثلاثاء إنهم سيكثفون حملتهم على الجماعة المسلحة.",
    FIGURES: "يقول التحالف إن الجماعة فقدت 40 بالمئة من أراضيها في العراق و20 بالمئة في سوريا.",
    "Allies vow to step up fight": "الحلفاء يتعهدون بتكثيف القتال",
}

Opener = Callable[..., Editor]


def answers(prompt: Prompt) -> str:
    """As the newsroom of the other tests, and with some Arabic."""
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    return ARABIC.get(echo(prompt), echo(prompt)) if "to Arabic" in task else newsroom(prompt)


def cards() -> list[ModelCard]:
    """The tests' model, which was measured, and one that may not be used for gain."""
    languages = {"en": "English", "fr": "French", "de": "German", "zh": "Chinese", "ar": "Arabic"}
    score = Score(source="en", target="fr", metric="bleu", value=30.8, signature="flores200 dev, 200 lines")
    own = card().model_copy(update={"languages": languages, "scores": (score,), "memory": 2_000_000_000})
    other = {"id": "test/other", "licence": "CC-BY-NC-4.0", "commercial_use": False, "scores": ()}
    return [own, own.model_copy(update=other)]


@pytest.fixture(scope="package")  # its event loop would stand in the way of tests elsewhere
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("there is no Chromium on this machine (on Debian: apt install chromium)")
    with launched(path) as browser:
        yield browser


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer=answers, window=2048)


@pytest.fixture
def app(engine: FakeEngine) -> FastAPI:
    loaded = Loaded(engine, lambda system, user, _: f"{system}\n{user}\n")
    settings = Settings(model=MODEL, preload=False, log_format="json")
    return create_app(settings, pool=Pool(Cards(*cards()), lambda _card: loaded))


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def at(browser: Browser, address: str) -> Iterator[Opener]:
    """Opens the page: `at("/?lang=fr", color_scheme="dark", ...)`. No complaint of the browser goes unheard."""
    editors = []

    def opened(path: str = "/", **options: Any) -> Editor:
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1360, "height": 900}, **options})
        editor = Editor(context.new_page(), address)
        editors.append(editor)
        editor.open(path)
        return editor

    yield opened
    for editor in editors:
        editor.page.context.close()
        assert editor.unexpected == []
