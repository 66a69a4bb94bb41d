"""What changed between two versions."""

from hypothesis import given
from hypothesis import strategies as st

from summarizer.editing.revision import compare_versions
from summarizer.reading import read
from tests.desk import ARTICLE, FIGURES, LEAD, LIBYA


def changes(old: str, new: str) -> list[tuple[str | None, str | None]]:
    found = compare_versions(read(text=old, source_language="en"), read(text=new, source_language="en"))
    return [(one.old.text if one.old else None, one.new.text if one.new else None) for one in found]


def test_nothing_changes_where_a_sentence_only_moves():
    assert changes(ARTICLE, ARTICLE) == []
    assert changes(f"{LEAD}\n\n{FIGURES}", f"{FIGURES}\n\n{LEAD}") == []


def test_a_changed_number_is_a_changed_fact_of_a_changed_sentence():
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


def test_a_sentence_is_added_taken_out_or_put_in_anothers_place():
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
def test_what_did_not_change_is_in_both_and_what_did_in_one(old: list[str], new: list[str]):
    for gone, come in changes("\n\n".join(old), "\n\n".join(new)):
        assert gone is None or gone not in new
        assert come is None or come not in old


def test_a_changed_title_is_a_change_with_its_facts():
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


def test_a_title_that_stands_in_the_text_has_its_place():
    old, new = (
        read(text=f"{title}\n\nBy Jane Doe\n\n{ARTICLE}", title=title, source_language="en")
        for title in ("Coalition: group loses ground", "Coalition: group gains ground")
    )
    change = next(one for one in compare_versions(old, new) if one.is_title)
    assert change.new
    assert change.new.text == new.title
    assert change.new.span
    assert new.source[change.new.span.start : change.new.span.end] == new.title


def test_a_title_may_come_or_go():
    bare, titled = read(text=LEAD), read(text=LEAD, title="Allies to do more")
    assert [(one.old, one.new is not None) for one in compare_versions(bare, titled)] == [(None, True)]
    assert [(one.old is not None, one.new) for one in compare_versions(titled, bare)] == [(True, None)]
