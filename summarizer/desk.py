"""The desk: reads articles, writes about them, and checks the results."""

import threading
from collections import defaultdict
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
from summarizer.editing.correction import Correction, PublishedEdition, affected_formats
from summarizer.editing.edition import EditionEditor
from summarizer.editing.revision import compare_versions
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.summary import SummaryEditor
from summarizer.editing.translation import SOURCE_LANGUAGE_HINT, source_languages, translate_texts
from summarizer.editions import Blurbs, Checks, Edition, Editions, Summary, Translation, Translations
from summarizer.errors import NotText, TooLong, UnknownLanguage
from summarizer.languages import UNDETERMINED, canonical
from summarizer.options import BlurbOptions, EditionOptions, Format, SummaryOptions, TranslationOptions
from summarizer.reading import read
from summarizer.surrogates import check_text
from summarizer.translating.memory import Memory
from summarizer.watch import Watch


@dataclass(frozen=True, slots=True)
class Source:
    """The input: exactly one of `text` and `html`; a fetched page is `html` with its `url`.

    A `fragment` is `html` that is all article, like an entry of a feed; other `html` is a page.
    """

    text: str | None = None
    html: str | bytes | None = None
    title: str | None = None
    source_language: str | None = None
    url: str | None = None
    fragment: bool = False


class Desk:
    """Summarises, translates and checks articles. The methods block, and are safe to call from many threads.

    Each raises BadInput for input that it cannot process, ModelError if a model is not available or does not support a
    language, and Cancelled or DeadlineExceeded if the watch says so.
    """

    def __init__(
        self,
        pool: Pool | None = None,
        settings: ModelSettings | None = None,
        progress: Progress | None = None,
        memory: Memory | None = None,
    ) -> None:
        """Creates a desk from settings, by default those of the environment. Loads no model yet.

        `pool` replaces the models of the settings; `progress` receives the progress of downloading and loading models;
        `memory` stores translated sentences between requests.
        """
        self._settings = settings or ModelSettings()
        self.pool = pool or open_pool(self._settings, progress)
        self._articles = ArticleCache()
        self._memory = memory

    def close(self) -> None:
        """Unloads the models."""
        self.pool.close()

    def model_for(self, task: Task, model: str | None = None) -> ModelCard:
        """Returns the card for a task: the requested model's, or the settings'. Raises UnknownModel."""
        default = self._settings.translation_model if task == "translate" else self._settings.summary_model
        return self.pool.catalogue[model or default or self._settings.model]

    def defaults(self) -> list[ModelCard]:
        """Returns the distinct cards that are used by default. Raises UnknownModel."""
        cards = [self.model_for("summarise"), self.model_for("translate")]
        return list({card.id: card for card in cards}.values())

    def warm(self, card: ModelCard) -> None:
        """Loads a model and generates a few tokens, so that the first request does not wait for page faults."""
        with self.pool.use(card.id) as model:
            language = next(iter(card.languages))
            task = card.tasks[0]
            target = next((tag for tag in card.languages if card.serves(language, tag)), None)
            prompt = model.prompt(task, "Lede.", source=language, target=target, sentences=1, words=5, characters=20)
            model.generate([prompt], card.decoding(task).replace(max_tokens=2))

    def read(self, source: Source | str) -> Article:
        """Reads the article in a source or a text."""
        source = source if isinstance(source, Source) else Source(text=source)
        self._check_text(source.text or "")  # the reader limits pages, whose markup is longer than their text
        return read(
            text=source.text,
            html=source.html,
            title=source.title,
            source_language=source.source_language,
            url=source.url,
            fragment=source.fragment,
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
        """Summarises an article. The watch's deltas are the final sentences, in order.

        `language` is short for `SummaryOptions(language)`.
        """
        session = self._session(model, watch)
        options = options or SummaryOptions(language)
        return SummaryEditor(session, self._story(source, session), options).summary(options.target_language)

    def editions(
        self,
        source: Source | str,
        options: EditionOptions,
        *,
        model: str | None = None,
        watch: Watch | None = None,
        on_edition: Callable[[Edition], None] = lambda _edition: None,
    ) -> Editions:
        """Writes an article's editions in every requested language and format.

        The article is read and summarised once. `on_edition` receives each edition as soon as it is complete. A format
        that fails in a language is a failure of that edition only.
        """
        session = self._session(model, watch, options)
        story = self._story(source, session)
        editor = EditionEditor(session, story, options, lambda target: _translate_article(session, story, target))
        reporting, completed = threading.Lock(), count(1)

        def write(target: str) -> Edition:
            edition = editor.edition(target)
            with reporting:
                on_edition(edition)
                session.watch.progress("editions", next(completed), len(options.targets))
            return edition

        session.watch.progress("editions", 0, len(options.targets))
        editions = tuple(run_concurrently(options.targets, write, session.watch))
        provenance = session.provenance(story.article.digest, task="editions", options=options)
        return Editions(story.language, editions, provenance)

    def correct(
        self,
        old: Source | str,
        new: Source | str,
        options: EditionOptions,
        published: Sequence[PublishedEdition] = (),
        *,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Correction:
        """Compares two versions of an article, and rewrites the published editions that the changes affect.

        `old` is the article, or the hash of an article that this desk has read. Raises UnknownArticle.
        """
        session = self._session(model, watch, options)
        before = self.read(old) if isinstance(old, Source) else self._articles[old]
        story = self._story(new, session)
        changes = compare_versions(before, story.article)
        affected = tuple(affected_formats(published, before, story, changes))
        formats: dict[str, set[Format]] = defaultdict(set)
        for one in affected:
            formats[one.target_language].add(one.format)
        editor = EditionEditor(session, story, options, lambda target: _translate_article(session, story, target))
        editions = run_concurrently(
            list(formats), lambda target: editor.edition(target, formats[target]), session.watch
        )
        provenance = session.provenance(story.article.digest, task="correction", options=options)
        return Correction(story.language, changes, affected, tuple(editions), provenance)

    def check(
        self,
        source: Source | str,
        claims: Sequence[str] | str,
        *,
        language: str | None = None,
        watch: Watch | None = None,
    ) -> Checks:
        """Checks texts against an article, sentence by sentence, without a model.

        `language` is the texts'; by default it is detected for each.
        """
        session = self._session(None, watch)
        for claim in _as_list(claims):
            self._check_text(claim)
        story = self._story(source, session)
        sentences = []
        with session.clock("checking"):
            for sentence in check_claims(story, _as_list(claims), language):
                session.watch.check()
                sentences.append(sentence)
        provenance = session.provenance(story.article.digest, task="check")
        return Checks(story.language, tuple(sentences), story.article.warnings, provenance)

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
        """Translates texts into each language, preserving paragraphs and markup.

        By default, each text's language is detected. The watch's deltas have `target_language` and `index`.
        """
        session = self._session(model, watch)
        texts, target_languages = _as_list(texts), _as_list(target_languages)
        options = options or TranslationOptions()
        for text in texts:
            self._check_text(text)
        targets = tuple(dict.fromkeys(canonical(target) for target in target_languages))
        with session.clock("reading"):
            sources = source_languages(texts, source_language, options)
        translations = tuple(translate_texts(session, texts, sources, target, options) for target in targets)
        provenance = session.provenance(digest(*texts), task="translation", target_languages=targets, options=options)
        return Translations(tuple(sources), translations, provenance)

    def blurb(
        self,
        source: Source | str,
        options: BlurbOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Blurbs:
        """Writes notifications about an article, one per language. Raises CannotFit if nothing fits in any of them.

        `language` is short for `BlurbOptions((language,))`; by default it is the article's.
        """
        session = self._session(model, watch)
        story = self._story(source, session)
        options = options or BlurbOptions((language or story.language,))
        editor = BlurbEditor(session, story, options)
        blurbs, failures = run_each(options.target_languages, editor.blurb, session.watch)
        provenance = session.provenance(story.article.digest, task="blurb", options=options)
        return Blurbs(story.language, blurbs, failures, provenance)

    def _session(self, model: str | None, watch: Watch | None, options: EditionOptions | None = None) -> Session:
        terms = options or EditionOptions(())
        return Session(self.pool, lambda task: self.model_for(task, model), watch or Watch(), terms.terms, self._memory)

    def _story(self, source: Source | str, session: Session) -> Story:
        session.watch.progress("reading")
        with session.clock("reading"):
            article = self.read(source)
        if article.language == UNDETERMINED:
            raise UnknownLanguage("The article's language could not be detected.", SOURCE_LANGUAGE_HINT)
        for notice in article.warnings:
            session.watch.warning(notice)
        self._articles.put(article)
        with session.clock("checking"):
            return Story.of(article)

    def _check_text(self, text: str) -> None:
        limit = self._settings.max_characters
        if len(text) > limit:
            raise TooLong(f"The text has {len(text):,} characters; the limit is {limit:,}.")
        if "\0" in text:
            raise NotText("The text contains zero bytes: it is a binary file.")
        check_text(text)


def _translate_article(session: Session, story: Story, target: str) -> Translation:
    """Translates an article's title, if it has one, and its text."""
    texts = [*filter(None, [story.article.title]), story.article.text]
    return translate_texts(session, texts, [story.language] * len(texts), target)


def _as_list(texts: Sequence[str] | str) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts
