"""Translations of texts that may be in different source languages."""

from collections.abc import Sequence

from summarizer.editing.session import Session
from summarizer.editions import Translation
from summarizer.errors import EmptyText, UnknownLanguage
from summarizer.languages import UNDETERMINED, canonical
from summarizer.options import TranslationOptions
from summarizer.reading import detect
from summarizer.translating.formats import parse
from summarizer.translating.passages import plain_text
from summarizer.translating.translate import TranslatedText

SOURCE_LANGUAGE_HINT = "Give it as `source_language`, e.g. `en`."


def source_languages(texts: Sequence[str], stated: str | None, options: TranslationOptions) -> list[str]:
    """Returns each text's language; a text that is too short to detect gets the language of all texts together.

    Raises EmptyText and UnknownLanguage.
    """
    if not any(text.strip() for text in texts):
        raise EmptyText("There is nothing to translate.")
    if stated:
        return [canonical(stated)] * len(texts)
    prose = [plain_text(parse(text, options.format)) for text in texts]
    languages = [detect(text).language for text in prose]
    if UNDETERMINED not in languages:
        return languages
    common = detect("\n".join(prose)).language
    if {common, *languages} == {UNDETERMINED} and any(char.isalpha() for text in prose for char in text):
        raise UnknownLanguage("The text's language could not be detected.", SOURCE_LANGUAGE_HINT)
    return [common if language == UNDETERMINED else language for language in languages]


def translate_texts(
    session: Session,
    texts: Sequence[str],
    sources: Sequence[str],
    target: str,
    options: TranslationOptions | None = None,
) -> Translation:
    """Translates the texts; those in one source language are one batch."""
    translated: dict[int, TranslatedText] = {}
    for source in dict.fromkeys(sources):
        members = [index for index, language in enumerate(sources) if language == source]

        def report(position: int, text: str, members: Sequence[int] = members) -> None:
            session.watch.delta(text, target_language=target, index=members[position])

        # Texts without letters have no language, and need no translation.
        known = target if source == UNDETERMINED else source
        batch = session.translate([texts[index] for index in members], known, target, report, options)
        translated |= dict(zip(members, batch, strict=True))
    notices = tuple(dict.fromkeys(notice for text in translated.values() for notice in text.warnings))
    for notice in notices:
        session.watch.warning(notice)
    in_order = [translated[index] for index in range(len(texts))]
    return Translation(
        target,
        texts=tuple(text.text for text in in_order),
        warnings=notices,
        sentences=tuple(text.sentences for text in in_order),
        alternatives=tuple(text.alternatives for text in in_order),
    )
