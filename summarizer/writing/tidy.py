"""Removes what models add around an answer: quotation marks, markup, "Here is the summary:"."""

import regex

_CHATTER = regex.compile(
    r"^(?:(?:sure|certainly|of course)[,!.]?\s+)?"
    r"(?:here (?:is|are|'s)|this is|the (?:headline|summary|translation) is|the translation of|"
    r"voici|hier ist|aquí está|aqui está|ecco|вот|以下是|翻译如下|这是|إليك)[^:：\n]{0,80}[:：]\s*",
    regex.IGNORECASE,
)
_LABEL = regex.compile(
    r"^(?:headline|title|summary|translation|body|article|text|titre|résumé|traduction|traducción|tradução|traduzione|übersetzung|titel|перевод|翻译|译文|标题|摘要|الترجمة)\s*[:：]\s*",
    regex.IGNORECASE,
)
_REMARK = regex.compile(
    r"\s*[(\[（【]\s*(?:note|n\.\s?b\.|translator|translation|remarque|nota|anmerkung|hinweis|примечание|注|译注|译者注|訳注)\b[^()\[\]（）【】]*"
    r"[)\]）】]\s*$",
    regex.IGNORECASE,
)
_ASIDE = regex.compile(
    r"^(?:note|n\.\s?b\.|explanation|please note|i hope|let me know|the translation|this translation)\b|"
    r"^(?:translate the following|use these translations|output only)\b",
    regex.IGNORECASE,
)
_HEADING = regex.compile(
    r"^\W*(?:\p{L}+\s){0,2}(?:translation|traduction|traducción|tradução|traduzione|übersetzung|перевод|переклад)\b[^.!?]{0,25}$",
    regex.IGNORECASE,
)
_COUNT = regex.compile(r"\s*[(（]\d+ (?:characters|words)[)）]\s*$")
_MARKUP = regex.compile(r"(\*\*|__|^#+ |^[-*•] )", regex.MULTILINE)
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "「": "」", "『": "』", "'": "'", "‘": "’"}


def tidy(answer: str) -> str:
    """Returns the answer on one line, without preamble, markup, or enclosing quotation marks."""
    return unquoted(" ".join(_MARKUP.sub("", _COUNT.sub("", without_preamble(answer))).split()))


def without_preamble(answer: str) -> str:
    """Returns the answer without a preamble or label before it."""
    return str(_LABEL.sub("", _CHATTER.sub("", answer.strip())))


def extract_translation(answer: str, source: str) -> str:
    """Returns the translation in an answer, on one line, without labels, remarks or quotes that the source lacks."""
    text = " ".join(" ".join(_lines(answer, source)).split())
    if ":" not in source:  # otherwise an apparent label may come from the source
        text = without_preamble(text)
    if not _REMARK.search(source):
        text = _REMARK.sub("", text)
    if not is_quoted(source):
        text = unquoted(text)
    return text


def _lines(answer: str, source: str) -> list[str]:
    """The lines of an answer that are the translation."""
    patterns = [_ASIDE] if "\n" in source else [_ASIDE, _HEADING]  # a one-line source has no heading
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    aside = [any(pattern.match(line) for pattern in patterns) for line in lines]
    first = 0
    while first + 1 < len(lines) and (aside[first] or lines[first].endswith(":")) and not source.endswith(":"):
        first += 1
    last = next((at for at in range(first + 1, len(lines)) if aside[at]), len(lines))
    return lines[first:last]


def unquoted(text: str) -> str:
    """Returns the text without a pair of quotation marks that encloses all of it."""
    close = _QUOTES.get(text[:1])
    inside = text[1:-1]
    if close and text.endswith(close) and len(text) > 1 and close not in inside and text[0] not in inside:
        return inside.strip()
    return text


def is_quoted(text: str) -> bool:
    """Whether the text begins or ends with a quotation mark."""
    return text[:1] in _QUOTES or text[-1:] in set(_QUOTES.values())
