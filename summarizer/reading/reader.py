"""What a caller sent, made into an Article."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from summarizer.article import Article, Detection, Notice, Paragraph, Removed, Span
from summarizer.errors import BadInput, EmptyText, NoArticleFound
from summarizer.languages import UNDETERMINED, canonical, primary
from summarizer.reading.charset import decode
from summarizer.reading.html import Block, Page
from summarizer.reading.language import detect, is_written_in
from summarizer.reading.lines import LineKind, lines
from summarizer.reading.paste import PastedArticle, extract_article
from summarizer.reading.worker import read_page

BETWEEN = "\n\n"
"""What stands between the paragraphs of a page in `Article.source`."""

NOT_OF_PAGES = frozenset(
    {LineKind.INTERFACE, LineKind.CONTROL, LineKind.LEAD, LineKind.OVER, LineKind.CAPTION, LineKind.NOTICE}
)
"""Shapes of blocks that an extractor leaves in and that no article has."""

OWN_LETTERS, OWN_CONFIDENCE = 60, 0.9
"""A paragraph of so many letters, known so surely, may be said to be in another language than its article."""

DOUBTFUL = 300
"""So many paragraphs, at most, are looked at for another language than the article's."""

CONTRADICTED = 0.9
"""The confidence from which a text contradicts its caller's `source_language`."""


def read(
    *,
    text: str | None = None,
    html: str | bytes | None = None,
    title: str | None = None,
    source_language: str | None = None,
    url: str | None = None,
    charset: str | None = None,
) -> Article:
    """The article in exactly one of `text` and `html`; `title` and `source_language` win over what is found.

    `url` says where a page came from, and `charset` in which charset its server said it is. Reading a page takes at
    most 8 seconds, in a process of its own.

    Raises BadInput when not exactly one is given, EmptyText, NotText for bytes that are none, TooLong, TooComplex and
    NoArticleFound for pages, and UnknownLanguage for a `source_language` that is no BCP 47 tag.
    """
    if (text is None) == (html is None):
        raise BadInput("An article is exactly one of `text` and `html`.", "Send one of them.")
    language = canonical(source_language) if source_language else None
    source, paste = _pasted(text) if text is not None else _paged(html or "", url, charset)
    found = detect("\n".join(paragraph.text for paragraph in paste.paragraphs))
    detection = Detection(language, 1.0, found.candidates) if language else found
    return Article(
        source=source,
        paragraphs=_with_languages(paste.paragraphs, detection.language),
        detection=detection,
        title=title or paste.title,
        byline=paste.byline,
        date=paste.date,
        url=url,
        removed=paste.removed,
        warnings=_contradiction(language, found),
    )


def _pasted(text: str) -> tuple[str, PastedArticle]:
    if not text.strip():
        raise EmptyText("The text is empty.")
    return text, extract_article(text)


def _paged(html: str | bytes, url: str | None, charset: str | None) -> tuple[str, PastedArticle]:
    markup = html if isinstance(html, str) else decode(html, charset)
    if not markup.strip():
        raise EmptyText("The page is empty.")
    found = read_page(markup, url)
    source = BETWEEN.join(block.text for block in found.blocks)
    removed = tuple(_removed(found))
    away = {one.span for one in removed}
    paragraphs = tuple(
        Paragraph(block.kind, block.text, span) for block, span in _spans(found.blocks) if span not in away
    )
    if not _is_article(paragraphs):
        raise NoArticleFound(f"The page holds no article: {found.seen or 'only what stands round one'}.")
    return source, PastedArticle(paragraphs, removed, found.title, found.byline, found.date)


def _is_article(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether there are words, and in more than three paragraphs a sentence too: a list of links is no article."""
    shapes = {line.shape for paragraph in paragraphs for line in lines(paragraph.text)}
    few = len(paragraphs) < 4 and any(character.isalpha() for one in paragraphs for character in one.text)  # noqa: PLR2004
    return few or not shapes.isdisjoint({LineKind.PROSE, LineKind.SENTENCE})


def _spans(blocks: Sequence[Block]) -> Iterator[tuple[Block, Span]]:
    start = 0
    for block in blocks:
        yield block, Span(start, start + len(block.text))
        start += len(block.text) + len(BETWEEN)


def _removed(page: Page) -> Iterator[Removed]:
    """Blocks that repeat the headline or one another, or look like what stands round articles."""
    seen = {page.title}
    for block, span in _spans(page.blocks):
        shapes = {line.shape for line in lines(block.text)}
        if block.text in seen:
            yield Removed(block.text, "repeats the headline" if block.text == page.title else "repeated line", span)
        elif shapes <= NOT_OF_PAGES:
            yield Removed(block.text, min(shapes).value, span)
        seen.add(block.text)


def _with_languages(paragraphs: tuple[Paragraph, ...], language: str) -> tuple[Paragraph, ...]:
    """The paragraphs, those in another language marked; of very long articles only the first doubtful ones are."""
    doubtful = (
        place
        for place, paragraph in enumerate(paragraphs)
        if len(paragraph.text) >= OWN_LETTERS
        and (language == UNDETERMINED or not is_written_in(language, paragraph.text))
    )
    marked = list(paragraphs)
    for place in islice(doubtful, DOUBTFUL):
        marked[place] = replace(paragraphs[place], language=_other_language(paragraphs[place].text, language))
    return tuple(marked)


def _other_language(text: str, language: str) -> str | None:
    """The paragraph's language where it plainly is not the article's."""
    found = detect(text)
    differs = primary(found.language) not in (primary(language), UNDETERMINED)
    return found.language if differs and found.confidence >= OWN_CONFIDENCE else None


def _contradiction(language: str | None, found: Detection) -> tuple[Notice, ...]:
    if (
        language is None
        or found.confidence < CONTRADICTED
        or primary(found.language) in (UNDETERMINED, primary(language))
    ):
        return ()
    message = f"You said {language}, but the text reads as {found.language} ({found.confidence:.0%} sure)."
    return (Notice("language_contradicted", message),)
