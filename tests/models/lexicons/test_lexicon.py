"""Lexicons: looked up in texts of every kind of script, named by cards, and refused where broken."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from models.card import ModelCard
from models.errors import BadCard, Corrupted
from models.files.disk import sha256
from models.lexicons.card import CARD, SHIPPED, lexicon_of, read_lexicon
from models.lexicons.entries import Translation, pack, unpack
from models.lexicons.hints import MAX_HINTS, hints
from models.lexicons.lexicon import Lexicon, lexicon_for
from tests.models.helpers import card
from tests.models.lexicons.samples import GERMAN, Phrases, write


def opened(tmp_path: Path, phrases: Phrases, source: str = "en") -> Lexicon:
    folder = write(tmp_path / "words", {f"{source}:de": phrases})
    return Lexicon(folder / f"{source}-de.marisa", source)


def found(lexicon: Lexicon, text: str) -> list[str]:
    return [text[match.start : match.end] for match in lexicon.find(text)]


def named(folder: Path | str) -> ModelCard:
    turns = {"translate": "{notes}{text} from {source} to {target}"}
    return card(
        tasks=["translate"], architecture="decoder", prompt={"style": "chat", "turns": turns}, lexicon=str(folder)
    )


@pytest.mark.parametrize("percent", [1, 50, 100])
def test_what_is_packed_comes_back(percent: int):
    translations = (Translation("Verbündeten", percent), Translation("同盟国", 1))
    assert unpack(pack(translations)) == translations


def test_the_longest_phrase_is_found_first_whatever_its_case(tmp_path: Path):
    lexicon = opened(tmp_path, GERMAN)
    assert found(lexicon, "Local time: the Allies had no time.") == ["Local time", "Allies", "time"]


def test_no_phrase_is_found_inside_of_words_or_over_a_comma(tmp_path: Path):
    lexicon = opened(tmp_path, GERMAN)
    assert found(lexicon, "Timely locals; local, time") == ["local", "time"]


def test_what_is_unlike_in_spelling_alone_is_found(tmp_path: Path):
    assert found(opened(tmp_path, {"l'état": {"Staat": 90}, "état": {"Staat": 90}}, "fr"), "dans l’E\u0301tat") == [
        "E\u0301tat"
    ]


def test_possessives_do_not_hide_a_word(tmp_path: Path):
    assert found(opened(tmp_path, {"kerry": {"Керри": 90}}), "Kerry’s plan") == ["Kerry"]


def test_vowel_marks_do_not_hide_an_arabic_word(tmp_path: Path):
    assert found(opened(tmp_path, {"كتاب": {"Buch": 90}}, "ar"), "هذا كِتَاب") == ["كِتَاب"]


@pytest.mark.parametrize(
    ("source", "phrases", "text", "expected"),
    [
        ("zh", {"同盟国": {"Alliierte": 90}, "同盟": {"Bund": 80}}, "美国及其同盟国周二同盟", ["同盟国", "同盟"]),
        ("ja", {"空爆": {"Luftangriff": 90}}, "米国が空爆を開始", ["空爆"]),
        ("th", {"รัฐมนตรี": {"Minister": 90}}, "เมื่อวันรัฐมนตรีกล่าว", ["รัฐมนตรี"]),
    ],
)
def test_languages_without_spaces_need_no_segmenter(
    tmp_path: Path, source: str, phrases: Phrases, text: str, expected: list[str]
):
    assert found(opened(tmp_path, phrases, source), text) == expected


def test_hints_give_one_translation_where_it_is_sure_and_two_where_not(tmp_path: Path):
    lexicon = opened(tmp_path, GERMAN)
    told = hints(lexicon, "The allies met at 5 local time; the allies left.")
    assert told == "Dictionary: allies: Verbündeten, Verbündete; local time: Ortszeit. "


def test_a_text_without_known_words_has_no_hints(tmp_path: Path):
    assert hints(opened(tmp_path, GERMAN), "Nothing.") == ""


def test_hints_leave_out_what_is_prescribed(tmp_path: Path):
    text = "The allies met at 5 local time."
    at = text.index("local")
    assert hints(opened(tmp_path, GERMAN), text, [(at, at + 10)]) == "Dictionary: allies: Verbündeten, Verbündete. "


def test_hints_are_bounded(tmp_path: Path):
    words = [f"word{'a' * number}" for number in range(1, MAX_HINTS + 5)]
    told = hints(opened(tmp_path, {word: {"Wort": 90} for word in words}), " ".join(words))
    assert told.count(";") == MAX_HINTS - 1


def test_a_card_names_its_lexicon_and_each_direction_has_its_own(tmp_path: Path):
    folder = write(tmp_path / "words-1", {"en:de": GERMAN, "de:en": {"verbündete": {"allies": 80}}})
    asked = named(folder)
    back = lexicon_for(asked, "de", "en")
    assert back
    assert found(back, "Die Verbündete") == ["Verbündete"]
    assert lexicon_for(asked, "en", "fr") is None
    assert lexicon_for(card(), "en", "de") is None
    assert lexicon_for(asked, "de", "en") is back


def test_other_phrases_have_another_tag(tmp_path: Path):
    tags = {
        read_lexicon(write(tmp_path / str(number) / "words-1", {"en:de": {"allies": {word: 90}}})).tag
        for number, word in enumerate(["Verbündete", "Alliierte"])
    }
    assert len(tags) == 2
    assert all(tag.startswith("words-1-") for tag in tags)


def test_a_folder_without_a_lexicon_is_told(tmp_path: Path):
    with pytest.raises(BadCard, match="holds no lexicon"):
        lexicon_of(named(tmp_path / "nowhere"))


def test_a_bad_card_is_told_with_its_field(tmp_path: Path):
    folder = write(tmp_path / "words-1", {"en:de": GERMAN})
    path = folder / CARD
    path.write_text(path.read_text("utf-8").replace('direction = "en:de"', 'direction = "German"'), "utf-8")
    with pytest.raises(BadCard, match=r"tables\.0\.direction"):
        lexicon_of(named(folder))


def test_a_broken_file_is_told(tmp_path: Path):
    path = tmp_path / "en-de.marisa"
    path.write_bytes(b"no trie at all")
    with pytest.raises(Corrupted, match="is not a lexicon"):
        Lexicon(path, "en")


def test_a_changed_file_is_told(tmp_path: Path):
    folder = write(tmp_path / "words-1", {"en:de": GERMAN})
    write(tmp_path / "other" / "words-1", {"en:de": {"allies": {"Verbündete": 90}}})
    (tmp_path / "other" / "words-1" / "en-de.marisa").replace(folder / "en-de.marisa")
    with pytest.raises(Corrupted, match="is not the file that its card names") as error:
        lexicon_for(named(folder), "en", "de")
    assert "LEDE_LEXICON=none" in error.value.hint


def test_shipped_lexicons_are_whole_and_small():
    cards = [read_lexicon(path.parent) for path in SHIPPED.glob(f"*/{CARD}")]
    assert cards
    tables = [(SHIPPED / card.name / table.file, table) for card in cards for table in card.tables]
    assert all((path.stat().st_size, sha256(path)) == (table.size, table.sha256) for path, table in tables)
    assert sum(path.stat().st_size for path in SHIPPED.glob("*/*.marisa")) <= 25_000_000
    assert {path for path, _ in tables} == set(SHIPPED.glob("*/*.marisa"))


def test_a_prompt_without_room_for_hints_cannot_have_a_lexicon(tmp_path: Path):
    with pytest.raises(ValidationError, match=r"whose turn `translate` has `\{notes\}`"):
        card(lexicon="news-1")
