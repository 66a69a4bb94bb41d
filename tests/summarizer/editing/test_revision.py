"""The changes between two versions of an article."""

from hypothesis import given
from hypothesis import strategies as st

from summarizer.editing.revision import compare_versions
from summarizer.reading import read
from tests.desk import ARTICLE, FIGURES, LEAD, LIBYA


def changes(old: str, new: str) -> list[tuple[str | None, str | None]]:
    result = compare_versions(read(text=old, source_language="en"), read(text=new, source_language="en"))
    return [(one.old.text if one.old else None, one.new.text if one.new else None) for one in result]


def test_a_moved_sentence_is_unchanged():
    assert changes(ARTICLE, ARTICLE) == []
    assert changes(f"{LEAD}\n\n{FIGURES}", f"{FIGURES}\n\n{LEAD}") == []


def test_a_changed_number_is_a_changed_fact():
    new = ARTICLE.replace("40 percent", "45 percent")
    (change,) = compare_versions(read(text=ARTICLE), read(text=new))
    assert change.old
    assert change.old.span
    assert change.new
    assert change.new.span
    assert (change.old.text, change.new.text) == (FIGURES, FIGURES.replace("40", "45"))
    assert ARTICLE[change.old.span.start : change.old.span.end] == FIGURES
    assert new[change.new.span.start : change.new.span.end] == FIGURES.replace("40", "45")
    (fact,) = change.facts
    assert (fact.kind, "40" in (fact.old or ""), "45" in (fact.new or "")) == ("number", True, True)


def test_sentences_are_added_removed_or_replaced():
    assert changes(LEAD, f"{LEAD}\n\n{LIBYA}") == [(None, LIBYA)]
    assert changes(f"{LEAD}\n\n{LIBYA}", LEAD) == [(LIBYA, None)]
    assert changes(f"{LEAD}\n\n{LIBYA}", f"{LEAD}\n\n{FIGURES}") == [(None, FIGURES), (LIBYA, None)]


SENTENCES = st.lists(
    st.sampled_from([LEAD, FIGURES, LIBYA, "It rained all day in the town.", "Nobody came."]),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(SENTENCES, SENTENCES)
def test_a_changed_sentence_is_in_one_version_only(old: list[str], new: list[str]):
    for removed, added in changes("\n\n".join(old), "\n\n".join(new)):
        assert removed is None or removed not in new
        assert added is None or added not in old


def test_a_changed_title_has_its_changed_facts():
    old = read(text=ARTICLE, title="Group loses 40 percent of Iraq", source_language="en")
    new = read(text=ARTICLE, title="Group loses 45 percent of Iraq", source_language="en")
    (change,) = compare_versions(old, new)
    assert change.is_title
    assert change.old
    assert change.new
    assert (change.old.text, change.new.text) == (old.title, new.title)
    assert change.old.span is None
    assert [(fact.kind, fact.old, fact.new) for fact in change.facts] == [("number", "40 percent", "45 percent")]
    assert compare_versions(old, old) == ()


def test_a_title_in_the_text_has_a_span():
    old, new = (
        read(text=f"{title}\n\nBy Jane Doe\n\n{ARTICLE}", title=title, source_language="en")
        for title in ("Coalition: group loses ground", "Coalition: group gains ground")
    )
    change = next(one for one in compare_versions(old, new) if one.is_title)
    assert change.new
    assert change.new.text == new.title
    assert change.new.span
    assert new.source[change.new.span.start : change.new.span.end] == new.title


def test_a_title_may_be_added_or_removed():
    bare, titled = read(text=LEAD), read(text=LEAD, title="Allies to do more")
    assert [(one.old, one.new is not None) for one in compare_versions(bare, titled)] == [(None, True)]
    assert [(one.old is not None, one.new) for one in compare_versions(titled, bare)] == [(True, None)]
