"""GET, POST and DELETE /v1/memory: the caller's translated sentences."""

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
from service.translation.sentence_store import Count, Pairs, Which
from summarizer.files.exchange import MEDIA_TYPE, TranslationUnit, export_tmx, read_units

router = APIRouter(tags=["operation"])

PATH = "/v1/memory"

TYPES = (MEDIA_TYPE, "application/xml", "text/xml")
"""What a memory may be sent as."""

PIECES = 1000
"""Units that are sent at once."""

TMX: dict[str, Any] = {"schema": {"type": "string"}}

BODY = {"requestBody": {"required": True, "content": dict.fromkeys(TYPES, TMX)}}

From = Annotated[Language | None, Query(description="Of pairs from this language alone.")]
To = Annotated[Language | None, Query(description="Of pairs to this language alone.")]


class DirectionCountOut(BaseModel):
    """How many pairs there are of a direction and a model."""

    source_language: str
    target_language: str
    model: str | None = Field(description="The model, as it was asked; null where the pairs were imported.")
    pairs: int

    @classmethod
    def of(cls, count: Count) -> Self:
        """The count as JSON."""
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
        """The pair as JSON."""
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
    """What is kept, and a page of it."""

    model_config = example(
        directions=[{**_DIRECTION, "pairs": 1}],
        pairs=[{**_DIRECTION, "source": "Good morning.", "target": "Bonjour.", "created": "2026-05-01T06:00:00Z"}],
        next=None,
    )

    directions: list[DirectionCountOut] = Field(description="All pairs, counted.")
    pairs: list[UnitOut] = Field(description="Those of this page, in the order in which they were kept.")
    next: int | None = Field(description="What to send as `after` for the next page; null on the last.")


class ImportResponse(BaseModel):
    """What became of a file."""

    model_config = example(imported=120, refused=2)

    imported: int = Field(description="Pairs that are kept.")
    refused: int = Field(description="Those with codes in them, without a text, or in no language that is known.")


@router.get(
    "/memory",
    response_model=MemoryResponse,
    responses={200: {"content": {MEDIA_TYPE: TMX}}, **responses(409, 422, 507)},
)
async def read_memory(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request,
    caller: CallerDep,
    memory: MemoryDep,
    source_language: From = None,
    target_language: To = None,
    after: Annotated[int, Query(ge=0, le=2**53, description="As the page before told as `next`.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="Pairs of a page.")] = 100,
    format: Annotated[  # noqa: A002 - the name that callers send
        Literal["json", "tmx"] | None, Query(description="`tmx`: all of it as a file; by default what `Accept` names.")
    ] = None,
) -> Response:
    """The caller's sentence pairs: counted and by pages, or all of them as TMX 1.4."""
    which, pairs = Which(caller.owner, source_language, target_language), memory.pairs
    if format == "tmx" or (format is None and MEDIA_TYPE in request.headers.get("accept", "")):
        headers = {"Content-Disposition": 'attachment; filename="memory.tmx"'}
        return StreamingResponse(_joined(export_tmx(pairs.all(which))), media_type=MEDIA_TYPE, headers=headers)
    answer = await run_sync(_page, pairs, which, after, limit)
    return JSONResponse(answer.model_dump(mode="json"))


@router.post("/memory", openapi_extra=BODY, responses=responses(400, 408, 409, 413, 415, 422, 507))
async def import_memory(request: Request, caller: CallerDep, memory: MemoryDep, desk: DeskDep) -> ImportResponse:
    """Takes the pairs of a TMX in. They go before what a model would write, where the checks find no fault in them."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in TYPES:
        raise HTTPException(415, f"The body's content type is none of {', '.join(TYPES)}.")
    content, languages = await request.body(), desk.model_for("translate").languages

    def job() -> ImportResponse:
        found = list(read_units(content))
        good = [unit for unit in found if unit]
        imported = memory.pairs.take(caller.owner, good, languages)
        return ImportResponse(imported=imported, refused=len(found) - len(good))

    answer = await run_sync(job)
    memory.revised(caller.owner)
    return answer


@router.delete("/memory", status_code=204, responses=responses(409, 422, 507))
async def clear(
    caller: CallerDep, memory: MemoryDep, source_language: From = None, target_language: To = None
) -> Response:
    """Drops the caller's pairs: all of them, or those of a language or direction."""
    await run_sync(memory.pairs.drop, Which(caller.owner, source_language, target_language))
    memory.revised(caller.owner)
    return Response(status_code=204)


def _page(pairs: Pairs, which: Which, after: int, limit: int) -> MemoryResponse:
    found = pairs.page(which, after, limit + 1)
    return MemoryResponse(
        directions=[DirectionCountOut.of(count) for count in pairs.counts(which.owner)],
        pairs=[UnitOut.of(unit) for _, unit in found[:limit]],
        next=found[limit - 1][0] if len(found) > limit else None,
    )


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    while several := b"".join(islice(pieces, PIECES)):
        yield several
