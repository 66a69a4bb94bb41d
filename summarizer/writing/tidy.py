"""A model's answer without what it puts round it: quotes, markup, "Here is the summary:"."""

import regex

_CHATTER = regex.compile(
    r"^(?:(?:sure|certainly)[,!.]?\s+)?"
    r"(?:here (?:is|are)|this is|the (?:headline|summary|translation) is)\b[^:\n]{0,80}:\s*",
    regex.IGNORECASE,
)
_LABEL = regex.compile(
    r"^(?:headline|title|summary|translation|body|article|text|titre|résumé|traduction|titel|标题|摘要)\s*[:：]\s*",
    regex.IGNORECASE,
)
_MARKUP = regex.compile(r"(\*\*|__|^#+ |^[-*•] )", regex.MULTILINE)
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "「": "」", "『": "』", "'": "'", "‘": "’"}


def tidy(answer: str) -> str:
    """The answer on one line, without chatter before it, markup in it, or one pair of quotes round all of it."""
    return unquoted(" ".join(_MARKUP.sub("", bare(answer)).split()))


def bare(answer: str) -> str:
    """The answer without chatter or a label before it."""
    return _LABEL.sub("", _CHATTER.sub("", answer.strip()))


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
