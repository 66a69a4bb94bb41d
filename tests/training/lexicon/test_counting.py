"""Sentence pairs to phrases: read, cut in tokens, linked, counted, chosen."""

from pathlib import Path

import pytest

from tests.training.conftest import french, pair, sentence, write
from training.corpus import CorpusRow
from training.lexicon import pairs
from training.lexicon.alignment import Links, symmetrize
from training.lexicon.phrases import Counts, phrase_pairs, transpose
from training.lexicon.selection import Options, select
from training.lexicon.tokenization import Sentence, tokenize

ALL_WORDS = Options(stop_words=0)


def one(text: str, language: str = "en") -> Sentence:
    return tokenize([text], language)[0]


def counted(rows: list[tuple[str, str, Links]], times: int = 3) -> Counts:
    counts = Counts()
    for source, target, links in rows * times:
        counts.add(one(source), one(target, "de"), links)
    return counts


def chosen(counts: Counts, options: Options = ALL_WORDS) -> dict[str, list[str]]:
    return {" ".join(phrase): [each.text for each in found] for phrase, found in select(counts, options)}


@pytest.fixture
def evaluation(tmp_path: Path) -> Path:
    folder = tmp_path / "evaluation"
    folder.mkdir()
    (folder / "flores-dev.en-fr.tsv").write_text(f"id\tsource\treference\n1\t{sentence(1)}\tAutre.\n", "utf-8")
    return folder


def test_pairs_of_both_directions_are_read_once_and_what_is_measured_with_is_left_out(tmp_path: Path, evaluation: Path):
    rows = [
        pair(1),
        pair(2),
        pair(2, back=True),
        pair(3),
        pair(4, set="flores-dev-from-201"),
        pair(5, set="mtedx_test"),
    ]
    rows += [CorpusRow("en", "de", "wmt13", "human", "Hello.", "Hallo."), pair(6)]
    found = pairs.read([write(tmp_path / "corpus.tsv.xz", rows)], evaluation, [("en", "fr")], 1)["en", "fr"]
    every = [*found.training, *found.held_out]
    assert sorted(each.first for each in every) == sorted(map(sentence, (2, 3, 6)))
    assert {each.second for each in every} == set(map(french, (2, 3, 6)))
    assert len(found.held_out) == 1


def test_one_systems_output_is_taken_of_each_source_and_a_persons_first(tmp_path: Path, evaluation: Path):
    rows = [
        pair(2, "bergamot-tiny", target="Petit."),
        pair(2, "bergamot-base", target="Grand."),
        pair(2, "human"),
        pair(3, "bergamot-base", target=french(3)),
        pair(3, "human"),
    ]
    found = pairs.read([write(tmp_path / "corpus.tsv.xz", rows)], evaluation, [("en", "fr")], 0)["en", "fr"]
    assert {(each.second, each.origin) for each in found.training} == {
        (french(2), "human"),
        ("Grand.", "bergamot-base"),
        (french(3), "human"),
    }
    assert found.sets == {"wmt13": 2, "wmt13 by bergamot-base": 1}


def test_the_first_word_is_made_small_where_it_is_small_elsewhere():
    texts = ["Allies met.", "The allies left.", "Rome fell.", "In Rome."]
    made = tokenize(texts, "en")
    assert [each.text for each in made] == ["allies met.", "The allies left.", "Rome fell.", "In Rome."]


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        (
            "en",
            "Kerry's 1,000 U.S. allies, 29-year-old.",
            ["kerry", "'s", "1,000", "u.s.", "allies", ",", "29-year-old", "."],
        ),
        ("fr", "l’État d'aujourd'hui", ["l'", "état", "d'", "aujourd'", "hui"]),
        ("uk", "п’ять", ["п'ять"]),
    ],
)
def test_text_is_cut_as_lexicons_are_looked_up(language: str, text: str, tokens: list[str]):
    assert list(one(text, language).tokens) == tokens


@pytest.mark.parametrize(("language", "library"), [("zh", "jieba"), ("ja", "fugashi")])
def test_languages_without_spaces_are_cut_by_dictionaries(language: str, library: str):
    pytest.importorskip(library)
    text = {"zh": "美国总统星期二说。", "ja": "大統領は火曜日に述べた。"}[language]
    made = one(text, language)
    assert "".join(made.tokens) == text
    assert 3 < len(made.tokens) < len(text)


def test_links_of_one_direction_grow_from_those_of_both():
    forward, backward = frozenset({(0, 0), (1, 1), (3, 3)}), frozenset({(0, 0), (2, 1), (4, 5)})
    assert symmetrize(forward, backward) == {(0, 0), (1, 1), (2, 1)}
    assert symmetrize(forward, backward, final=True) == {(0, 0), (1, 1), (2, 1), (3, 3), (4, 5)}


def test_phrases_go_together_whose_words_have_no_links_outside():
    source, target = one("the local time, allies"), one("die Ortszeit, Verbündete", "de")
    links = frozenset({(0, 0), (1, 1), (2, 1), (3, 2), (4, 3)})
    found = {(source.part(*left), target.part(*right)) for left, right in phrase_pairs(source, target, links)}
    assert found == {
        ("the", "die"),
        ("local time", "Ortszeit"),
        ("the local time", "die Ortszeit"),
        ("allies", "Verbündete"),
    }
    back = {(target.part(*left), source.part(*right)) for left, right in phrase_pairs(target, source, transpose(links))}
    assert back == {(right, left) for left, right in found}


def test_what_came_too_seldom_is_left_out():
    row = ("allies", "Verbündete", frozenset({(0, 0)}))
    assert chosen(counted([row], 1)) == {}
    assert chosen(counted([row], 2)) == {"allies": ["Verbündete"]}


def test_at_most_three_translations_are_kept_the_likeliest_first():
    rows = [("allies", f"Wort{'abcd'[number]}", frozenset({(0, 0)})) for number in range(4) for _ in range(5 - number)]
    assert chosen(counted(rows)) == {"allies": ["Worta", "Wortb", "Wortc"]}


def test_phrases_that_are_their_words_own_translations_are_left_out():
    rows = [
        ("local news", "örtliche Nachrichten", frozenset({(0, 0), (1, 1)})),
        ("local time", "Ortszeit", frozenset({(0, 0), (1, 0)})),
    ]
    assert set(chosen(counted(rows))) == {"local", "news", "local time"}


def test_digits_names_spelt_alike_and_the_commonest_words_are_left_out():
    links = frozenset({(0, 0), (1, 1), (2, 2)})
    counts = counted([("the the 40", "die die 40", links), ("the Rome allies", "die Rome Verbündeten", links)])
    assert set(chosen(counts, Options(stop_words=1))) == {"allies"}


def test_a_phrase_is_kept_that_a_shorter_one_would_hide():
    rows = [
        ("united states", "Vereinigte Staaten", frozenset({(0, 0), (1, 1)})),
        ("united", "Vereinigte", frozenset({(0, 0)})),
        ("the united nations", "die UN", frozenset({(0, 0), (1, 1), (2, 1)})),
        ("the united front", "der Bund Front", frozenset({(0, 0), (1, 1), (0, 1), (1, 0), (2, 2)})),
        ("the united states", "die Vereinigte Staaten", frozenset({(0, 0), (1, 1), (2, 2)})),
    ]
    found = chosen(counted([*rows, rows[3], rows[3]]))
    assert found["the united"][0] == "der Bund"
    assert found["the united states"] == ["die Vereinigte Staaten"]
    assert "united states" not in found
