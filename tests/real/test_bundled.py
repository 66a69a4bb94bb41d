"""The bundled model on real articles: the first results of a new user."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.facts import facts
from summarizer.checking.findings import FindingKind
from summarizer.languages import primary
from summarizer.reading import detect, read
from tests.real.conftest import Post

pytestmark = pytest.mark.real

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
ENGLISH = (EXAMPLES / "voa-2016-02-02-coalition.txt").read_text("utf-8")
FRENCH = (EXAMPLES / "tramway-fr.txt").read_text("utf-8")
CHINESE = (EXAMPLES / "reservoir-zh.txt").read_text("utf-8")

DEBRIS = {
    ENGLISH: ("Embed", "0:00", "XS", "MD", "Accessibility links", "please wait", "No media source", "WATCH"),
    FRENCH: ("Partager", "newsletter", "Abonnez", "Commentaires", "À lire aussi", "Lecture", "Accueil"),
    CHINESE: ("分享", "字号", "扫码", "责任编辑", "相关阅读", "首页"),
}
ENDS = tuple('.!?。！？”»"')


def no_debris(article: str, *texts: str) -> bool:
    return not [debris for debris in DEBRIS[article] for text in texts if debris in text]


def invented(text: str, language: str, article: str) -> list[str]:
    """Returns the numbers that the article does not mention."""
    found = ArticleChecker(read(text=article)).check(text, language).findings
    return [finding.claim for finding in found if finding.kind == FindingKind.NUMBER]


@pytest.mark.parametrize(
    ("article", "language", "about"),
    [
        (ENGLISH, "en", ("coalition|allies", "Islamic State|ISIS|ISIL|Daesh")),
        (FRENCH, "fr", ("tram|ligne", "Belleroche|Vasseur")),
        (CHINESE, "zh", ("水库", "青石|工程")),
    ],
    ids=["en", "fr", "zh"],
)
def test_a_summary(post: Post, article: str, language: str, about: tuple[str, ...]):
    answer = post("summaries", text=article)
    sentences = [sentence["text"] for sentence in answer["sentences"]]
    assert 1 <= len(sentences) <= 3
    assert primary(answer["target_language"]) == language
    assert primary(detect(answer["summary"]).language) == language
    assert all(re.search(topic, answer["summary"]) for topic in about)
    assert no_debris(article, *sentences)
    assert all(sentence.endswith(ENDS) for sentence in sentences)
    assert invented(answer["summary"], language, article) == []
    assert all(sentence["evidence"] for sentence in answer["sentences"])


def test_blurbs_fit_an_iphone_in_two_languages(post: Post):
    answer = post("blurbs", text=ENGLISH, target_languages=["en", "fr"], profile="ios")
    assert [blurb["target_language"] for blurb in answer["blurbs"]] == ["en", "fr"]
    for blurb in answer["blurbs"]:
        assert 0 < blurb["characters"]["title"] <= 50
        assert 0 < blurb["characters"]["body"] <= 178
        assert blurb["body"].endswith(ENDS)
        assert "…" not in blurb["title"] + blurb["body"]
        assert no_debris(ENGLISH, blurb["title"], blurb["body"])
        assert invented(f"{blurb['title']}. {blurb['body']}", blurb["target_language"], ENGLISH) == []
    assert detect(answer["blurbs"][1]["body"]).language == "fr"


def test_a_translation_keeps_every_paragraph_and_number(post: Post):
    article = read(text=ENGLISH).text
    (french,) = post("translations", text=article, target_language="fr")["translations"]
    before, after = article.split("\n\n"), french["text"].split("\n\n")
    assert len(after) == len(before)
    assert all(text.strip() for text in after)
    (figures,) = [text for text, source in zip(after, before, strict=True) if "40 percent" in source]
    assert {"40", "20"} <= {digits for fact in facts(figures, "fr") for digits in re.findall(r"\d+", fact.text)}
    assert detect(french["text"]).language == "fr"


def test_a_summary_in_another_language(post: Post):
    answer = post("summaries", text=FRENCH, target_language="en", max_sentences=1)
    assert (answer["source_language"], answer["target_language"]) == ("fr", "en")
    assert detect(answer["summary"]).language == "en"
    assert invented(answer["summary"], "en", FRENCH) == []


def test_the_health_check_responds_while_the_model_generates(address: str):
    with httpx2.Client(timeout=240) as client:
        wanted = {"text": ENGLISH, "length": "long", "stream": True}  # not what was asked and kept before
        with client.stream("POST", f"{address}/v1/summaries", json=wanted) as answer:
            lines = answer.iter_lines()
            while "writing" not in next(lines):
                pass
            slowest = max(_seconds(f"{address}/healthz") for _ in range(10))
            assert "result" in "\n".join(lines)
    # The target is 100 ms; a blocked event loop would respond only after generation, in twice as long as this limit.
    assert slowest < 3.0


def _seconds(url: str) -> float:
    answer: Any = httpx2.get(url)
    assert answer.status_code == 200
    seconds: float = answer.elapsed.total_seconds()
    return seconds
