"""The articles that were read last."""

import pytest

from models.scheduling.caller import Caller, calling
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


def test_an_article_is_only_for_whoever_had_it_read():
    article, shelf = read(text="The school opened its doors on Monday."), Shelf()
    with calling(Caller("one")):
        shelf.put(article)
        assert shelf[article.digest] == article
    with calling(Caller("other")), pytest.raises(UnknownArticle):
        shelf[article.digest]


def test_the_last_article_stays_however_long_and_one_read_twice_counts_once():
    short, long = (read(text=text) for text in ("The school opened on Monday.", "The bridge opened on Monday. " * 9))
    shelf = Shelf(most=2 * len(short.source))
    for _ in range(3):
        shelf.put(short)
    shelf.put(long)
    assert shelf[long.digest] == long
    shelf.put(short)
    assert shelf[short.digest] == short
    with pytest.raises(UnknownArticle):
        shelf[long.digest]
