"""A summary in the language asked for."""

from dataclasses import replace

from summarizer.article import Notice
from summarizer.checking.facts import compare
from summarizer.checking.findings import FindingKind
from summarizer.checking.measure import words
from summarizer.editing.ladder import Draft
from summarizer.editing.pick import Claim
from summarizer.editing.story import Story
from summarizer.editions import Summary, Written
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import canonical, closest, is_spaced
from summarizer.options import Style, SummaryOptions
from summarizer.work import Work
from summarizer.writing.translate import Translated

ROOMS = (1.0, 0.6, 0.35)
"""Parts of the word limit that the article's own language is given: a translation may be longer than its source."""


def summary(work: Work, story: Story, options: SummaryOptions) -> Summary:
    """The summary of a story. Raises CannotSupport and CannotFit."""
    target = canonical(options.target_language or story.language)
    if closest(target, [story.language]):
        draft = work.draft(story, options, work.watch.delta)
        return _made(work, story, options, draft, [_written(claim) for claim in draft.claims])
    for room in ROOMS:
        draft = work.draft(story, replace(options, max_words=max(int(options.words * room), 5)), lambda _text: None)
        sentences = _translated(work, story, draft, target)
        fitting = _fitting(sentences, target, options.words)
        if fitting:
            for sentence in fitting:
                work.watch.delta(sentence.text)
            return _made(work, story, options, draft, fitting)
        if not sentences:
            raise CannotSupport(f"No sentence could be written in {target} that keeps to the article.")
    raise CannotFit(f"No summary in {target} fits {options.words} words.", "Raise `max_words`.")


def _translated(work: Work, story: Story, draft: Draft, target: str) -> list[Written]:
    """The draft in another language, without the sentences whose numbers changed on the way."""
    said = work.translated([claim.text for claim in draft.claims], story.language, target)
    return [
        _written(claim, text)
        for claim, text in zip(draft.claims, said, strict=True)
        if not numbers_differ(claim.text, story.language, text.text, target)
    ]


def numbers_differ(original: str, source: str, text: str, target: str) -> bool:
    """Whether a translation's numbers are other than its original's."""
    return any(finding.kind == FindingKind.NUMBER for finding in compare(original, source, text, target))


def _written(claim: Claim, translated: Translated | None = None) -> Written:
    checked = claim.verdict.checked
    return Written(
        translated.text if translated else claim.text,
        checked.evidence,
        translated.warnings if translated else (),
        checked.support,
        checked.findings,
        claim.rung,
    )


def _fitting(sentences: list[Written], language: str, most: int) -> list[Written]:
    """The first sentences that have at most so many words together."""
    fitting: list[Written] = []
    for sentence in sentences:
        if words(" ".join(one.text for one in [*fitting, sentence]), language) > most:
            break
        fitting.append(sentence)
    return fitting


def _made(work: Work, story: Story, options: SummaryOptions, draft: Draft, sentences: list[Written]) -> Summary:
    target = canonical(options.target_language or story.language)
    return Summary(
        _laid_out(sentences, target, options.style),
        story.language,
        target,
        tuple(sentences),
        (*story.article.warnings, *_told(draft, sentences)),
        work.colophon(story.article.digest, task="summary", options=options),
    )


def _told(draft: Draft, sentences: list[Written]) -> list[Notice]:
    """What the caller should know of how the sentences were come by."""
    notices = []
    if any(sentence.rung == "extracted" for sentence in sentences):
        notices.append(Notice("extracted", "Nothing the model wrote held: these are the article's own sentences."))
    if draft.left_out:
        reasons = dict.fromkeys(reason for claim in draft.left_out for reason in claim.verdict.reasons)
        notices.append(Notice("left_out", f"Sentences that did not hold were left out. {' '.join(reasons)}"))
    if len(sentences) < len(draft.claims):
        notices.append(Notice("shortened", "Not all sentences could be translated within the limits and truly."))
    return notices


def _laid_out(sentences: list[Written], language: str, style: Style) -> str:
    if style == "bullets":
        return "\n".join(f"• {sentence.text}" for sentence in sentences)
    return (" " if is_spaced(language) else "").join(sentence.text for sentence in sentences)
