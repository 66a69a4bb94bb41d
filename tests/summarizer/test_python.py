"""The Python API: every example of its documents, and what they do not show."""

import asyncio
import doctest
from pathlib import Path
from typing import Any

import pytest

import summarizer
from models.engines.fake import FakeEngine
from models.settings import ModelSettings
from summarizer import AsyncDesk, Desk
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, newsroom, pool

DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"
SHOWN: dict[str, Any] = {"article": ARTICLE, "lead": LEAD, "figures": FIGURES}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.FAIL_FAST


@pytest.fixture
def _newsroom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDE_MODEL", MODEL)
    monkeypatch.setattr("summarizer.desk.open_pool", lambda *_: pool())


@pytest.mark.usefixtures("_newsroom")
def test_the_document_shows_what_happens():
    # A fence is no output: it ends an example as an empty line does.
    text = DOCUMENT.read_text("utf-8").replace("```", "\n")
    test = doctest.DocTestParser().get_doctest(text, SHOWN.copy(), DOCUMENT.name, str(DOCUMENT), 0)
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert (results.failed, results.attempted >= 20) == (0, True)


@pytest.mark.usefixtures("_newsroom")
def test_the_package_shows_what_happens():
    results = doctest.testmod(summarizer, extraglobs=SHOWN, optionflags=FLAGS)
    assert (results.failed, results.attempted) == (0, 3)


def test_everything_listed_is_there():
    assert [name for name in summarizer.__all__ if not getattr(summarizer, name)] == []
    with pytest.raises(AttributeError, match="nothing"):
        _ = summarizer.nothing


def test_cancelled_work_stops():
    model = pool(FakeEngine(answer=newsroom, window=2048, delay=0.5))  # the whole answer would take half a minute

    async def main() -> None:
        desk = AsyncDesk(Desk(model, ModelSettings(model=MODEL)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(desk.summarise(ARTICLE), 0.05)
        async with asyncio.timeout(20):
            while model.status(MODEL).users:  # noqa: ASYNC110 - a pool has no event to wait for
                await asyncio.sleep(0.005)

    asyncio.run(main())
