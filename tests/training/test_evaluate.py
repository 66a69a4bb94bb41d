"""Scores of translations, and their gains."""

import json
from pathlib import Path

import pytest
from sacrebleu import BLEU, CHRF

from training.evaluate import evaluate

REFERENCES = [f"Le groupe numéro {number} a perdu beaucoup de territoire dans le nord du pays." for number in range(12)]


def write(path: Path, hypotheses: list[str], direction: str = "en-fr") -> Path:
    rows = [
        {"direction": direction, "origin": "flores-dev", "source": f"{number}", "reference": reference,
         "hypothesis": hypothesis}
        for number, (reference, hypothesis) in enumerate(zip(REFERENCES, hypotheses, strict=True))
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_scores_match_sacrebleu_and_the_gain_is_in_its_interval(tmp_path: Path) -> None:
    before = ["Le groupe a perdu " + reference[12:40] for reference in REFERENCES]
    after = [reference.replace("beaucoup", "bien") for reference in REFERENCES]
    bleu, chrf = evaluate(write(tmp_path / "before", before), write(tmp_path / "after", after))
    assert bleu.before == pytest.approx(BLEU().corpus_score(before, [REFERENCES]).score)
    assert bleu.after == pytest.approx(BLEU().corpus_score(after, [REFERENCES]).score)
    assert chrf.after == pytest.approx(CHRF().corpus_score(after, [REFERENCES]).score)
    for scored in (bleu, chrf):
        assert 0 < scored.low <= scored.after - scored.before <= scored.high
        assert "nrefs:1" in scored.signature


def test_identical_files_have_no_gain(tmp_path: Path) -> None:
    path = write(tmp_path / "same", REFERENCES)
    assert [(scored.low, scored.high) for scored in evaluate(path, path)] == [(0.0, 0.0)] * 2


def test_translations_of_other_sentences_are_not_compared(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", REFERENCES), write(tmp_path / "other", REFERENCES, "en-de")
    with pytest.raises(ValueError, match="same sentences"):
        evaluate(one, other)
