"""Evidence in another script: numbers, dates and places are the same terms, names match by their sounds."""

import pytest

from benchmarks import alignment, references
from summarizer.article import Span
from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.cross_lingual import CrossLingualIndex
from summarizer.reading import read

ENGLISH = (
    "The coach praised the young players on Monday.",
    "Sanna Kettunen resigned after the vote.",
    "The bridge near Holborn was closed.",
)


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Санна Кеттунен ушла в отставку.", "ru"),
        ("استقالت سانا كيتونين.", "ar"),
        ("सन्ना केट्टुनेन ने इस्तीफा दिया।", "hi"),
        ("サンナ・ケットゥネンは辞任した。", "ja"),
        ("산나 케투넨이 사임했다.", "ko"),
        ("桑纳·凯图宁辞职了。", "zh"),
    ],
)
def test_a_name_is_evidence_in_both_directions(claim: str, language: str):
    article = read(text="\n\n".join(ENGLISH), source_language="en")
    (span,) = ArticleChecker(article).check(claim, language).evidence
    assert article.source[span.start : span.end] == ENGLISH[1]
    back = read(text=f"{claim}\n\n12 + 13.", source_language=language)
    assert ArticleChecker(back).check(ENGLISH[1], "en").evidence == (Span(0, len(claim)),)


def test_another_name_is_no_evidence():
    index, terms = CrossLingualIndex(ENGLISH, "en").terms("استقال بوريس جونسون.", "ar")
    assert index.best(terms) == []


def test_an_unknown_foreign_word_is_ignored():
    checker = ArticleChecker(read(text="\n\n".join(ENGLISH), source_language="en"))
    plain = checker.check("サンナ・ケットゥネンは辞任した。", "ja").support
    assert checker.check("サンナ・ケットゥネンはテレビで辞任した。", "ja").support == plain > 0.9


@pytest.mark.skipif(not references.DATA.is_dir(), reason="the evaluation sets are not here")
def test_most_evidence_is_found_across_scripts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alignment, "read_lines", lambda direction: references.read_lines(direction)[:100])
    rows = list(alignment.measurements("hi-en"))
    assert sum(row.is_right for row in rows) / len(rows) >= 0.7
    assert sum(row.is_false_alarm for row in rows) / len(rows) <= 0.03
    swaps = [row.is_swap_detected for row in rows if row.is_swap_detected is not None]
    assert sum(swaps) / len(swaps) >= 0.35


def test_the_table_has_a_row_for_each_direction(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(alignment, "read_lines", lambda _: [references.SentencePair("It was quiet.", "12 — 13.")])
    monkeypatch.setattr("sys.argv", ["alignment", "en-ru"])
    assert alignment.main() == 0
    assert capsys.readouterr().out.splitlines()[1] == "en-ru | 0.0% | 0.0% | 0.0% | -"
