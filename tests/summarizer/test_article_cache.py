"""The articles that were read last."""

import pytest

from models.scheduling.caller import Flow, use_flow
from summarizer.article_cache import ArticleCache
from summarizer.errors import UnknownArticle
from summarizer.reading import read


def test_what_was_used_longest_ago_makes_room():
    articles = [read(text=f"The {name} opened its doors on Monday.") for name in ("school", "bridge", "museum")]
    cache = ArticleCache(most=2 * len(articles[0].source))
    for article in articles[:2]:
        cache.put(article)
    assert cache[articles[0].digest] == articles[0]
    cache.put(articles[2])
    assert cache[articles[0].digest] == articles[0]
    with pytest.raises(UnknownArticle):
        cache[articles[1].digest]


def test_an_article_is_only_for_whoever_had_it_read():
    article, cache = read(text="The school opened its doors on Monday."), ArticleCache()
    with use_flow(Flow("one")):
        cache.put(article)
        assert cache[article.digest] == article
    with use_flow(Flow("other")), pytest.raises(UnknownArticle):
        cache[article.digest]


def test_the_last_article_stays_however_long_and_one_read_twice_counts_once():
    short, long = (read(text=text) for text in ("The school opened on Monday.", "The bridge opened on Monday. " * 9))
    cache = ArticleCache(most=2 * len(short.source))
    for _ in range(3):
        cache.put(short)
    cache.put(long)
    assert cache[long.digest] == long
    cache.put(short)
    assert cache[short.digest] == short
    with pytest.raises(UnknownArticle):
        cache[long.digest]
