"""What a caller sent, made into an Article."""

import regex
import trafilatura

from summarizer.article import Article, Detection, Kind, Notice, Paragraph, Span
from summarizer.errors import BadInput, EmptyText, NoArticleFound
from summarizer.languages import canonical
from summarizer.reading.language import detect

PARAGRAPH = regex.compile(r"\S.*?(?=\s*\n\s*\n|\s*\Z)", regex.DOTALL)


def read(
    *,
    text: str | None = None,
    html: str | bytes | None = None,
    title: str | None = None,
    source_language: str | None = None,
    url: str | None = None,
) -> Article:
    """The article in exactly one of `text` and `html`; `title`, `source_language` and `url` win over what is found.

    Raises BadInput when not exactly one is given, EmptyText, NoArticleFound for a page without one, and
    UnknownLanguage for a `source_language` that is no BCP 47 tag.
    """
    if (text is None) == (html is None):
        raise BadInput("An article is exactly one of `text` and `html`.", "Send one of them.")
    language = canonical(source_language) if source_language else None
    byline = date = None
    if html is not None:
        page = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
        if page is None or not page.text:
            raise NoArticleFound("The page holds no article.")
        text, title, byline, date = page.text.replace("\n", "\n\n"), title or page.title, page.author, page.date
    if not text or not text.strip():
        raise EmptyText("The text is empty.")
    found = detect(text)
    return Article(
        source=text,
        paragraphs=tuple(Paragraph(Kind.PROSE, m.group(), Span(*m.span())) for m in PARAGRAPH.finditer(text)),
        detection=Detection(language, 1.0, found.candidates) if language else found,
        title=title,
        byline=byline,
        date=date,
        url=url,
        warnings=_contradiction(language, found),
    )


def _contradiction(language: str | None, found: Detection) -> tuple[Notice, ...]:
    if language is None or found.language in ("und", language.split("-")[0]):
        return ()
    message = f"You said {language}, but the text reads as {found.language} ({found.confidence:.0%})."
    return (Notice("language_contradicted", message),)
