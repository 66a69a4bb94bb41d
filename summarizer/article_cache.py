"""The articles that were read last, by their hash and whose they are: what a receipt is exchanged for."""

from collections import OrderedDict
from threading import Lock

from models.scheduling.caller import current_flow
from summarizer.article import Article
from summarizer.errors import UnknownArticle


class ArticleCache:
    """Keeps articles in memory, those used last, up to `most` characters in all, and the last of any length.

    Three million characters are some six hundred articles of news, and 9 MB. Safe to use from many threads.

    An article is only for the caller (models.scheduling.caller) who had it read.
    """

    def __init__(self, most: int = 3_000_000) -> None:
        self._most = most
        self._held = 0
        self._articles: OrderedDict[tuple[str, str], Article] = OrderedDict()
        self._lock = Lock()

    def put(self, article: Article) -> None:
        """Keeps an article; the ones that were not used for longest make room."""
        key = _key(article.digest)
        with self._lock:
            self._drop(key)
            self._articles[key] = article
            self._held += len(article.source)
            while self._held > self._most and len(self._articles) > 1:
                self._drop(next(iter(self._articles)))

    def __getitem__(self, digest: str) -> Article:
        """The article of a hash. Raises UnknownArticle."""
        key = _key(digest)
        with self._lock:
            if key not in self._articles:
                raise UnknownArticle("No article of that hash is remembered here.")
            self._articles.move_to_end(key)
            return self._articles[key]

    def _drop(self, key: tuple[str, str]) -> None:
        if article := self._articles.pop(key, None):
            self._held -= len(article.source)


def _key(digest: str) -> tuple[str, str]:
    return current_flow().owner, digest
