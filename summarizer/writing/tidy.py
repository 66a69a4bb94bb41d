"""A model's answer without what it puts round it: quotes, markup, "Here is the summary:"."""

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
_MARKUP = regex.compile(r"(\*\*|__|^#+ |^[-*•] )", regex.MULTILINE)
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "「": "」", "『": "』", "'": "'", "‘": "’"}


def tidy(answer: str) -> str:
    """The answer on one line, without chatter before it, markup in it, or one pair of quotes round all of it."""
    return unquoted(" ".join(_MARKUP.sub("", bare(answer)).split()))


def bare(answer: str) -> str:
    """The answer without chatter or a label before it."""
    return str(_LABEL.sub("", _CHATTER.sub("", answer.strip())))


def answered(answer: str, source: str) -> str:
    """The translation in an answer, on one line: without what was not in the source, be it a label, remark or quote."""
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    while len(lines) > 1 and (_ASIDE.match(lines[0]) or lines[0].endswith(":")) and not source.endswith(":"):
        del lines[0]
    lines = lines[: next((at for at, line in enumerate(lines) if at and _ASIDE.match(line)), len(lines))]
    text = " ".join(" ".join(lines).split())
    if ":" not in source:  # else what looks like the model's label may be the source's own
        text = bare(text)
    if not _REMARK.search(source):
        text = _REMARK.sub("", text)
    if not is_quoted(source):
        text = unquoted(text)
    return text


def unquoted(text: str) -> str:
    """The text without a pair of quotes that encloses the whole of it, and nothing but it."""
    close = _QUOTES.get(text[:1])
    inside = text[1:-1]
    if close and text.endswith(close) and len(text) > 1 and close not in inside and text[0] not in inside:
        return inside.strip()
    return text


def is_quoted(text: str) -> bool:
    """Whether the text begins or ends with a quotation mark."""
    return text[:1] in _QUOTES or text[-1:] in set(_QUOTES.values())
