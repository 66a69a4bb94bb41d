"""GET, POST and DELETE /v1/memory: the caller's translation memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Literal, Self

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from service.dependencies import CallerDep, DeskDep, MemoryDep
from service.errors import responses
from service.schemas import Language, example
from service.translation.sentence_store import PairCount, PairFilter, SentenceStore
from summarizer.files.exchange import MEDIA_TYPE, TranslationUnit, export_tmx, read_units

router = APIRouter(tags=["operation"])

PATH = "/v1/memory"

TYPES = (MEDIA_TYPE, "application/xml", "text/xml")
"""The media types accepted for an import."""

BATCH_UNITS = 1000
"""Translation units sent at a time."""

TMX: dict[str, Any] = {"schema": {"type": "string"}}

REQUEST_BODY = {"requestBody": {"required": True, "content": dict.fromkeys(TYPES, TMX)}}

SourceQuery = Annotated[Language | None, Query(description="Only pairs from this language.")]
TargetQuery = Annotated[Language | None, Query(description="Only pairs to this language.")]


class DirectionCountOut(BaseModel):
    """The number of pairs of a direction and a model."""

    source_language: str
    target_language: str
    model: str | None = Field(description="The model and its settings; null for imported pairs.")
    pairs: int

    @classmethod
    def of(cls, count: PairCount) -> Self:
        """Converts the count."""
        return cls(
            source_language=count.source_language,
            target_language=count.target_language,
            model=count.model or None,
            pairs=count.pairs,
        )


class UnitOut(BaseModel):
    """A sentence and its translation."""

    source_language: str
    target_language: str
    source: str
    target: str
    model: str | None
    created: datetime

    @classmethod
    def of(cls, unit: TranslationUnit) -> Self:
        """Converts the unit."""
        return cls(
            source_language=unit.source_language,
            target_language=unit.target_language,
            source=unit.source,
            target=unit.target,
            model=unit.model or None,
            created=datetime.fromtimestamp(unit.created, UTC),
        )


_DIRECTION = {"source_language": "en", "target_language": "fr", "model": None}


class MemoryResponse(BaseModel):
    """Counts of all stored pairs, and one page of them."""

    model_config = example(
        directions=[{**_DIRECTION, "pairs": 1}],
        pairs=[{**_DIRECTION, "source": "Good morning.", "target": "Bonjour.", "created": "2026-05-01T06:00:00Z"}],
        next=None,
    )

    directions: list[DirectionCountOut] = Field(description="The number of pairs, by direction and model.")
    pairs: list[UnitOut] = Field(description="The pairs of this page, oldest first.")
    next: int | None = Field(description="The value of `after` for the next page; null on the last page.")


class ImportResponse(BaseModel):
    """The result of an import."""

    model_config = example(imported=120, refused=2)

    imported: int = Field(description="Pairs that were stored.")
    refused: int = Field(
        description="Pairs that were rejected: with inline codes, without text, or in an unknown language."
    )


@router.get(
    "/memory",
    response_model=MemoryResponse,
    responses={200: {"content": {MEDIA_TYPE: TMX}}, **responses(409, 422, 507)},
)
async def read_memory(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    caller: CallerDep,
    memory: MemoryDep,
    source_language: SourceQuery = None,
    target_language: TargetQuery = None,
    after: Annotated[int, Query(ge=0, le=2**53, description="The `next` of the previous page.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="Pairs per page.")] = 100,
    format: Annotated[  # noqa: A002 - the name of the query parameter
        Literal["json", "tmx"] | None,
        Query(description="`tmx` returns all pairs as a TMX file. By default `Accept` decides."),
    ] = None,
) -> Response:
    """Returns the caller's sentence pairs: their counts and one page, or all of them as TMX 1.4."""
    selection, pairs = PairFilter(caller.owner, source_language, target_language), memory.pairs
    if format == "tmx" or (format is None and MEDIA_TYPE in request.headers.get("accept", "")):
        headers = {"Content-Disposition": 'attachment; filename="memory.tmx"'}
        return StreamingResponse(_joined(export_tmx(pairs.all(selection))), media_type=MEDIA_TYPE, headers=headers)
    answer = await run_sync(_page, pairs, selection, after, limit)
    return JSONResponse(answer.model_dump(mode="json"))


@router.post("/memory", openapi_extra=REQUEST_BODY, responses=responses(400, 408, 409, 413, 415, 422, 507))
async def import_memory(request: Request, caller: CallerDep, memory: MemoryDep, desk: DeskDep) -> ImportResponse:
    """Imports the pairs of a TMX file. They take precedence over a model, unless a check rejects them."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in TYPES:
        raise HTTPException(415, f"Send the body as one of {', '.join(TYPES)}.")
    content, languages = await request.body(), desk.model_for("translate").languages

    def job() -> ImportResponse:
        parsed = list(read_units(content))
        valid = [unit for unit in parsed if unit]
        imported = memory.pairs.import_units(caller.owner, valid, languages)
        return ImportResponse(imported=imported, refused=len(parsed) - len(valid))

    answer = await run_sync(job)
    memory.forget_revision(caller.owner)
    return answer


@router.delete("/memory", status_code=204, responses=responses(409, 422, 507))
async def delete_memory(
    caller: CallerDep, memory: MemoryDep, source_language: SourceQuery = None, target_language: TargetQuery = None
) -> Response:
    """Deletes the caller's pairs: all of them, or those of a language or direction."""
    await run_sync(memory.pairs.delete, PairFilter(caller.owner, source_language, target_language))
    memory.forget_revision(caller.owner)
    return Response(status_code=204)


def _page(pairs: SentenceStore, selection: PairFilter, after: int, limit: int) -> MemoryResponse:
    rows = pairs.page(selection, after, limit + 1)
    return MemoryResponse(
        directions=[DirectionCountOut.of(count) for count in pairs.counts(selection.owner)],
        pairs=[UnitOut.of(unit) for _, unit in rows[:limit]],
        next=rows[limit - 1][0] if len(rows) > limit else None,
    )


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    while several := b"".join(islice(pieces, BATCH_UNITS)):
        yield several
