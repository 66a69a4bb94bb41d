"""Reads text or HTML into an Article."""

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
from summarizer.reading.paste import ALWAYS, PastedArticle, extract_article
from summarizer.reading.worker import read_page

BETWEEN = "\n\n"
"""The separator of the paragraphs of a page in `Article.source`."""

PAGE_ELEMENTS = frozenset(
    {LineKind.INTERFACE, LineKind.CONTROL, LineKind.LEAD, LineKind.OVER, LineKind.CAPTION, LineKind.NOTICE}
)
"""Kinds of lines that extraction may leave in but that no article contains."""

OTHER_LANGUAGE_CHARACTERS, OTHER_LANGUAGE_CONFIDENCE = 60, 0.9
"""The characters and the confidence from which a paragraph is reported to be in another language than the article."""

MAX_DETECTIONS = 300
"""The number of paragraphs, at most, whose language is detected."""

CONTRADICTION_CONFIDENCE = 0.9
"""The confidence from which the detected language contradicts the caller's `source_language`."""


def read(
    *,
    text: str | None = None,
    html: str | bytes | None = None,
    title: str | None = None,
    source_language: str | None = None,
    url: str | None = None,
    charset: str | None = None,
    fragment: bool = False,
) -> Article:
    """Returns the article in `text` or `html`; `title` and `source_language` override what is extracted or detected.

    `url` is the address of a page, and `charset` the one that its server declared. A `fragment` is `html` that is all
    article, like an entry of a feed. Reading `html` takes at most 8 seconds, in a separate process.

    Raises BadInput unless exactly one of `text` and `html` is set, EmptyText, NotText for bytes in no known charset,
    TooLong, TooComplex and NoArticleFound for pages, and UnknownLanguage for an invalid `source_language`.
    """
    if (text is None) == (html is None):
        raise BadInput("An article needs exactly one of `text` and `html`.", "Send one of them.")
    language = canonical(source_language) if source_language else None
    source, extracted = (
        _read_text(text) if text is not None else _read_html(html or "", url, charset, fragment=fragment)
    )
    detected = detect("\n".join(paragraph.text for paragraph in extracted.paragraphs))
    detection = Detection(language, 1.0, detected.candidates) if language else detected
    return Article(
        source=source,
        paragraphs=_with_languages(extracted.paragraphs, detection.language),
        detection=detection,
        title=title or extracted.title,
        byline=extracted.byline,
        date=extracted.date,
        url=url,
        removed=extracted.removed,
        warnings=_contradiction(language, detected),
    )


def _read_text(text: str) -> tuple[str, PastedArticle]:
    if not text.strip():
        raise EmptyText("The text is empty.")
    return text, extract_article(text)


def _read_html(html: str | bytes, url: str | None, charset: str | None, *, fragment: bool) -> tuple[str, PastedArticle]:
    markup = html if isinstance(html, str) else decode(html, charset)
    if not markup.strip():
        raise EmptyText("The page is empty.")
    page = read_page(markup, url, fragment=fragment)
    source = BETWEEN.join(block.text for block in page.blocks)
    removed = tuple(_removed(page, ALWAYS if fragment else PAGE_ELEMENTS))
    removed_spans = {one.span for one in removed}
    paragraphs = tuple(
        Paragraph(block.kind, block.text, span) for block, span in _spans(page.blocks) if span not in removed_spans
    )
    if fragment and not paragraphs:
        raise EmptyText("The text is empty.")
    if not fragment and not _is_article(paragraphs):
        raise NoArticleFound(f"The page contains no article: {page.statistics or 'only page elements'}.")
    return source, PastedArticle(paragraphs, removed, page.title, page.byline, page.date)


def _is_article(paragraphs: Sequence[Paragraph]) -> bool:
    """Up to three paragraphs need only words; more need a sentence too, since a list of links is not an article."""
    kinds = {line.kind for paragraph in paragraphs for line in lines(paragraph.text)}
    few = len(paragraphs) < 4 and any(character.isalpha() for one in paragraphs for character in one.text)  # noqa: PLR2004
    return few or not kinds.isdisjoint({LineKind.PROSE, LineKind.SENTENCE})


def _spans(blocks: Sequence[Block]) -> Iterator[tuple[Block, Span]]:
    start = 0
    for block in blocks:
        yield block, Span(start, start + len(block.text))
        start += len(block.text) + len(BETWEEN)


def _removed(page: Page, page_elements: frozenset[LineKind]) -> Iterator[Removed]:
    """Blocks outside the article, and those inside that are page elements or repeat the headline or another block."""
    previous: set[str] = set()
    for block, span in _spans(page.blocks):
        if reason := _reason(block, page.title, previous, page_elements):
            yield Removed(block.text, reason, span)
        else:
            previous.add(block.text)


def _reason(block: Block, title: str | None, previous: set[str], page_elements: frozenset[LineKind]) -> str:
    """Why a block is removed; empty if it is not. Rows of a table and of documents may be equal."""
    if block.text == title:
        return "repeated headline"
    if block.reason:
        return block.reason
    kinds = {line.kind for line in lines(block.text)}
    if kinds <= page_elements:
        return min(kinds).value
    is_repeated = block.text in previous and "\t" not in block.text and page_elements is PAGE_ELEMENTS
    return "repeated line" if is_repeated else ""


def _with_languages(paragraphs: tuple[Paragraph, ...], language: str) -> tuple[Paragraph, ...]:
    """The paragraphs, with `language` set on those in another language; at most MAX_DETECTIONS are checked."""
    uncertain = (
        place
        for place, paragraph in enumerate(paragraphs)
        if len(paragraph.text) >= OTHER_LANGUAGE_CHARACTERS
        and (language == UNDETERMINED or not is_written_in(language, paragraph.text))
    )
    labelled = list(paragraphs)
    for place in islice(uncertain, MAX_DETECTIONS):
        labelled[place] = replace(paragraphs[place], language=_other_language(paragraphs[place].text, language))
    return tuple(labelled)


def _other_language(text: str, language: str) -> str | None:
    """The language of the paragraph if it is clearly not that of the article, else None."""
    detected = detect(text)
    differs = primary(detected.language) not in (primary(language), UNDETERMINED)
    return detected.language if differs and detected.confidence >= OTHER_LANGUAGE_CONFIDENCE else None


def _contradiction(language: str | None, detected: Detection) -> tuple[Notice, ...]:
    if (
        language is None
        or detected.confidence < CONTRADICTION_CONFIDENCE
        or primary(detected.language) in (UNDETERMINED, primary(language))
    ):
        return ()
    confidence = f"confidence {detected.confidence:.0%}"
    message = f"`source_language` is {language}, but the text appears to be in {detected.language} ({confidence})."
    return (Notice("language_contradicted", message),)
