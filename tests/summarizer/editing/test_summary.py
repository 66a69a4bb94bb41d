"""Summaries in several languages."""

from models.engines.fake import FakeEngine
from models.protocol import Prompt
from models.settings import ModelSettings
from summarizer.desk import Desk
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.summary import SummaryEditor
from summarizer.options import SummaryOptions
from summarizer.reading import read
from summarizer.watch import Event, Watch
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, pool


def answer(prompt: Prompt) -> str:
    text = "".join(piece.text for piece in prompt.pieces if hasattr(piece, "text"))
    translations = [french for english, french in FRENCH.items() if english in text and ARTICLE not in text]
    return " ".join(translations) if translations else f"{LEAD} {FIGURES}"


def test_a_draft_written_for_another_language_is_reported_again():
    events: list[Event] = []
    engine = FakeEngine(answer=answer, window=2048)
    desk = Desk(pool(engine), ModelSettings(model="test/desk"))
    session = Session(desk.pool, desk.model_for, Watch(events.append))
    editor = SummaryEditor(session, Story.of(read(text=ARTICLE)), SummaryOptions())
    editor.summary("fr")
    before = len(engine.prompts)
    events.clear()
    assert editor.summary("en").text == f"{LEAD} {FIGURES}"
    assert [event.data["text"] for event in events if event.kind == "delta"] == [LEAD, FIGURES]
    assert len(engine.prompts) == before
