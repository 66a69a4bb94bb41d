"""The articles that were read last."""

import pytest

from summarizer.errors import UnknownArticle
from summarizer.reading import read
from summarizer.shelf import Shelf


def test_what_was_used_longest_ago_makes_room():
    articles = [read(text=f"The {name} opened its doors on Monday.") for name in ("school", "bridge", "museum")]
    shelf = Shelf(most=2 * len(articles[0].source))
    for article in articles[:2]:
        shelf.put(article)
    assert shelf[articles[0].digest] == articles[0]
    shelf.put(articles[2])
    assert shelf[articles[0].digest] == articles[0]
    with pytest.raises(UnknownArticle):
        shelf[articles[1].digest]
