"""Which published editions a correction affects."""

import pytest

from summarizer.editing.check import check_claims
from summarizer.editing.correction import PublishedEdition, PublishedSentence, affected_formats
from summarizer.editing.revision import compare_versions
from summarizer.editing.story import Story
from summarizer.reading import read

OLD = "The fire killed three people on Monday. The cost is 5 million euros."
NOTE = "Correction: an earlier version said that three people died."


def is_affected(old: str, new: str, published: str, language: str, article_language: str = "en") -> bool:
    before = read(text=old, source_language=article_language)
    after = Story.of(read(text=new, source_language=article_language))
    edition = PublishedEdition(language, {"blurb": (PublishedSentence(published),)})
    return bool(list(affected_formats([edition], before, after, compare_versions(before, after.article))))


@pytest.mark.parametrize(
    ("new", "published", "language"),
    [
        (OLD.replace("three", "two"), "Drei Menschen starben am Montag bei einem Feuer.", "de"),
        (f"{OLD.replace('three', 'two')}\n\n{NOTE}", "Drei Menschen starben am Montag bei einem Feuer.", "de"),
        (f"{OLD.replace('three', 'two')}\n\n{NOTE}", "The fire killed three people.", "en"),
        (
            f"{OLD.replace('Monday', 'Tuesday')}\n\nCorrection: the fire was on Tuesday, not on Monday.",
            "Le feu a tué trois personnes lundi.",
            "fr",
        ),
    ],
)
def test_a_fact_that_a_correction_note_takes_back_affects_its_edition(new: str, published: str, language: str):
    assert is_affected(OLD, new, published, language)


@pytest.mark.parametrize(
    ("old", "new", "published", "language"),
    [
        (
            "Three people died. Three houses burned.",
            "Two people died. Three houses burned.",
            "Three people died.",
            "en",
        ),
        (
            "Three houses burned. Three people died.",
            "Three houses burned. Two people died.",
            "Drei Menschen starben.",
            "de",
        ),
        (
            "It rained on Monday. The fire broke out on Monday.",
            "It rained on Monday. The fire broke out on Tuesday.",
            "Le feu a pris lundi.",
            "fr",
        ),
    ],
)
def test_a_changed_fact_that_stands_elsewhere_affects_its_edition(old: str, new: str, published: str, language: str):
    assert is_affected(old, new, published, language)


@pytest.mark.parametrize(
    ("published", "language"), [("The cost is 5 million euros.", "en"), ("Die Kosten betragen 5 Millionen Euro.", "de")]
)
def test_a_sentence_about_something_else_is_not_affected(published: str, language: str):
    assert not is_affected(OLD, f"{OLD.replace('three', 'two')}\n\n{NOTE}", published, language)


@pytest.mark.parametrize(
    ("language", "article", "note", "claim"),
    [
        ("en", "The fire killed two people on Monday.", NOTE, "Three people died in the fire."),
        (
            "en",
            "The fire killed two people on Monday.",
            "An earlier version of this article said three people had died.",
            "The fire killed three people.",
        ),
        (
            "fr",
            "L'incendie a tué deux personnes lundi.",
            "Rectificatif : une version précédente parlait de trois morts.",
            "L'incendie a tué trois personnes.",
        ),
        (
            "de",
            "Das Feuer tötete am Montag zwei Menschen.",
            "In einer früheren Version hieß es, drei Menschen seien tot.",
            "Das Feuer tötete drei Menschen.",
        ),
        ("zh", "周一的火灾造成两人死亡。", "更正：此前版本称有三人死亡。", "火灾造成三人死亡。"),
    ],
)
def test_a_correction_note_supports_nothing(language: str, article: str, note: str, claim: str):
    for text in (f"{article}\n\n{note}", f"{article} {note}" if language != "zh" else f"{article}{note}"):
        story = Story.of(read(text=text, source_language=language))
        (checked,) = check_claims(story, [claim], language)
        assert [finding.kind for finding in checked.findings] == ["number"], text
    (checked,) = check_claims(story, [article], language)
    assert (checked.support, checked.findings) == (1.0, ())


def test_text_after_the_sentence_about_an_earlier_version_still_supports():
    text = f"{OLD} A previous version of this article said otherwise. The mayor resigned on Friday."
    story = Story.of(read(text=text, source_language="en"))
    (checked,) = check_claims(story, ["The mayor resigned on Friday."], "en")
    assert checked.support == 1.0
    (span,) = checked.evidence
    assert text[span.start : span.end] == "The mayor resigned on Friday."
