"""The terms that a request's glossaries hold for its direction."""

from fastapi import HTTPException

from service.compat.deepl import Parameters
from service.compat.terms import direction
from service.translation.glossaries import Glossaries


def terms_of(glossaries: Glossaries, owner: str, wanted: Parameters) -> tuple[tuple[str, str], ...]:
    """Each term with its translation; the first glossary that has a term decides.

    Raises HTTPException 400, as DeepL does, where no source language is given, or no glossary is of that direction;
    and UnknownGlossary.
    """
    if not wanted.glossaries:
        return ()
    if not wanted.source_lang:
        raise HTTPException(400, "Use of a glossary requires the source_lang parameter to be specified.")
    one = direction(wanted.source_lang, wanted.target_lang)
    found = [glossaries.find(owner, glossary).dictionaries.get(one) for glossary in wanted.glossaries]
    if not any(found):
        raise HTTPException(400, f"No dictionary found for language pair {one[0]} to {one[1]}.")
    terms = {term: said for dictionary in reversed(found) for term, said in (dictionary or {}).items()}
    return tuple(terms.items())
