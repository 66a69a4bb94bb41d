"""An article with the checker of claims about it, built once for all of its editions."""

from dataclasses import dataclass

from summarizer.article import Article
from summarizer.checking.article_checker import ArticleChecker


@dataclass(frozen=True, slots=True)
class Story:
    """An article, and the checker of claims about it."""

    article: Article
    checker: ArticleChecker

    @classmethod
    def of(cls, article: Article) -> "Story":
        """Builds the checker of an article."""
        return cls(article, ArticleChecker(article))

    @property
    def language(self) -> str:
        """The article's language, a BCP 47 tag."""
        return self.article.language
