"""Shares of terms that sentences cover."""

from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.evidence import SentenceIndex

TERMS = st.frozensets(st.sampled_from([f"w{number}" for number in range(60)]), min_size=3, max_size=20)


@given(st.lists(TERMS, min_size=5, max_size=20))
def test_the_share_of_covered_terms_is_exactly_1(sentences: list[frozenset[str]]):
    index = SentenceIndex(sentences)
    for sentence in sentences:
        assert index.share(frozenset(sorted(sentence)), range(len(sentences)), 0) == 1
        assert 0 < index.share(sentence, range(len(sentences)), 1) < 1
