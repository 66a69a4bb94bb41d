"""Issues in the translation of a sentence."""

import csv
from pathlib import Path

import pytest

from summarizer.checking.lengths import length_differs
from summarizer.checking.translation_issues import translation_issues

FLORES = Path(__file__).parents[4] / "shared" / "eval" / "translation"

SOURCE = "The coalition says the militant group has lost 40 percent of its territory in Iraq."
GOOD = "La coalition dit que le groupe militant a perdu 40 % de son territoire en Irak."


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        (GOOD, []),
        ("", ["untranslated"]),
        (SOURCE, ["untranslated", "numbers_differ"]),
        (SOURCE.replace("The coalition says", "La coalition dit"), ["untranslated", "numbers_differ"]),
        (
            "Die Koalition sagt, dass die Gruppe 40 Prozent ihres Gebiets im Irak verloren hat.",
            ["wrong_language", "numbers_differ"],
        ),
        ("La coalition dit que le groupe 武装 a perdu 40 % de son territoire en Irak.", ["wrong_language"]),
        (GOOD.replace("40", "14"), ["numbers_differ"]),
        (GOOD.replace("militant", "islamistes islamistes"), ["repetition"]),
        (GOOD[:-1] + " en Irak en Irak en Irak.", ["repetition"]),
        ("La coalition a perdu 40 %.", ["length_differs"]),
        ("La coalition le dit. Le groupe militant a perdu 40 %. Son territoire est en Irak.", ["sentences_differ"]),
    ],
)
def test_translation_issues(target: str, kinds: list[str]):
    assert [issue.kind for issue in translation_issues(SOURCE, target, "en", "fr")] == kinds


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("Emmanuel Macron", "Emmanuel Macron", ("en", "fr")),
        ("They said that that was it.", "Nous nous sommes dit que vous vous trompiez.", ("en", "fr")),
        ("He wrote 你好 to them.", "Il leur a écrit 你好.", ("en", "fr")),
        ("It is raining.", "正在下雨。", ("en", "zh")),
        ("Yes.", "Oui.", ("en", "fr")),
    ],
)
def test_a_correct_translation_has_no_issues(source: str, target: str, languages: tuple[str, str]):
    assert not list(translation_issues(source, target, *languages))


def test_an_unmeasured_language_has_a_wide_tolerance():
    assert not length_differs("The mayor said no to it.", "Borgmästaren sa nej till det.", "en", "sv")
    assert length_differs(SOURCE, "Nej.", "en", "sv")


@pytest.mark.skipif(not FLORES.is_dir(), reason="the evaluation set is not here")
@pytest.mark.parametrize("pair", ["en-fr", "de-en", "en-zh", "en-ar", "ru-en", "en-ja"])
def test_reference_translations_have_few_issues(pair: str):
    source, target = pair.split("-")
    with (FLORES / f"flores-dev.{pair}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    kinds = {"untranslated", "wrong_language", "repetition", "length_differs"}
    wrong = [
        row
        for row in rows
        for issue in translation_issues(row["source"], row["reference"], source, target)
        if issue.kind in kinds
    ]
    assert len(wrong) <= len(rows) / 100
