"""The text of a segment as it is sent to a model, and the translation extracted from the model's answer."""

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
"""Maximum characters of a placeholder that is sent as it is; models garble longer ones, so a code replaces them."""

_CODE = regex.compile(r"\[\[?\s*(\d+)\s*\]\]?|【【?\s*(\d+)\s*】】?")


@dataclass(frozen=True, slots=True)
class ModelText:
    """A segment's text for a model. Codes such as `[[0]]` may replace parts of it; `notes` hold glossary terms."""

    segment: Segment
    text: str
    codes: tuple[str, ...] = ()
    notes: Text | str = ""

    def restore(self, answer: str) -> str:
        """Returns the translation in a model's answer, with codes replaced by what they stand for."""
        translation = extract_translation(answer, self.segment.text)

        def original(match: "regex.Match[str]") -> str:
            index = int(match[1] or match[2])
            return self.codes[index] if index < len(self.codes) else str(match[0])

        return str(_CODE.sub(original, translation)) if self.codes else translation


def to_model_text(
    segment: Segment,
    uses: Sequence[TermUse],
    keep: Sequence[str],
    hints: str = "",
    *,
    coded: bool = False,
    sentence_case: bool = False,
) -> ModelText:
    """Returns a segment's text for a model, its glossary terms and `hints` in the notes, capitals in title case.

    `coded` replaces all placeholders by codes and glossary terms by their translations; `sentence_case` also converts
    title case to sentence case.
    """
    codes: list[str] = []
    replacements: list[tuple[Span, str]] = []
    for span, placeholder in zip(segment.placeholders, segment.placeholder_texts, strict=True):
        is_coded = len(placeholder) > MAX_INLINE or (coded and "[[" not in segment.text)
        replacements.append((span, f"[[{len(codes)}]]" if is_coded else placeholder))
        codes += [placeholder] if is_coded else []
    if coded:
        replacements += [(use.span, use.term.target) for use in uses]
    terms = [(use.term.source, use.term.target) for use in uses]
    terms += [(placeholder, placeholder) for placeholder in segment.placeholder_texts if placeholder in keep]
    conversion = _case_conversion(segment, sentence_case=sentence_case)
    text = _replace_spans(segment.text, replacements, conversion)
    return ModelText(segment, text, tuple(codes), _notes(terms, hints))


def _case_conversion(segment: Segment, *, sentence_case: bool) -> Callable[[str], str]:
    prose = segment.without_placeholders()
    if is_all_caps(prose):
        return to_title_case
    return to_sentence_case if sentence_case and is_title_case(prose) else str


def _replace_spans(text: str, replacements: Sequence[tuple[Span, str]], convert: Callable[[str], str]) -> str:
    """Replaces spans of a text, and converts the case of everything between them."""
    pieces, at = [], 0
    for span, replacement in sorted(replacements, key=lambda pair: pair[0].start):
        pieces += [convert(text[at : span.start]), replacement]
        at = span.end
    return "".join([*pieces, convert(text[at:])])


def _notes(terms: Sequence[tuple[str, str]], hints: str) -> Text | str:
    """The prompt's glossary. Of 15 terms measured, a chat model used 14 from notes, and 12 inserted into the text."""
    if not terms:
        return Text(hints) if hints else ""
    pairs = (f"“{source}” = “{target}”" for source, target in dict.fromkeys(terms))
    return Text(f"Use these translations: {'; '.join(pairs)}. {hints}")
