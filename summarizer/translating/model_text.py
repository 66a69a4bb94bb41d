"""A segment as a model is to read it, and its answer read back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from models.protocol import Text
from summarizer.article import Span
from summarizer.translating.casing import is_all_caps, is_title_case, to_sentence_case, to_title_case
from summarizer.translating.glossary import TermUse
from summarizer.translating.segments import Segment
from summarizer.writing.tidy import extract_translation

MAX_INLINE = 80
"""Characters of a part that stays from which the model is shown a code for it: it would lose its way."""

_CODE = regex.compile(r"\[\[?\s*(\d+)\s*\]\]?|【【?\s*(\d+)\s*】】?")


@dataclass(frozen=True, slots=True)
class ModelText:
    """What a model reads of a segment: text in which codes may stand for parts, and what it is told beside it."""

    segment: Segment
    text: str
    codes: tuple[str, ...] = ()
    notes: Text | str = ""

    def read(self, answer: str) -> str:
        """The translation in an answer, without chatter, with the parts that codes stood for."""
        said = extract_translation(answer, self.segment.text)

        def part(match: "regex.Match[str]") -> str:
            at = int(match[1] or match[2])
            return self.codes[at] if at < len(self.codes) else str(match[0])

        return str(_CODE.sub(part, said)) if self.codes else said


def to_model_text(
    segment: Segment, uses: Sequence[TermUse], keep: Sequence[str], *, coded: bool = False, plain: bool = False
) -> ModelText:
    """A segment with its glossary told beside it; headlines in capitals are put in small letters.

    `coded` shows codes for all parts that stay, and the glossary's translations in place of its terms; `plain` puts
    title case in small letters, too.
    """
    codes: list[str] = []
    swaps: list[tuple[Span, str]] = []
    for span, token in zip(segment.kept, segment.tokens, strict=True):
        hidden = len(token) > MAX_INLINE or (coded and "[[" not in segment.text)
        swaps.append((span, f"[[{len(codes)}]]" if hidden else token))
        codes += [token] if hidden else []
    if coded:
        swaps += [(use.span, use.term.target) for use in uses]
    prescribed = [(use.term.source, use.term.target) for use in uses]
    prescribed += [(token, token) for token in segment.tokens if token in keep]
    return ModelText(
        segment, _replace_spans(segment.text, swaps, _casing(segment, plain=plain)), tuple(codes), _notes(prescribed)
    )


def _casing(segment: Segment, *, plain: bool) -> Callable[[str], str]:
    prose = segment.without()
    if is_all_caps(prose):
        return to_title_case
    return to_sentence_case if plain and is_title_case(prose) else str


def _replace_spans(text: str, swaps: Sequence[tuple[Span, str]], change: Callable[[str], str]) -> str:
    """The text with parts swapped for others, and all else changed."""
    pieces, at = [], 0
    for span, other in sorted(swaps, key=lambda swap: swap[0].start):
        pieces += [change(text[at : span.start]), other]
        at = span.end
    return "".join([*pieces, change(text[at:])])


def _notes(prescribed: Sequence[tuple[str, str]]) -> Text | str:
    """What a chat model is told of words; measured on 15 sentences, it kept to 14 told so, and to 12 put in place."""
    if not prescribed:
        return ""
    pairs = (f"“{source}” = “{target}”" for source, target in dict.fromkeys(prescribed))
    return Text(f"Use these translations: {'; '.join(pairs)}. ")
