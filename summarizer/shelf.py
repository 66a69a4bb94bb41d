"""The articles that were read last, by their hash: what a receipt is exchanged for."""

from collections import OrderedDict
from threading import Lock

from summarizer.article import Article
from summarizer.errors import UnknownArticle


class Shelf:
    """Keeps articles in memory, those used last, up to `most` characters in all. Safe to use from many threads."""

    def __init__(self, most: int = 20_000_000) -> None:
        self._most = most
        self._articles: OrderedDict[str, Article] = OrderedDict()
        self._lock = Lock()

    def put(self, article: Article) -> None:
        """Keeps an article; the ones that were not used for longest make room."""
        with self._lock:
            self._articles[article.digest] = article
            self._articles.move_to_end(article.digest)
            while sum(len(one.source) for one in self._articles.values()) > self._most:
                self._articles.popitem(last=False)

    def __getitem__(self, digest: str) -> Article:
        """The article of a hash. Raises UnknownArticle."""
        with self._lock:
            if digest not in self._articles:
                raise UnknownArticle("No article of that hash is remembered here.")
            self._articles.move_to_end(digest)
            return self._articles[digest]
