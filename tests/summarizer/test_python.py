"""The Python API: its documented examples, the pinned list of public names, and AsyncDesk."""

import asyncio
import dataclasses
import doctest
import inspect
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import summarizer
from models.engines.fake import FakeEngine
from models.settings import ModelSettings
from summarizer import (
    AsyncDesk,
    Checks,
    Correction,
    Desk,
    EditionOptions,
    Editions,
    Event,
    PublishedEdition,
    PublishedSentence,
    Source,
    Watch,
)
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, answer_prompt, pool

DOCUMENT = Path(__file__).parents[2] / "docs" / "python.md"
SHOWN: dict[str, Any] = {"article": ARTICLE, "lead": LEAD, "figures": FIGURES}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.FAIL_FAST


@pytest.fixture
def _newsroom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDE_MODEL", MODEL)
    monkeypatch.setattr("summarizer.desk.open_pool", lambda *_: pool())


@pytest.mark.usefixtures("_newsroom")
def test_the_examples_in_the_document_run():
    # The end of a code block ends an example, as an empty line does.
    text = DOCUMENT.read_text("utf-8").replace("```", "\n")
    test = doctest.DocTestParser().get_doctest(text, SHOWN.copy(), DOCUMENT.name, str(DOCUMENT), 0)
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
    assert (results.failed, results.attempted >= 20) == (0, True)


@pytest.mark.usefixtures("_newsroom")
def test_the_example_in_the_package_runs():
    results = doctest.testmod(summarizer, extraglobs=SHOWN, optionflags=FLAGS)
    assert (results.failed, results.attempted) == (0, 3)


PUBLIC = """
AffectedFormat Article AsyncDesk BadInput Blurb BlurbOptions Blurbs Cancelled CannotFit CannotSupport Change
CheckedSentence Checks Correction DeadlineExceeded Desk Edition EditionOptions Editions Event Failure Finding LedeError
Memory ModelError ModelSettings NotTranslated Notice Pair Provenance PublishedEdition PublishedSentence Source Span
Summary SummaryOptions SummarySentence TagOptions Translation TranslationOptions Translations Watch Wording
"""
"""The public API. Removing or renaming a name breaks programs: list it in the changelog."""

METHODS = ("read", "summarise", "editions", "correct", "check", "translate", "blurb")


def test_the_public_names_are_pinned():
    assert summarizer.__all__ == PUBLIC.split()
    for name in summarizer.__all__:
        assert getattr(summarizer, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        _ = summarizer.nothing


def classes(annotation: Any) -> Iterator[type]:
    """The project's classes in a type, such as Source in `Source | str`."""
    if isinstance(annotation, type) and annotation.__module__.split(".")[0] in {"models", "summarizer"}:
        yield annotation
    for argument in get_args(annotation):
        for part in argument if isinstance(argument, list) else [argument]:
            yield from classes(part)


@pytest.mark.parametrize("method", [Desk.__init__, *(getattr(Desk, name) for name in METHODS)])
def test_all_types_that_a_method_requires_or_returns_are_public(method: Callable[..., Any]):
    internal = {"pool", "progress"}  # for the service and the command line
    hints = {name: hint for name, hint in get_type_hints(method).items() if name not in internal}
    used = {one for hint in hints.values() for one in classes(hint)}
    options = [one for one in used if dataclasses.is_dataclass(one) and one.__name__.endswith("Options")]
    used |= {one for option in options for hint in get_type_hints(option).values() for one in classes(hint)}
    assert {one.__name__ for one in used} <= set(summarizer.__all__)


@pytest.mark.parametrize("name", METHODS)
def test_an_async_desk_has_the_methods_of_a_desk(name: str):
    method, coroutine = getattr(Desk, name), getattr(AsyncDesk, name)
    assert inspect.iscoroutinefunction(coroutine)
    parameters, others = (inspect.signature(one).parameters for one in (method, coroutine))
    assert [(p.name, p.kind, p.annotation) for p in parameters.values()] == [
        (p.name, p.kind, p.annotation) for p in others.values()
    ]
    assert inspect.signature(method).return_annotation == inspect.signature(coroutine).return_annotation


def test_desk_has_no_other_method_that_takes_a_text():
    writing = {name for name, method in inspect.getmembers(Desk, inspect.isfunction) if name[0] != "_"}
    assert writing - set(METHODS) == {"close", "defaults", "model_for", "warm"}


@pytest.mark.usefixtures("_newsroom")
def test_an_async_desk_returns_what_its_desk_returns():
    options = EditionOptions(("en", "fr"), ("summary",))
    languages: list[str] = []
    events: list[Event] = []

    async def main() -> tuple[Editions, Correction, Checks]:
        async with AsyncDesk() as desk:
            editions = await desk.editions(
                ARTICLE, options, on_edition=lambda edition: languages.append(edition.target_language)
            )
            published = [PublishedEdition("en", {"summary": (PublishedSentence(FIGURES),)})]
            new = ARTICLE.replace("40 percent", "45 percent")
            corrected = await desk.correct(Source(text=ARTICLE), new, options, published, watch=Watch(events.append))
            return editions, corrected, await desk.check(ARTICLE, FIGURES)

    editions, correction, checks = asyncio.run(main())
    assert [edition.target_language for edition in editions.editions] == ["en", "fr"]
    assert sorted(languages) == ["en", "fr"]
    assert [(one.target_language, one.format, one.passages) for one in correction.affected] == [
        ("en", "summary", (FIGURES,))
    ]
    assert {event.kind for event in events} >= {"progress", "delta"}
    assert [sentence.text for sentence in checks.sentences] == [FIGURES]


@pytest.mark.parametrize("package", ["models", "summarizer", "service"])
def test_the_packages_are_marked_as_typed(package: str):
    assert (files(package) / "py.typed").is_file()


def test_cancelled_work_stops():
    model = pool(FakeEngine(answer=answer_prompt, window=2048, delay=0.5))  # all of it would take half a minute

    async def main() -> None:
        desk = AsyncDesk(Desk(model, ModelSettings(model=MODEL)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(desk.summarise(ARTICLE), 0.05)
        async with asyncio.timeout(20):
            while model.status(MODEL).active_requests:  # noqa: ASYNC110 - a pool has no event to wait for
                await asyncio.sleep(0.005)

    asyncio.run(main())
