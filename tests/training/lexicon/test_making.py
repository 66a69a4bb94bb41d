"""The maker, from a corpus to a lexicon that the product reads, aligned by eflomal itself."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.lexicons.card import CARD, read_lexicon
from models.lexicons.lexicon import Lexicon
from tests.training.conftest import write
from training.corpus import CorpusRow
from training.lexicon.__main__ import CORPORA, main

LETTERS = "bcdfghjklmnpqrstvwxz"


def _runs() -> bool:
    if not shutil.which("eflomal-align") or not shutil.which("unshare"):
        return False
    return (
        subprocess.run(["unshare", "--map-root-user", "--mount", "true"], check=False, capture_output=True).returncode
        == 0
    )


pytestmark = pytest.mark.skipif(not _runs(), reason="eflomal is not installed, or mount namespaces may not be made")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A lexicon of both directions."""
    folder = tmp_path / "words-1"
    make(tmp_path, folder)
    return folder


def rows(seed: int) -> list[CorpusRow]:
    """Sentences of invented words, each with its one translation."""
    generator = random.Random(seed)
    found = []
    for _ in range(300):
        numbers = generator.sample(range(400), 6)
        source, target = (
            " ".join(f"{prefix}{LETTERS[number // 20]}{LETTERS[number % 20]}" for number in numbers) for prefix in "ab"
        )
        found.append(CorpusRow("en", "fr", "wmt13", "human", source, target))
    return found


def make(data: Path, folder: Path) -> None:
    (data / "evaluation").mkdir(exist_ok=True)
    for seed, name in enumerate(CORPORA):
        write(data / name, rows(seed))
    given = ["en-fr", "--data", str(data), "--evaluation", str(data / "evaluation"), "--held-out", "5"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lexicon", *given, "--folder", str(folder)])
        main()


def test_the_product_finds_what_was_aligned(made: Path):
    card = read_lexicon(made)
    assert [table.direction for table in card.tables] == ["en:fr", "fr:en"]
    table = card.table("en", "fr")
    assert table
    assert sum(each.pairs for each in table.data) == 595
    assert table.options["stop_words"] == 150
    lexicon = Lexicon(made / table.file, "en")
    assert len(lexicon) == table.entries > 200
    text = " ".join(f"a{first}{second}" for first in LETTERS for second in LETTERS)
    found = [(text[match.start : match.end], match.translations[0].text) for match in lexicon.find(text)]
    assert sum(target == f"b{source[1:]}" for source, target in found) > 0.9 * len(found)


def test_the_same_sentences_give_the_same_bytes(tmp_path: Path, made: Path):
    again = tmp_path / "again" / "words-1"
    make(tmp_path, again)
    assert (again / CARD).read_bytes() == (made / CARD).read_bytes()
    assert (again / "en-fr.marisa").read_bytes() == (made / "en-fr.marisa").read_bytes()
