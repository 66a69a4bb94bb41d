"""DeepL's glossaries: /v2/glossaries, of one direction each, and /v3/glossaries, of several."""

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
    """The caller's glossaries, looked after in a thread beside the event loop."""

    def __init__(self, request: Request, caller: CallerDep) -> None:
        self._all: Glossaries = request.app.state.glossaries
        self._owner = caller.owner

    async def create(self, given: dict[str, Any], parts: list[dict[str, Any]]) -> Glossary:
        """A new glossary. Raises HTTPException 400."""
        name, dictionaries = given.get("name"), [Dictionary.of(part) for part in parts]
        if not name or not dictionaries:
            raise HTTPException(400, f"Value for '{'dictionaries' if name else 'name'}' not specified.")
        terms = {one.direction: one.terms for one in dictionaries}
        return await run_sync(self._all.create, self._owner, str(name), terms)

    async def all(self) -> list[Glossary]:
        """All of them."""
        return await run_sync(self._all.all, self._owner)

    async def find(self, glossary: str) -> Glossary:
        """One of them. Raises UnknownGlossary."""
        return await run_sync(self._all.find, self._owner, glossary)

    async def rename(self, glossary: str, name: str) -> None:
        """Gives one another name. Raises UnknownGlossary."""
        await run_sync(self._all.rename, self._owner, glossary, name)

    async def put(self, glossary: str, part: Dictionary, *, beside: bool = False) -> None:
        """Sets a direction's terms, or adds them to those that are there. Raises UnknownGlossary."""
        found = await self.find(glossary)
        before = found.dictionaries.get(part.direction, {}) if beside else {}
        await run_sync(self._all.put, self._owner, glossary, part.direction, {**before, **part.terms})

    async def drop(self, glossary: str, one: tuple[str, str] | None = None) -> None:
        """Deletes a direction, or the whole. Raises UnknownGlossary."""
        await run_sync(self._all.drop, self._owner, glossary, one)


CallerGlossariesDep = Annotated[CallerGlossaries, Depends()]


@router.get("/v2/glossary-language-pairs")
async def pairs(desk: DeskDep) -> dict[str, Any]:
    """The directions that glossaries can have: all that are translated."""
    card = desk.model_for("translate")
    found = {
        (primary(source), primary(target))
        for source in card.languages
        for target in card.languages
        if card.serves(source, target) and primary(source) != primary(target)
    }
    return {"supported_languages": [{"source_lang": one[0], "target_lang": one[1]} for one in sorted(found)]}


@router.post("/v2/glossaries", status_code=201)
async def create(given: Fields, kept: CallerGlossariesDep) -> dict[str, Any]:
    """A new glossary of one direction."""
    return v2_json(await kept.create(given, [given]))


@router.get("/v2/glossaries")
async def list_single(kept: CallerGlossariesDep) -> dict[str, Any]:
    """Those of one direction."""
    return {"glossaries": [v2_json(one) for one in await kept.all() if len(one.dictionaries) == 1]}


@router.get("/v2/glossaries/{glossary}")
async def find_single(glossary: str, kept: CallerGlossariesDep) -> dict[str, Any]:
    """One of one direction."""
    return v2_json(await _single(glossary, kept))


@router.get("/v2/glossaries/{glossary}/entries")
async def entries(glossary: str, kept: CallerGlossariesDep) -> Response:
    """Its terms, a line each."""
    (terms,) = (await _single(glossary, kept)).dictionaries.values()
    return PlainTextResponse(to_tsv(terms), media_type=TSV)


async def _single(glossary: str, kept: CallerGlossaries) -> Glossary:
    found = await kept.find(glossary)
    if len(found.dictionaries) != 1:
        raise UnknownGlossary(f"The glossary {glossary} is of several directions: ask /v3/glossaries.")
    return found


@router.delete("/v2/glossaries/{glossary}", status_code=204)
@router.delete("/v3/glossaries/{glossary}", status_code=204)
async def delete(glossary: str, kept: CallerGlossariesDep) -> None:
    """Forgets a glossary."""
    await kept.drop(glossary)


@router.post("/v3/glossaries", status_code=201)
async def create_several(given: Fields, kept: CallerGlossariesDep) -> dict[str, Any]:
    """A new glossary of any number of directions."""
    return v3_json(await kept.create(given, given.get("dictionaries") or []))


@router.get("/v3/glossaries")
async def list_several(kept: CallerGlossariesDep) -> dict[str, Any]:
    """All glossaries."""
    return {"glossaries": [v3_json(one) for one in await kept.all()]}


@router.get("/v3/glossaries/{glossary}")
async def find_several(glossary: str, kept: CallerGlossariesDep) -> dict[str, Any]:
    """One glossary."""
    return v3_json(await kept.find(glossary))


@router.patch("/v3/glossaries/{glossary}")
async def change(glossary: str, given: Fields, kept: CallerGlossariesDep) -> dict[str, Any]:
    """Another name, or terms beside or instead of those that are there."""
    for part in [Dictionary.of(part) for part in given.get("dictionaries") or []]:
        await kept.put(glossary, part, beside=True)
    if given.get("name"):
        await kept.rename(glossary, str(given["name"]))
    return v3_json(await kept.find(glossary))


@router.put("/v3/glossaries/{glossary}/dictionaries")
async def replace(glossary: str, given: Fields, kept: CallerGlossariesDep) -> dict[str, Any]:
    """All terms of a direction."""
    part = Dictionary.of(given)
    await kept.put(glossary, part)
    return dictionary_json(part.direction, part.terms)


@router.get("/v3/glossaries/{glossary}/entries")
async def entries_of(glossary: str, given: Fields, kept: CallerGlossariesDep) -> dict[str, Any]:
    """The terms of a direction."""
    one = direction(given.get("source_lang"), given.get("target_lang"))
    terms = (await kept.find(glossary)).dictionaries.get(one)
    if terms is None:
        raise UnknownGlossary(f"The glossary {glossary} has no terms from {one[0]} to {one[1]}.")
    return {"dictionaries": [dictionary_json(one, terms) | {"entries": to_tsv(terms), "entries_format": "tsv"}]}


@router.delete("/v3/glossaries/{glossary}/dictionaries", status_code=204)
async def delete_direction(glossary: str, given: Fields, kept: CallerGlossariesDep) -> None:
    """Forgets a direction."""
    await kept.drop(glossary, direction(given.get("source_lang"), given.get("target_lang")))
