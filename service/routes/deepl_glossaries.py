"""DeepL's glossaries: /v2/glossaries for one direction each, and /v3/glossaries for several."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import PlainTextResponse, Response

from service.compat.fields import Fields
from service.compat.terms import TSV, Dictionary, dictionary_json, direction, to_tsv, v2_json, v3_json
from service.dependencies import CallerDep, DeskDep
from service.exceptions import UnknownGlossary
from service.translation.glossaries import Glossaries, Glossary
from summarizer.languages import primary

router = APIRouter(tags=["deepl"], include_in_schema=False)


class CallerGlossaries:
    """The glossaries of the caller, accessed in a thread."""

    def __init__(self, request: Request, caller: CallerDep) -> None:
        self._glossaries: Glossaries = request.app.state.glossaries
        self._owner = caller.owner

    async def create(self, fields: dict[str, Any], parts: list[dict[str, Any]]) -> Glossary:
        """Creates a glossary. Raises HTTPException 400."""
        name, dictionaries = fields.get("name"), [Dictionary.of(part) for part in parts]
        if not name or not dictionaries:
            raise HTTPException(400, f"Value for '{'dictionaries' if name else 'name'}' not specified.")
        terms = {dictionary.direction: dictionary.terms for dictionary in dictionaries}
        return await run_sync(self._glossaries.create, self._owner, str(name), terms)

    async def all(self) -> list[Glossary]:
        """Returns all glossaries."""
        return await run_sync(self._glossaries.all, self._owner)

    async def find(self, glossary: str) -> Glossary:
        """Returns one glossary. Raises UnknownGlossary."""
        return await run_sync(self._glossaries.find, self._owner, glossary)

    async def rename(self, glossary: str, name: str) -> None:
        """Renames a glossary. Raises UnknownGlossary."""
        await run_sync(self._glossaries.rename, self._owner, glossary, name)

    async def replace_terms(self, glossary: str, part: Dictionary) -> None:
        """Replaces the terms of a direction. Raises UnknownGlossary."""
        await run_sync(self._glossaries.replace_terms, self._owner, glossary, part.direction, part.terms)

    async def add_terms(self, glossary: str, part: Dictionary) -> None:
        """Adds terms to a direction. Raises UnknownGlossary."""
        existing = (await self.find(glossary)).dictionaries.get(part.direction, {})
        terms = {**existing, **part.terms}
        await run_sync(self._glossaries.replace_terms, self._owner, glossary, part.direction, terms)

    async def delete(self, glossary: str, pair: tuple[str, str] | None = None) -> None:
        """Deletes a direction, or the whole glossary. Raises UnknownGlossary."""
        await run_sync(self._glossaries.delete, self._owner, glossary, pair)


CallerGlossariesDep = Annotated[CallerGlossaries, Depends()]


@router.get("/v2/glossary-language-pairs")
async def pairs(desk: DeskDep) -> dict[str, Any]:
    """Lists the directions that glossaries support: all that the model translates."""
    card = desk.model_for("translate")
    directions = {
        (primary(source), primary(target))
        for source in card.languages
        for target in card.languages
        if card.serves(source, target) and primary(source) != primary(target)
    }
    return {
        "supported_languages": [{"source_lang": source, "target_lang": target} for source, target in sorted(directions)]
    }


@router.post("/v2/glossaries", status_code=201)
async def create(fields: Fields, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Creates a glossary of one direction."""
    return v2_json(await glossaries.create(fields, [fields]))


@router.get("/v2/glossaries")
async def list_single(glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Lists the glossaries of one direction."""
    return {"glossaries": [v2_json(glossary) for glossary in await glossaries.all() if len(glossary.dictionaries) == 1]}


@router.get("/v2/glossaries/{glossary}")
async def find_single(glossary: str, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Returns a glossary of one direction."""
    return v2_json(await _single(glossary, glossaries))


@router.get("/v2/glossaries/{glossary}/entries")
async def entries(glossary: str, glossaries: CallerGlossariesDep) -> Response:
    """Returns the terms of a glossary of one direction, one per line."""
    (terms,) = (await _single(glossary, glossaries)).dictionaries.values()
    return PlainTextResponse(to_tsv(terms), media_type=TSV)


async def _single(glossary: str, glossaries: CallerGlossaries) -> Glossary:
    stored = await glossaries.find(glossary)
    if len(stored.dictionaries) != 1:
        raise UnknownGlossary(f"The glossary {glossary} has several directions: use /v3/glossaries.")
    return stored


@router.delete("/v2/glossaries/{glossary}", status_code=204)
@router.delete("/v3/glossaries/{glossary}", status_code=204)
async def delete(glossary: str, glossaries: CallerGlossariesDep) -> None:
    """Deletes a glossary."""
    await glossaries.delete(glossary)


@router.post("/v3/glossaries", status_code=201)
async def create_several(fields: Fields, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Creates a glossary of any number of directions."""
    return v3_json(await glossaries.create(fields, fields.get("dictionaries") or []))


@router.get("/v3/glossaries")
async def list_several(glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Lists all glossaries."""
    return {"glossaries": [v3_json(glossary) for glossary in await glossaries.all()]}


@router.get("/v3/glossaries/{glossary}")
async def find_several(glossary: str, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Returns a glossary."""
    return v3_json(await glossaries.find(glossary))


@router.patch("/v3/glossaries/{glossary}")
async def change(glossary: str, fields: Fields, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Renames a glossary, or adds and replaces terms."""
    for part in [Dictionary.of(part) for part in fields.get("dictionaries") or []]:
        await glossaries.add_terms(glossary, part)
    if fields.get("name"):
        await glossaries.rename(glossary, str(fields["name"]))
    return v3_json(await glossaries.find(glossary))


@router.put("/v3/glossaries/{glossary}/dictionaries")
async def replace(glossary: str, fields: Fields, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Replaces all terms of a direction."""
    part = Dictionary.of(fields)
    await glossaries.replace_terms(glossary, part)
    return dictionary_json(part.direction, part.terms)


@router.get("/v3/glossaries/{glossary}/entries")
async def entries_of(glossary: str, fields: Fields, glossaries: CallerGlossariesDep) -> dict[str, Any]:
    """Returns the terms of a direction."""
    pair = direction(fields.get("source_lang"), fields.get("target_lang"))
    terms = (await glossaries.find(glossary)).dictionaries.get(pair)
    if terms is None:
        raise UnknownGlossary(f"The glossary {glossary} has no terms from {pair[0]} to {pair[1]}.")
    return {"dictionaries": [dictionary_json(pair, terms) | {"entries": to_tsv(terms), "entries_format": "tsv"}]}


@router.delete("/v3/glossaries/{glossary}/dictionaries", status_code=204)
async def delete_direction(glossary: str, fields: Fields, glossaries: CallerGlossariesDep) -> None:
    """Deletes a direction."""
    await glossaries.delete(glossary, direction(fields.get("source_lang"), fields.get("target_lang")))
