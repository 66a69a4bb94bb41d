"""The session of one request: its watch, its clock, and the models that it uses."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from models.card import ModelCard, Task
from models.errors import UnsupportedDirection
from models.model import Model
from models.pool import Pool
from summarizer.article import Article
from summarizer.clock import Clock
from summarizer.editing.fallback import Draft, draft_summary, extractive_draft
from summarizer.editing.headline import draft_headline, extracted_headlines
from summarizer.editing.story import Story
from summarizer.editions import Provenance
from summarizer.errors import CannotSupport, DeadlineExceeded
from summarizer.languages import closest, name
from summarizer.options import Profile, SummaryOptions, TranslationOptions
from summarizer.signature import signature
from summarizer.translating.memory import LayeredMemory, Memory
from summarizer.translating.translate import TranslatedText, translate
from summarizer.watch import Watch
from summarizer.writing.blurb import BlurbLines, blurb_lines

OTHER_TRANSLATIONS = 4
"""Sampled translations of a sentence whose translation the article does not support."""


class Session:
    """Writes drafts and translations for one request.

    `card_for` returns the card for a task; `default_options` the translation options of a language, for calls without
    any; `memory` stores translations beyond the request.
    """

    def __init__(
        self,
        pool: Pool,
        card_for: Callable[[Task], ModelCard],
        watch: Watch,
        default_options: Callable[[str], TranslationOptions] = lambda _target: TranslationOptions(),
        memory: Memory | None = None,
    ) -> None:
        self.watch = watch
        self.clock = Clock()
        self._pool = pool
        self._card_for = card_for
        self._default_options = default_options
        # A sentence that occurs in several formats of an edition is translated once.
        self._memory: Memory = {} if memory is None else LayeredMemory(memory)
        self._cards: dict[Task, ModelCard] = {}

    def draft(
        self, story: Story, options: SummaryOptions, on_sentence: Callable[[str], None], language: str | None = None
    ) -> Draft:
        """Writes a summary in a language, by default the article's; copies it if no model serves that.

        Raises UnsupportedDirection and CannotSupport.
        """
        if not self.serves(story.language):
            return copied_draft(story, options, on_sentence)
        try:
            with self._model("summarise", "writing") as model:
                story_for_card = replace(story, article=_with_card_language(story.article, model.card))
                if options.style == "headline":
                    return draft_headline(model, story_for_card, options, self.watch)
                target = _card_tag(language or story.language, model.card)
                return draft_summary(model, story_for_card, target, options, self.watch, on_sentence=on_sentence)
        except DeadlineExceeded:  # possibly before the model was loaded
            draft = None
            if options.late == "extract" and options.style != "headline":
                draft = extractive_draft(story, language or story.language, options, on_sentence)
            if draft is None:
                raise
            return draft

    def serves(self, language: str) -> bool:
        """Whether the model can write in a language."""
        return closest(language, self._card_for("summarise").languages) is not None

    def writes_directly(self, source: str, target: str) -> bool:
        """Whether the model summarises articles in `source` better directly in `target` than by translation."""
        card = self._card_for("summarise")
        return f"{closest(source, card.languages)}:{closest(target, card.languages)}" in card.direct

    def blurb_lines(self, story: Story, limits: Profile, banned: tuple[str, ...] = ()) -> BlurbLines:
        """Writes lines for notifications in the article's language. Raises UnsupportedDirection."""
        with self._model("summarise", "writing") as model:
            return blurb_lines(model, _with_card_language(story.article, model.card), limits, self.watch, banned)

    def translate(
        self,
        texts: Sequence[str],
        source: str,
        target: str,
        on_text: Callable[[int, str], None] = lambda _index, _text: None,
        options: TranslationOptions | None = None,
        *,
        single_attempt: bool = False,
    ) -> list[TranslatedText]:
        """Translates texts, unless source and target are one language. Raises UnsupportedDirection.

        With `single_attempt`, sentences with issues are not retried: the caller has others to choose from.
        """
        if closest(target, [source]):
            for index, text in enumerate(texts):
                on_text(index, text)
            return [TranslatedText(text) for text in texts]
        with self._model("translate", "translating") as model:
            return translate(
                model,
                texts,
                source=_card_tag(source, model.card),
                target=_card_tag(target, model.card),
                watch=self.watch,
                on_text=on_text,
                options=options or self._default_options(target),
                memory=self._memory,
                single_attempt=single_attempt,
            )

    def other_translations(self, texts: Sequence[str], source: str, target: str) -> list[tuple[str, ...]]:
        """Returns up to OTHER_TRANSLATIONS sampled translations of each text, all without issues."""
        options = replace(self._default_options(target), alternatives=OTHER_TRANSLATIONS)
        return [text.alternatives for text in self.translate(texts, source, target, options=options)]

    def provenance(self, article: str, **options: object) -> Provenance:
        """Returns the provenance of a finished result. `article` is the hash of its input."""
        models = dict.fromkeys(card.id for card in self._cards.values())
        return Provenance(" + ".join(models), signature(self._cards, **options), article, self.clock.timings())

    @contextmanager
    def _model(self, task: Task, step: str) -> Iterator[Model]:
        card = self._cards[task] = self._card_for(task)
        with ExitStack() as stack:
            self.watch.progress("loading")
            with self.clock("loading", model=card.id):
                model = stack.enter_context(self._pool.use(card.id, self.watch.check))
            self.watch.progress(step)
            with self.clock(step, model=card.id):
                yield model


def copied_draft(story: Story, options: SummaryOptions, on_sentence: Callable[[str], None]) -> Draft:
    """Returns a summary or a headline that is copied from the article. Raises CannotSupport."""
    if options.style == "headline":
        draft = Draft(extracted_headlines(story, options)[:1])
    else:
        draft = extractive_draft(story, story.language, options, on_sentence) or Draft(())
    if not draft.sentences:
        raise CannotSupport("No sentence of the article fits the limits.", "Raise `max_words`.")
    return draft


def _with_card_language(article: Article, card: ModelCard) -> Article:
    """The article with its language as a tag of the card."""
    language = _card_tag(article.language, card)
    return replace(article, detection=replace(article.detection, language=language))


def _card_tag(language: str, card: ModelCard) -> str:
    """The card's tag for a language. Raises UnsupportedDirection."""
    if tag := closest(language, card.languages):
        return tag
    languages = ", ".join(card.languages)
    raise UnsupportedDirection(f"{card.id} does not support {name(language)} ({language}). It supports {languages}.")
