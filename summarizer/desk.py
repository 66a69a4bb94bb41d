"""The desk: the only place that knows in which order an article is read, written about and checked."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from models.card import ModelCard, Task
from models.files.progress import Progress
from models.loading import open_pool
from models.pool import Pool
from models.settings import ModelSettings
from summarizer.article import Article, digest
from summarizer.article_cache import ArticleCache
from summarizer.editing.blurb import BlurbEditor
from summarizer.editing.check import check_claims
from summarizer.editing.concurrent import run_concurrently, run_each
from summarizer.editing.correction import AffectedFormat, Correction, PublishedEdition, affected_formats
from summarizer.editing.edition import EditionEditor
from summarizer.editing.revision import compare_versions
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.summary import SummaryEditor
from summarizer.editing.translation import SOURCE_LANGUAGE_HINT, source_languages, translate_texts
from summarizer.editions import Blurbs, Checks, Edition, Editions, Summary, Translation, Translations
from summarizer.errors import NotText, TooLong, UnknownLanguage
from summarizer.languages import UNDETERMINED, canonical
from summarizer.options import BlurbOptions, EditionOptions, SummaryOptions, TranslationOptions
from summarizer.reading import read
from summarizer.translating.memory import Memory
from summarizer.watch import Watch


@dataclass(frozen=True, slots=True)
class Source:
    """What a caller sends: exactly one of `text` and `html` (a page that was fetched is `html` with its `url`)."""

    text: str | None = None
    html: str | bytes | None = None
    title: str | None = None
    source_language: str | None = None
    url: str | None = None


class Desk:
    """Articles in, editions out. Its methods block while models write; they are safe to call from many threads.

    Each raises BadInput for what it cannot work on, ModelError when a model cannot be had or does not serve a
    language, and Cancelled or DeadlineExceeded when the watch says so.
    """

    def __init__(
        self,
        pool: Pool | None = None,
        settings: ModelSettings | None = None,
        progress: Progress | None = None,
        memory: Memory | None = None,
    ) -> None:
        """The desk that the settings (by default those of the environment) describe. Loads nothing yet.

        `pool` replaces the models that the settings describe; `progress` hears of models being set up; `memory` keeps
        translated sentences from one request to the next.
        """
        self._settings = settings or ModelSettings()
        self.pool = pool or open_pool(self._settings, progress)
        self._articles = ArticleCache()
        self._memory = memory

    def close(self) -> None:
        """Gives the models' memory back."""
        self.pool.close()

    def model_for(self, task: Task, asked: str | None = None) -> ModelCard:
        """The card that does a task: the one asked for, or the settings'. Raises UnknownModel."""
        chosen = self._settings.translation_model if task == "translate" else self._settings.summary_model
        return self.pool.catalogue[asked or chosen or self._settings.model]

    def defaults(self) -> list[ModelCard]:
        """The cards that work is done with when a request names none, each once. Raises UnknownModel."""
        cards = [self.model_for("summarise"), self.model_for("translate")]
        return list({card.id: card for card in cards}.values())

    def warm(self, card: ModelCard) -> None:
        """Loads a model and has it write a little, so that the first caller does not wait for memory to be touched."""
        with self.pool.use(card.id) as model:
            language = next(iter(card.languages))
            task = card.tasks[0]
            target = next((tag for tag in card.languages if card.serves(language, tag)), None)
            prompt = model.prompt(task, "Lede.", source=language, target=target, sentences=1, words=5, characters=20)
            model.generate([prompt], card.decoding(task).replace(max_tokens=2))

    def read(self, source: Source | str) -> Article:
        """The article in what was sent, or in a text."""
        source = source if isinstance(source, Source) else Source(text=source)
        self._check(source.text or "")  # a page is bounded by the reader, since its markup outweighs its text
        return read(
            text=source.text,
            html=source.html,
            title=source.title,
            source_language=source.source_language,
            url=source.url,
        )

    def summarise(
        self,
        source: Source | str,
        options: SummaryOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Summary:
        """A summary of an article. Deltas are its sentences, in order and final.

        `language` is short for options that say no more.
        """
        work = self._work(model, watch)
        options = options or SummaryOptions(language)
        return SummaryEditor(work, self._story(source, work), options).summary(options.target_language)

    def editions(
        self,
        source: Source | str,
        options: EditionOptions,
        *,
        model: str | None = None,
        watch: Watch | None = None,
        on_edition: Callable[[Edition], None] = lambda _edition: None,
    ) -> Editions:
        """An article in every language and format wanted: read once, written once, and put into each language.

        `on_edition` hears each language's as soon as it is whole. A format that cannot be made in a language is a
        failure of that edition, and no other's.
        """
        work = self._work(model, watch, options)
        story = self._story(source, work)
        editor = EditionEditor(work, story, options, lambda target: _translate_article(work, story, target))
        telling, told = threading.Lock(), count(1)

        def make(target: str) -> Edition:
            edition = editor.edition(target)
            with telling:
                on_edition(edition)
                work.watch.progress("editions", next(told), len(options.targets))
            return edition

        work.watch.progress("editions", 0, len(options.targets))
        done = run_concurrently(options.targets, make, work.watch)
        return Editions(
            story.language, tuple(done), work.provenance(story.article.digest, task="editions", options=options)
        )

    def correct(
        self,
        old: Source | str,
        new: Source | str,
        options: EditionOptions,
        given: Sequence[PublishedEdition] = (),
        *,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Correction:
        """What changed between two versions of an article, and the given editions that it touches, written again.

        `old` is the article, or the hash that an answer named it by. Raises UnknownArticle.
        """
        work = self._work(model, watch, options)
        before = self.read(old) if isinstance(old, Source) else self._articles[old]
        story = self._story(new, work)
        changes = compare_versions(before, story.article)
        hit = tuple(affected_formats(given, before, story, changes))
        editor = EditionEditor(work, story, options, lambda target: _translate_article(work, story, target))
        formats = {target: {one.format for one in hit if one.target_language == target} for target in _languages(hit)}
        done = tuple(
            run_concurrently(list(formats), lambda target: editor.edition(target, formats[target]), work.watch)
        )
        made = work.provenance(story.article.digest, task="correction", options=options)
        return Correction(story.language, changes, hit, done, made)

    def check(
        self,
        source: Source | str,
        claims: Sequence[str] | str,
        *,
        language: str | None = None,
        watch: Watch | None = None,
    ) -> Checks:
        """Texts in `language` (told from each by default) against an article, sentence by sentence. Loads no model."""
        work = self._work(None, watch)
        for claim in _as_list(claims):
            self._check(claim)
        story = self._story(source, work)
        found = []
        with work.clock("checking"):
            for checked in check_claims(story, _as_list(claims), language):
                work.watch.check()
                found.append(checked)
        made = work.provenance(story.article.digest, task="check")
        return Checks(story.language, tuple(found), story.article.warnings, made)

    def translate(
        self,
        texts: Sequence[str] | str,
        target_languages: Sequence[str] | str,
        *,
        options: TranslationOptions | None = None,
        source_language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Translations:
        """Each text in each language, paragraphs and markup kept; a text's own language is told item by item.

        Deltas carry `target_language` and `index`.
        """
        work = self._work(model, watch)
        texts, target_languages = _as_list(texts), _as_list(target_languages)
        options = options or TranslationOptions()
        for text in texts:
            self._check(text)
        targets = tuple(dict.fromkeys(canonical(target) for target in target_languages))
        with work.clock("reading"):
            sources = source_languages(texts, source_language, options)
        done = tuple(translate_texts(work, texts, sources, target, options) for target in targets)
        provenance = work.provenance(digest(*texts), task="translation", target_languages=targets, options=options)
        return Translations(tuple(sources), done, provenance)

    def blurb(
        self,
        source: Source | str,
        options: BlurbOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Blurbs:
        """Notifications about an article, one a language. Raises CannotFit where nothing fits in any of them.

        `language` is short for options that say no more; without either, it is the article's.
        """
        work = self._work(model, watch)
        story = self._story(source, work)
        options = options or BlurbOptions((language or story.language,))
        editor = BlurbEditor(work, story, options)
        done, failures = run_each(options.target_languages, editor.blurb, work.watch)
        return Blurbs(
            story.language, done, failures, work.provenance(story.article.digest, task="blurb", options=options)
        )

    def _work(self, model: str | None, watch: Watch | None, options: EditionOptions | None = None) -> Session:
        terms = options or EditionOptions(())
        return Session(self.pool, lambda task: self.model_for(task, model), watch or Watch(), terms.terms, self._memory)

    def _story(self, source: Source | str, work: Session) -> Story:
        work.watch.progress("reading")
        with work.clock("reading"):
            article = self.read(source)
        if article.language == UNDETERMINED:
            raise UnknownLanguage("The article's language could not be told.", SOURCE_LANGUAGE_HINT)
        for notice in article.warnings:
            work.watch.warning(notice)
        self._articles.put(article)
        with work.clock("checking"):
            return Story.of(article)

    def _check(self, content: str | bytes) -> None:
        limit = self._settings.max_characters
        if len(content) > limit:
            raise TooLong(f"The text has {len(content):,} characters; this desk takes {limit:,}.")
        if isinstance(content, str) and "\0" in content:
            raise NotText("The text holds zero bytes: it is a binary file.")


def _translate_article(work: Session, story: Story, target: str) -> Translation:
    """An article's title, if it has one, and its text in another language."""
    texts = [*filter(None, [story.article.title]), story.article.text]
    return translate_texts(work, texts, [story.language] * len(texts), target)


def _languages(hit: Sequence[AffectedFormat]) -> dict[str, None]:
    return dict.fromkeys(one.target_language for one in hit)


def _as_list(given: Sequence[str] | str) -> Sequence[str]:
    return [given] if isinstance(given, str) else given
