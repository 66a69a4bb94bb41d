"""Correction notes of an article: what they take back supports nothing."""

from collections.abc import Iterator
from dataclasses import replace

import regex

from summarizer.article import Article, Paragraph, Span
from summarizer.languages import primary
from summarizer.reading import sentences

LABELS = {
    "ar": "تصحيح|تصويب|توضيح",
    "de": "korrektur|berichtigung|richtigstellung|anmerkung der redaktion|korrekturhinweis",
    "en": "corrections?|clarification|editor['’]s note|corrects|erratum|amended",
    "es": "corrección|fe de erratas|fe de errores|rectificación|nota de la redacción",
    "fr": "correction|correctif|rectificatif|erratum|note de la rédaction",
    "hi": "सुधार|भूल सुधार|संशोधन",
    "id": "koreksi|ralat",
    "it": "correzione|errata corrige|rettifica",
    "ja": "訂正|お詫びと訂正",
    "ko": "정정|바로잡습니다",
    "pt": "correção|errata|retificação|nota da redação",
    "ru": "исправление|поправка|уточнение",
    "tr": "düzeltme",
    "uk": "виправлення|уточнення",
    "vi": "đính chính",
    "zh": "更正|勘误|勘誤|订正|訂正",
}
"""Patterns of the label of a correction note, by language. A colon, a dash or the end of the line follows it."""

EARLIER = {
    "ar": "نسخة سابقة",
    "de": "(?:früheren|vorherigen|ersten|ursprünglichen) (?:version|fassung)",
    "en": "(?:earlier|previous|original) version of (?:this|the) (?:article|story|report|text)|an earlier version said"
    "|(?:this|the) (?:article|story) (?:was|has been) (?:amended|corrected)",
    "es": "versión (?:anterior|previa|inicial)",
    "fr": "version (?:précédente|antérieure|initiale)",
    "hi": "(?:पिछले|पहले के) संस्करण",
    "id": "versi (?:sebelumnya|awal)",
    "it": "versione precedente",
    "ja": "(?:以前|当初|最初)の(?:版|記事)|初版",
    "ko": "이전 (?:버전|기사)",
    "pt": "versão (?:anterior|inicial)",
    "ru": "(?:предыдущей|прежней|ранней|первоначальной) версии",
    "tr": "önceki (?:sürüm|versiyon)",
    "uk": "(?:попередній|ранішій|початковій) версії",
    "vi": "phiên bản trước",
    "zh": "(?:早前|此前|先前|之前)(?:的)?版本",
}
"""Patterns that name an earlier version of the article anywhere in a sentence, by language."""


def without_correction_notes(article: Article) -> Article:
    """Returns the article without its correction notes, or the article itself if nothing else is in it.

    After its label, a note extends to the end of the paragraph; without one, it is a sentence that names an earlier
    version of the article.
    """
    paragraphs = tuple(part for paragraph in article.paragraphs for part in _parts(paragraph, article.language))
    return replace(article, paragraphs=paragraphs) if paragraphs else article


def _parts(paragraph: Paragraph, language: str) -> Iterator[Paragraph]:
    """The parts of a paragraph between its notes."""
    start = end = 0
    for sentence in sentences(paragraph.text, paragraph.language or language):
        if _matches(rf"\W*(?:{_pattern(LABELS, language)})\s*(?:[:：.—–-]|$)", sentence.text):
            break
        if _matches(rf".*(?:{_pattern(EARLIER, language)})", sentence.text):
            yield from _part(paragraph, start, end)
            start = sentence.span.end
        end = sentence.span.end
    yield from _part(paragraph, start, end)


def _part(paragraph: Paragraph, start: int, end: int) -> Iterator[Paragraph]:
    text = paragraph.text[start:end]
    if (start, end) == (0, len(paragraph.text)):
        yield paragraph
    elif text.strip():
        start += len(text) - len(text.lstrip())
        first = paragraph.span.start
        yield replace(paragraph, text=text.strip(), span=Span(first + start, first + start + len(text.strip())))


def _pattern(table: dict[str, str], language: str) -> str:
    return table.get(primary(language), "(?!)")


def _matches(pattern: str, text: str) -> bool:
    return bool(regex.match(pattern, text, regex.IGNORECASE | regex.DOTALL))
