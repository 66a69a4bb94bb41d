"""What goes wrong, waits or is stopped, and how it looks: each state is seen, and free of what axe-core finds."""

import threading

import pytest
from fastapi import FastAPI

from models.engines.fake import FakeEngine
from models.errors import LoadFailed
from models.model import Loaded
from models.pool import Pool
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, Cards
from tests.page.conftest import Opener, answers, cards


def test_a_link_that_is_refused_says_why_and_what_to_do(at: Opener):
    editor = at()
    editor.expected = ["422"]
    editor.page.fill("#url", "https://news.example/bridge")
    editor.page.click("#link button")
    problem = editor.page.locator("#source-problem")
    problem.locator(".problem").wait_for()
    assert "This service does not fetch links." in problem.inner_text()
    assert "Send the article as `text` or `html`." in problem.inner_text()
    editor.shot("refused")
    assert editor.violations() == []
    editor.paste(ARTICLE)  # nothing is lost, and nothing is in the way
    assert problem.inner_text() == ""


def test_a_file_of_another_type_is_told_before_it_is_sent(at: Opener):
    editor = at("/?lang=es")
    editor.page.set_input_files("#file", {"name": "foto.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    editor.page.wait_for_selector("#source-problem .problem")
    assert "foto.png no es de ninguno de los tipos que se leen." in editor.page.inner_text("#source-problem")
    assert [request.url for request in editor.asked if "documents" in request.url] == []


def test_a_broken_document_says_so(at: Opener):
    editor = at()
    editor.expected = ["422"]
    editor.page.set_input_files("#file", {"name": "story.docx", "mimeType": "", "buffer": b"no zip"})
    editor.page.wait_for_selector("#source-problem .problem")
    assert "The docx document cannot be read" in editor.page.inner_text("#source-problem")


def test_a_failure_of_the_service_is_told_in_its_place_and_can_be_tried_again(at: Opener, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    editor = at()
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    told = editor.page.inner_text("#summary-of-en .problem")
    assert "That did not work" in told
    assert "secret" not in told
    editor.shot("failed")
    assert editor.violations() == []
    engine._answer = answers
    editor.page.click("#summary-of-en .problem button")
    editor.wait("done")
    assert editor.page.locator("#summary-of-en .sentence").count() == 2


def test_writing_shows_what_is_there_and_stops_when_told(at: Opener, engine: FakeEngine):
    engine._delay = 0.05
    editor = at()
    editor.paste(ARTICLE)
    editor.choose("fr", formats=("summary", "translation"))
    editor.page.click("#write")
    editor.page.wait_for_selector("#summary-of-en .writing")
    assert editor.page.inner_text("#summary-of-en .writing").startswith(LEAD)
    assert "Writing" in editor.page.inner_text("#progress")
    editor.shot("writing")
    assert editor.violations() == []
    editor.page.click("#cancel")
    editor.wait("stopped")
    engine._delay = 0
    assert "Stopped. What was written stays." in editor.page.inner_text("#progress")
    assert LEAD in editor.page.inner_text("#summary-of-en")
    assert editor.page.locator('[aria-busy="true"]').count() == 0
    editor.shot("stopped")
    assert editor.violations() == []


def test_a_service_that_goes_away_is_told(at: Opener):
    editor = at()
    editor.paste(ARTICLE)
    editor.expected = ["ERR_FAILED"]
    editor.page.route("**/v1/editions", lambda route: route.abort())
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    assert "The service cannot be reached." in editor.page.inner_text("#summary-of-en")


def test_nothing_chosen_is_told(at: Opener):
    editor = at()
    editor.page.click("#write")
    assert "Paste an article first." in editor.page.inner_text("#source-problem")
    editor.paste(ARTICLE)
    editor.choose(formats=())
    editor.page.click("#write")
    assert "Choose at least one thing to write and one language." in editor.page.inner_text("#problem")


def test_a_language_that_fails_leaves_the_others_alone(at: Opener, engine: FakeEngine):
    engine._answer = lambda prompt: "" if "to German" in str(prompt) else answers(prompt)
    editor = at()
    editor.paste(ARTICLE)
    editor.choose("de", formats=("summary",))
    editor.write()
    assert editor.page.locator("#summary-of-en .sentence").count() == 2
    assert editor.page.locator("#summary-of-de .problem, #summary-of-de .warning").count() > 0


class TestLoading:
    """A model that is being fetched and warmed up while the page is already there."""

    @pytest.fixture
    def gate(self) -> threading.Event:
        return threading.Event()

    @pytest.fixture
    def app(self, gate: threading.Event, engine: FakeEngine) -> FastAPI:
        def load(_card: object) -> Loaded:
            gate.wait(30)
            return Loaded(engine, lambda system, user, _: f"{system}\n{user}\n")

        return create_app(Settings(model=MODEL), pool=Pool(Cards(*cards()), load))

    def test_bytes_then_warm_then_ready(self, at: Opener, app: FastAPI, gate: threading.Event):
        app.state.loading.advance("fetch", 412_000_000, 1_117_000_000)
        editor = at()
        try:
            said = editor.page.locator("#engine")
            said.get_by_text("Fetching the model: 412 MB of 1.1 GB").wait_for()
            assert said.locator("progress").get_attribute("value") == "412000000"
            editor.shot("fetching")
            assert editor.violations() == []
            app.state.loading.advance("fetch", 1_117_000_000, 1_117_000_000)
            said.get_by_text("Warming up the model…").wait_for()
        finally:
            gate.set()
        said.get_by_text("Ready", exact=True).wait_for()


def test_a_model_that_does_not_load_says_why(at: Opener, app: FastAPI, monkeypatch: pytest.MonkeyPatch):
    def fail(_card: object) -> Loaded:
        raise LoadFailed("the weights are torn")

    monkeypatch.setattr(app.state.desk.pool, "_load", fail)
    editor = at()
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.page.click("#write")
    editor.wait("failed")
    editor.page.get_by_text("The model did not load: the weights are torn").wait_for()
    assert "the weights are torn" in editor.page.inner_text("#summary-of-en .problem")


def test_models_show_licence_memory_and_what_was_measured(at: Opener):
    editor = at()
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
    editor.shot("models")
    assert editor.violations() == []
    other.click()
    assert "CC-BY-NC-4.0" in editor.page.inner_text("#chosen")
    editor.choose(formats=("summary",))
    editor.write()
    assert "Written by other" in editor.page.inner_text("#summary-of-en")


def test_a_desk_with_keys_asks_for_one_and_goes_on(at: Opener, app: FastAPI):
    editor = at()
    editor.expected = ["401"]
    token = app.state.door.keys.create("An editor", "write")
    editor.page.fill("#text", ARTICLE)
    editor.page.click("#read")
    editor.page.wait_for_selector("dialog")
    editor.shot("key")
    assert editor.violations() == []
    editor.page.fill("#key", token)
    editor.page.keyboard.press("Enter")
    editor.wait("ready")
    editor.choose(formats=("summary",))
    editor.write()
    assert FIGURES in editor.page.inner_text("#summary-of-en")
