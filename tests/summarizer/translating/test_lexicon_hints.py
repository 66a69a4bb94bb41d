"""Translations with a lexicon: what the prompt says, what it leaves out, and the signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.catalogue import Catalogue
from models.engines.fake import FakeEngine
from models.loading import open_catalogue
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Prompt, Text
from models.settings import ModelSettings
from summarizer.desk import Desk
from summarizer.options import SummaryOptions, TranslationOptions
from tests.desk import ARTICLE, LEAD, Cards, answer_prompt, card
from tests.models.lexicons.samples import write

PHRASES = {
    "allies": {"alliés": 80},
    "militant group": {"groupe armé": 45, "groupe militant": 30},
    "mayor": {"maire": 90},
}


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    return write(tmp_path / "words-1", {"en:fr": PHRASES})


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(answer=answer_prompt, window=2048)


@pytest.fixture
def desk(lexicon: Path, engine: FakeEngine) -> Iterator[Desk]:
    asked = card().model_copy(update={"lexicon": str(lexicon)})
    loaded = LoadedEngine(engine, lambda system, user, _: f"{system}\n{user}\n")
    made = Desk(Pool(Cards(asked), lambda _card: loaded), ModelSettings(model="test/desk", preload=False))
    yield made
    made.close()


def notes(prompt: Prompt) -> str:
    return "".join([piece.text for piece in prompt.pieces if isinstance(piece, Text)][:-1])


def test_a_sentence_s_words_are_translated_in_the_prompt(desk: Desk, engine: FakeEngine):
    desk.translate(LEAD, "fr", source_language="en")
    assert notes(engine.prompts[0]) == "Dictionary: allies: alliés; militant group: groupe armé, groupe militant. "


def test_a_direction_without_entries_has_no_notes(desk: Desk, engine: FakeEngine):
    desk.translate(LEAD, "de", source_language="en")
    assert {notes(prompt) for prompt in engine.prompts} == {""}


def test_the_caller_s_glossary_goes_before(desk: Desk, engine: FakeEngine):
    asked = TranslationOptions(glossary=(("mayor", "bourgmestre"),))
    desk.translate("The mayor and the allies spoke.", "fr", options=asked, source_language="en")
    assert notes(engine.prompts[0]) == "Use these translations: “mayor” = “bourgmestre”. Dictionary: allies: alliés. "


def test_what_is_kept_is_not_translated(desk: Desk, engine: FakeEngine):
    desk.translate(
        "The mayor met the allies.", "fr", options=TranslationOptions(keep=("allies",)), source_language="en"
    )
    assert "alliés" not in notes(engine.prompts[0])
    assert "mayor: maire" in notes(engine.prompts[0])


def test_summaries_in_other_languages_are_translated_with_it(desk: Desk, engine: FakeEngine):
    made = desk.summarise(ARTICLE, SummaryOptions("fr"))
    assert any("allies: alliés" in notes(prompt) for prompt in engine.prompts)
    assert "+words-1-" in made.provenance.signature


def test_the_signature_names_it_where_it_is_used(desk: Desk):
    translated = desk.translate(LEAD, "fr", source_language="en").provenance.signature
    assert "+words-1-" in translated
    summary = desk.summarise(ARTICLE, SummaryOptions("en")).provenance.signature
    assert "words-1" not in summary


def test_the_environment_turns_it_off(tmp_path: Path, lexicon: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cards").mkdir()
    text = (Path(__file__).parents[3] / "models" / "cards" / "qwen3-1.7b.toml").read_text("utf-8")
    (tmp_path / "cards" / "mine.toml").write_text(f'lexicon = "{lexicon}"\n{text}', "utf-8")

    def named() -> str | None:
        return opened(tmp_path / "cards")["Qwen/Qwen3-1.7B"].lexicon

    assert named() == str(lexicon)
    monkeypatch.setenv("LEDE_LEXICON", "none")
    assert named() is None


def opened(cards: Path) -> Catalogue:
    return open_catalogue(ModelSettings(cards=cards))
