"""An LRU cache of articles by their hash, so that a correction can refer to an article without sending it again."""

from collections import OrderedDict
from threading import Lock

from models.scheduling.caller import current_flow
from summarizer.article import Article
from summarizer.errors import UnknownArticle


class ArticleCache:
    """An LRU cache of at most `max_characters` in memory; the most recent article may be longer.

    Three million characters are some six hundred news articles and 9 MB. Safe to use from many threads. An article is
    available only to the owner (models.scheduling.caller.Flow) who sent it.
    """

    def __init__(self, max_characters: int = 3_000_000) -> None:
        self._max_characters = max_characters
        self._characters = 0
        self._articles: OrderedDict[tuple[str, str], Article] = OrderedDict()
        self._lock = Lock()

    def put(self, article: Article) -> None:
        """Stores an article, and removes the least recently used ones to make room."""
        key = _key(article.digest)
        with self._lock:
            self._drop(key)
            self._articles[key] = article
            self._characters += len(article.source)
            while self._characters > self._max_characters and len(self._articles) > 1:
                self._drop(next(iter(self._articles)))

    def __getitem__(self, digest: str) -> Article:
        """Returns the article with a hash. Raises UnknownArticle."""
        key = _key(digest)
        with self._lock:
            if key not in self._articles:
                raise UnknownArticle("No article with this hash is cached.")
            self._articles.move_to_end(key)
            return self._articles[key]

    def _drop(self, key: tuple[str, str]) -> None:
        if article := self._articles.pop(key, None):
            self._characters -= len(article.source)


def _key(digest: str) -> tuple[str, str]:
    return current_flow().owner, digest
