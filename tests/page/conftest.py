"""A service with its page, opened in a browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from models.card import ModelCard, Score
from models.engines.fake import FakeEngine, echo
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Markup, Prompt
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import FIGURES, LEAD, Cards, answer_prompt, card
from tests.page.browser import Editor, chromium, launch
from tests.service.serving import serving

ARABIC = {
    LEAD: "قالت الولايات المتحدة وحلفاؤها يوم الثلاثاء إنهم سيكثفون حملتهم على الجماعة المسلحة.",
    FIGURES: "يقول التحالف إن الجماعة فقدت 40 بالمئة من أراضيها في العراق و20 بالمئة في سوريا.",
    "Allies vow to step up fight": "الحلفاء يتعهدون بتكثيف القتال",
}

OpenPage = Callable[..., Editor]


def answers(prompt: Prompt) -> str:
    """Answers like the other tests' fake model, and translates some sentences into Arabic."""
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    return ARABIC.get(echo(prompt), echo(prompt)) if "to Arabic" in task else answer_prompt(prompt)


def cards() -> list[ModelCard]:
    """The cards of the tests' model, which has scores, and of a model that forbids commercial use."""
    languages = {"en": "English", "fr": "French", "de": "German", "zh": "Chinese", "ar": "Arabic"}
    score = Score(source="en", target="fr", metric="bleu", value=30.8, signature="flores200 dev, 200 lines")
    default = card().model_copy(update={"languages": languages, "scores": (score,), "memory": 2_000_000_000})
    other = {"id": "test/other", "licence": "CC-BY-NC-4.0", "commercial_use": False, "scores": ()}
    return [default, default.model_copy(update=other)]


@pytest.fixture(scope="package")  # not "session": its event loop would disturb other tests
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("Chromium is not installed (on Debian: apt install chromium)")
    with launch(path) as browser:
        yield browser


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer=answers, window=2048)


@pytest.fixture
def app(engine: FakeEngine) -> FastAPI:
    loaded = LoadedEngine(engine, lambda system, user, _: f"{system}\n{user}\n")
    settings = Settings(model=MODEL, preload=False, log_format="json")
    return create_app(settings, pool=Pool(Cards(*cards()), lambda _card: loaded))


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens the page: `open_page("/?lang=fr", color_scheme="dark", ...)`. Fails on unexpected errors of the browser."""
    editors = []

    def open_page(path: str = "/", **options: Any) -> Editor:
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1360, "height": 900}, **options})
        editor = Editor(context.new_page(), address)
        editors.append(editor)
        editor.open(path)
        return editor

    yield open_page
    for editor in editors:
        editor.page.context.close()
        assert editor.unexpected == []
