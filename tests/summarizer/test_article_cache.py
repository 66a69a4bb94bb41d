"""The LRU cache of articles."""

import pytest

from models.scheduling.caller import Flow, use_flow
from summarizer.article_cache import ArticleCache
from summarizer.errors import UnknownArticle
from summarizer.reading import read


def test_the_least_recently_used_article_is_removed():
    articles = [read(text=f"The {name} opened its doors on Monday.") for name in ("school", "bridge", "museum")]
    cache = ArticleCache(max_characters=2 * len(articles[0].source))
    for article in articles[:2]:
        cache.put(article)
    assert cache[articles[0].digest] == articles[0]
    cache.put(articles[2])
    assert cache[articles[0].digest] == articles[0]
    with pytest.raises(UnknownArticle):
        cache[articles[1].digest]


def test_an_article_is_only_available_to_its_owner():
    article, cache = read(text="The school opened its doors on Monday."), ArticleCache()
    with use_flow(Flow("one")):
        cache.put(article)
        assert cache[article.digest] == article
    with use_flow(Flow("other")), pytest.raises(UnknownArticle):
        cache[article.digest]


def test_the_most_recent_article_stays_whatever_its_length_and_duplicates_count_once():
    short, long = (read(text=text) for text in ("The school opened on Monday.", "The bridge opened on Monday. " * 9))
    cache = ArticleCache(max_characters=2 * len(short.source))
    for _ in range(3):
        cache.put(short)
    cache.put(long)
    assert cache[long.digest] == long
    cache.put(short)
    assert cache[short.digest] == short
    with pytest.raises(UnknownArticle):
        cache[long.digest]
