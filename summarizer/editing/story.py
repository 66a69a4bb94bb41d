"""An article with all that what is written about it is checked against; made once for every edition of it."""

from dataclasses import dataclass

from summarizer.article import Article
from summarizer.checking.article_checker import ArticleChecker


@dataclass(frozen=True, slots=True)
class Story:
    """An article as it was read, and its ground."""

    article: Article
    ground: ArticleChecker

    @classmethod
    def of(cls, article: Article) -> "Story":
        """The story of an article."""
        return cls(article, ArticleChecker(article))

    @property
    def language(self) -> str:
        """The article's language, a BCP 47 tag."""
        return self.article.language
