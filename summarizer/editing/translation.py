"""Texts in another language, each from its own."""

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
    """Each text's language; one that cannot be told alone is taken for that of all together.

    Raises EmptyText and UnknownLanguage.
    """
    if not any(text.strip() for text in texts):
        raise EmptyText("There is nothing to translate.")
    if stated:
        return [canonical(stated)] * len(texts)
    said = [plain_text(parse(text, options.format)) for text in texts]
    found = [detect(text).language for text in said]
    if UNDETERMINED not in found:
        return found
    whole = detect("\n".join(said)).language
    if {whole, *found} == {UNDETERMINED} and any(char.isalpha() for text in said for char in text):
        raise UnknownLanguage("The text's language could not be told.", SOURCE_LANGUAGE_HINT)
    return [whole if language == UNDETERMINED else language for language in found]


def translate_texts(
    work: Session, texts: Sequence[str], sources: Sequence[str], target: str, options: TranslationOptions | None = None
) -> Translation:
    """Texts of one language go through the model together."""
    done: dict[int, TranslatedText] = {}
    for source in dict.fromkeys(sources):
        members = [index for index, language in enumerate(sources) if language == source]

        def tell(at: int, text: str, members: Sequence[int] = members) -> None:
            work.watch.delta(text, target_language=target, index=members[at])

        # Only digits and signs have no language: they read the same in every one.
        known = target if source == UNDETERMINED else source
        said = work.translated([texts[index] for index in members], known, target, tell, options)
        done |= dict(zip(members, said, strict=True))
    notices = tuple(dict.fromkeys(notice for text in done.values() for notice in text.warnings))
    for notice in notices:
        work.watch.warning(notice)
    made = [done[index] for index in range(len(texts))]
    return Translation(
        target,
        texts=tuple(text.text for text in made),
        warnings=notices,
        sentences=tuple(text.sentences for text in made),
        alternatives=tuple(text.alternatives for text in made),
    )
