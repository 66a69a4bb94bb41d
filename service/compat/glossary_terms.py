"""The glossary terms of a DeepL request."""

from fastapi import HTTPException

from service.compat.deepl import Parameters
from service.compat.terms import direction
from service.translation.glossaries import Glossaries


def terms_of(glossaries: Glossaries, owner: str, parameters: Parameters) -> tuple[tuple[str, str], ...]:
    """Returns each term with its translation; of several glossaries, the first with the term takes precedence.

    Raises HTTPException 400, like DeepL, if the source language is missing or no glossary has the direction, and
    UnknownGlossary.
    """
    if not parameters.glossaries:
        return ()
    if not parameters.source_lang:
        raise HTTPException(400, "Use of a glossary requires the source_lang parameter to be specified.")
    pair = direction(parameters.source_lang, parameters.target_lang)
    dictionaries = [glossaries.find(owner, glossary).dictionaries.get(pair) for glossary in parameters.glossaries]
    if not any(dictionaries):
        raise HTTPException(400, f"No dictionary found for language pair {pair[0]} to {pair[1]}.")
    terms = {
        term: translation for dictionary in reversed(dictionaries) for term, translation in (dictionary or {}).items()
    }
    return tuple(terms.items())
