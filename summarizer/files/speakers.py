"""Speakers in subtitles: which lines of a cue belong together, and the names before them."""

from collections.abc import Iterator, Sequence

import regex

MARKUP = r"<[^<>\n]*>|\{\\[^{}\n]*\}"
"""A tag of WebVTT or SRT, or an override code of Advanced SubStation Alpha, as a pattern."""

_SKIPPED = rf"(?:{MARKUP}|\s)*"
_DASH = regex.compile(rf"{_SKIPPED}[-–—]")
_SPEECH = regex.compile(rf"{_SKIPPED}(?:[-–—]{_SKIPPED}[\p{{Lu}}\p{{Lt}}\p{{Lo}}\p{{Nd}}¿¡\"“«„‘'…\[(♪]|[♪♫])")
_LABEL = regex.compile(
    rf"(?:{MARKUP}|[-–—\s])*\p{{Lu}}[\p{{Lu}}\p{{M}}\p{{Nd}} .'’#&/-]{{1,30}}(?:\([^()\n]*\) ?)?:"
    rf"(?:{MARKUP}|\s)+(?=.*\p{{Ll}})"
)
_NAME = r"\p{Lu}[\p{L}\p{M}.'’-]*"
_NAMED = regex.compile(rf"{_SKIPPED}{_NAME}(?: {_NAME}){{0,2}}: ")
_SOUND = regex.compile(rf"{_SKIPPED}(?:\[[^\[\]]*\]|\([^()]*\)){_SKIPPED}")
_SENTENCE_END = regex.compile(rf"[.!?…。！？\])\"”»♪]{_SKIPPED}\Z")


def label(line: str) -> str:
    """Returns the speaker's name in capitals before a line, up to its text: `ANNA: `; empty if there is none."""
    match = _LABEL.match(line)
    return match[0] if match else ""


def group_by_speaker(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Groups the lines of a cue, given as spans of the text: one group for each speaker, sound and verse of a song."""
    spoken = [text[start:end] for start, end in lines]
    dialogue = all(map(_DASH.match, spoken))
    group: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if group and (dialogue or _starts_turn(spoken[at], spoken[at - 1])):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts_turn(line: str, before: str) -> bool:
    if _SPEECH.match(line) or label(line) or _SOUND.fullmatch(line) or _SOUND.fullmatch(before):
        return True
    return bool(_NAMED.match(line) and _SENTENCE_END.search(before))
