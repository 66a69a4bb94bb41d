"""Errors, loading, stopping and keys. Each state has a screenshot and no violations of axe-core's rules."""

import threading

import pytest
from fastapi import FastAPI

from models.engines.fake import FakeEngine
from models.errors import LoadFailed
from models.model import LoadedEngine
from models.pool import Pool
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, Cards
from tests.page.conftest import OpenPage, answers, cards


def test_a_refused_link_shows_the_reason_and_a_hint(open_page: OpenPage):
    editor = open_page()
    editor.expected = ["422"]
    editor.page.fill("#url", "https://news.example/bridge")
    editor.page.click("#link button")
    problem = editor.page.locator("#source-problem")
    problem.locator(".problem").wait_for()
    assert "This service does not fetch links." in problem.inner_text()
    assert "Send the article as `text` or `html`." in problem.inner_text()
    editor.screenshot("refused")
    assert editor.violations() == []
    editor.paste(ARTICLE)  # the problem goes away and nothing is lost
    assert problem.inner_text() == ""


def test_an_unsupported_file_type_is_reported_before_the_upload(open_page: OpenPage):
    editor = open_page("/?lang=es")
    editor.page.set_input_files("#file", {"name": "foto.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    editor.page.wait_for_selector("#source-problem .problem")
    assert "Tipo de archivo no compatible: foto.png." in editor.page.inner_text("#source-problem")
    assert [request.url for request in editor.requests if "documents" in request.url] == []


def test_a_broken_document_is_reported(open_page: OpenPage):
    editor = open_page()
    editor.expected = ["422"]
    editor.page.set_input_files("#file", {"name": "story.docx", "mimeType": "", "buffer": b"no zip"})
    editor.page.wait_for_selector("#source-problem .problem")
    assert "The docx document cannot be read" in editor.page.inner_text("#source-problem")


def test_a_failed_part_shows_the_problem_and_can_be_retried(open_page: OpenPage, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    problem = editor.page.inner_text("#summary-of-en .problem")
    assert "Something went wrong" in problem
    assert "secret" not in problem
    editor.screenshot("failed")
    assert editor.violations() == []
    engine._answer = answers
    editor.page.click("#summary-of-en .problem button")
    editor.wait("done")
    assert editor.page.locator("#summary-of-en .sentence").count() == 2


def test_drafts_are_shown_while_writing_and_remain_after_a_stop(open_page: OpenPage, engine: FakeEngine):
    engine._delay = 0.05
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("fr", formats=("summary", "translation"))
    editor.page.click("#write")
    editor.page.wait_for_selector("#summary-of-en .writing")
    assert editor.page.inner_text("#summary-of-en .writing").startswith(LEAD)
    assert "Writing" in editor.page.inner_text("#progress")
    editor.screenshot("writing")
    assert editor.violations() == []
    editor.page.click("#cancel")
    editor.wait("stopped")
    engine._delay = 0
    assert "Stopped. The text written so far remains." in editor.page.inner_text("#progress")
    assert LEAD in editor.page.inner_text("#summary-of-en")
    assert editor.page.locator('[aria-busy="true"]').count() == 0
    editor.screenshot("stopped")
    assert editor.violations() == []


def test_an_unreachable_service_is_reported(open_page: OpenPage):
    editor = open_page()
    editor.paste(ARTICLE)
    editor.expected = ["ERR_FAILED"]
    editor.page.route("**/v1/editions", lambda route: route.abort())
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    assert "The service cannot be reached." in editor.page.inner_text("#summary-of-en")


def test_missing_choices_are_reported(open_page: OpenPage):
    editor = open_page()
    editor.page.click("#write")
    assert "Paste an article first." in editor.page.inner_text("#source-problem")
    editor.paste(ARTICLE)
    editor.choose(formats=())
    editor.page.click("#write")
    assert "Choose at least one format and one language." in editor.page.inner_text("#problem")


def test_a_failed_language_does_not_affect_the_others(open_page: OpenPage, engine: FakeEngine):
    engine._answer = lambda prompt: "" if "to German" in str(prompt) else answers(prompt)
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("de", formats=("summary",))
    editor.write()
    assert editor.page.locator("#summary-of-en .sentence").count() == 2
    assert editor.page.locator("#summary-of-de .problem, #summary-of-de .warning").count() > 0


class TestLoading:
    """A model that is downloaded and loaded while the page is open."""

    @pytest.fixture
    def gate(self) -> threading.Event:
        return threading.Event()

    @pytest.fixture
    def app(self, gate: threading.Event, engine: FakeEngine) -> FastAPI:
        def load(_card: object) -> LoadedEngine:
            gate.wait(30)
            return LoadedEngine(engine, lambda system, user, _: f"{system}\n{user}\n")

        return create_app(Settings(model=MODEL), pool=Pool(Cards(*cards()), load))

    def test_progress_is_shown_until_the_model_is_ready(self, open_page: OpenPage, app: FastAPI, gate: threading.Event):
        app.state.load_progress.advance("fetch", 412_000_000, 1_117_000_000)
        editor = open_page()
        try:
            status = editor.page.locator("#engine")
            status.get_by_text("Downloading the model: 412 MB of 1.1 GB").wait_for()
            assert status.locator("progress").get_attribute("value") == "412000000"
            editor.screenshot("fetching")
            assert editor.violations() == []
            app.state.load_progress.advance("fetch", 1_117_000_000, 1_117_000_000)
            status.get_by_text("Warming up the model…").wait_for()
        finally:
            gate.set()
        status.get_by_text("Ready", exact=True).wait_for()


def test_a_model_that_fails_to_load_shows_the_reason(
    open_page: OpenPage, app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    def fail(_card: object) -> LoadedEngine:
        raise LoadFailed("the weights are torn")

    monkeypatch.setattr(app.state.desk.pool, "_load", fail)
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    editor.page.get_by_text("The model failed to load: the weights are torn").wait_for()
    assert "the weights are torn" in editor.page.inner_text("#summary-of-en .problem")


def test_models_show_their_licence_memory_and_scores(open_page: OpenPage):
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("fr")
    assert "Apache-2.0" in editor.page.inner_text("#chosen")
    editor.page.click("#models summary")
    card = editor.page.locator('#cards .card:has([value="test/desk"])')
    card.wait_for()
    for words in ("Apache-2.0", "2 GB of memory", "Measured from English: English → French BLEU 30.8"):
        assert words in card.inner_text()
    other = editor.page.locator('#cards .card:has([value="test/other"])')
    assert "not for commercial use" in other.inner_text()
    assert "not measured" in other.inner_text()
    editor.screenshot("models")
    assert editor.violations() == []
    other.click()
    assert "CC-BY-NC-4.0" in editor.page.inner_text("#chosen")
    editor.choose(formats=("summary",))
    editor.write()
    assert "Written by other" in editor.page.inner_text("#summary-of-en")


def test_the_page_prompts_for_a_key_and_continues(open_page: OpenPage, app: FastAPI):
    editor = open_page()
    editor.expected = ["401"]
    token = app.state.authenticator.keys.create("An editor", "write")
    editor.page.fill("#text", ARTICLE)
    editor.page.click("#read")
    editor.page.wait_for_selector("dialog")
    editor.screenshot("key")
    assert editor.violations() == []
    editor.page.fill("#key", token)
    editor.page.keyboard.press("Enter")
    editor.wait("ready")
    editor.choose(formats=("summary",))
    editor.write()
    assert FIGURES in editor.page.inner_text("#summary-of-en")
