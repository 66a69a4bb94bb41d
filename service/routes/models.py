"""/v1/models and GET /v1/languages: what there is, how it is, and what was measured."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Self

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from models.card import ModelCard
from models.files.progress import Stage
from models.slot import State, Status
from service.dependencies import DeskDep, LoadProgressDep
from service.errors import responses
from service.schemas import MODEL, example
from summarizer.languages import direction, name

router = APIRouter(tags=["models"])


MODEL_EXAMPLE = {
    "id": MODEL,
    "title": "Small instruct model for summaries, blurbs and translation; comes with Lede",
    "licence": "Apache-2.0",
    "commercial_use": True,
    "notice": "",
    "revision": "38f6bab61d341b23a6c00226f32c0d6148bf9f43",
    "tasks": ["summarise", "headline", "translate"],
    "languages": ["en", "fr", "zh"],
    "download_bytes": 1_117_320_768,
    "state": "ready",
    "memory_bytes": 1_781_346_837,
    "memory_needed_bytes": 2_000_000_000,
    "active_requests": 0,
    "last_used": "2026-11-23T06:00:00Z",
    "load_seconds": 3.4,
    "engine": "native onednn",
    "error": None,
}


class ModelOut(BaseModel):
    """A model and its state."""

    id: str
    title: str
    licence: str
    commercial_use: bool = Field(description="False where the licence forbids it: see `notice`.")
    notice: str
    revision: str
    tasks: list[str]
    languages: list[str]
    download_bytes: int = Field(description="Size of the files to download.")
    state: State
    memory_bytes: int = Field(description="Memory in use now.")
    memory_needed_bytes: int = Field(description="Memory in use once it is loaded.")
    active_requests: int = Field(description="Requests that use it now.")
    last_used: datetime | None
    load_seconds: float | None
    engine: str | None = Field(description="How it computes while it is loaded: engine, and kernel or precision.")
    error: str | None = Field(description="Why its last load failed.")

    @classmethod
    def of(cls, card: ModelCard, status: Status) -> Self:
        """A card and its state as JSON."""
        return cls(
            id=card.id,
            title=card.title,
            licence=card.licence,
            commercial_use=card.commercial_use,
            notice=card.notice,
            revision=card.revision,
            tasks=list(card.tasks),
            languages=sorted(card.languages),
            download_bytes=card.download,
            state=status.state,
            memory_bytes=status.memory,
            memory_needed_bytes=card.memory,
            active_requests=status.users,
            last_used=datetime.fromtimestamp(status.last_use, UTC) if status.last_use else None,
            load_seconds=round(status.load_seconds, 2) if status.load_seconds is not None else None,
            engine=status.way,
            error=status.error,
        )


class LoadStepOut(BaseModel):
    """How far the set-up of a model is."""

    stage: Stage
    done: int = Field(description="Bytes (fetch, verify) or tensors (convert).")
    total: int


class ModelsResponse(BaseModel):
    """The models, and which does what by default."""

    model_config = example(
        models=[MODEL_EXAMPLE], defaults={"summaries": MODEL, "blurbs": MODEL, "translations": MODEL}, loading=None
    )

    models: list[ModelOut]
    defaults: dict[str, str] = Field(description="The model of each task when a request names none.")
    loading: LoadStepOut | None = Field(description="The step that the set-up of a model is at.")


class ScoreOut(BaseModel):
    """One measured figure."""

    metric: str
    value: float
    signature: str = Field(description="Set, lines, engine and metric, to measure it again.")


class DirectionScoresOut(BaseModel):
    """Translation from one language to another, and how well it was measured to work."""

    source: str
    target: str
    scores: list[ScoreOut] = Field(description="Empty: not measured.")


class LanguageOut(BaseModel):
    """A language."""

    language: str = Field(description="BCP 47 tag.")
    name: str
    direction: str = Field(description="`ltr` or `rtl`.")


class LanguagesResponse(BaseModel):
    """The languages of a model."""

    model_config = example(
        model=MODEL,
        languages=[{"language": "fr", "name": "French", "direction": "ltr"}],
        measured=[{"source": "en", "target": "fr", "scores": [{"metric": "bleu", "value": 30.8, "signature": "..."}]}],
        directions=None,
    )

    model: str
    languages: list[LanguageOut] = Field(description="What it reads and writes, by its makers' word.")
    measured: list[DirectionScoresOut] = Field(description="The directions that were measured; others were not.")
    directions: list[str] | None = Field(
        description="The directions that the model translates, such as `en:fr`; null for every pair of its languages."
    )

    @classmethod
    def of(cls, card: ModelCard) -> Self:
        """A card's languages as JSON."""
        languages = [LanguageOut(language=tag, name=name(tag), direction=direction(tag)) for tag in card.languages]
        pairs = dict.fromkeys((score.source, score.target) for score in card.scores)
        return cls(
            model=card.id,
            languages=sorted(languages, key=lambda language: language.language),
            measured=[
                DirectionScoresOut(
                    source=source,
                    target=target,
                    scores=[
                        ScoreOut(metric=score.metric, value=score.value, signature=score.signature)
                        for score in card.scores
                        if (score.source, score.target) == (source, target)
                    ],
                )
                for source, target in pairs
            ],
            directions=list(card.directions) or None,
        )


@router.get("/models")
async def models(desk: DeskDep, loading: LoadProgressDep) -> ModelsResponse:
    """Every model there is a card for, with its licence, state, memory, last use and load time."""
    return ModelsResponse(
        models=[ModelOut.of(card, desk.pool.status(card.id)) for card in desk.pool.catalogue.values()],
        defaults={
            "summaries": desk.model_for("summarise").id,
            "blurbs": desk.model_for("headline").id,
            "translations": desk.model_for("translate").id,
        },
        loading=LoadStepOut(**asdict(loading.step)) if loading.step else None,
    )


@router.get("/languages", responses=responses(422))
async def languages(desk: DeskDep, model: str | None = None) -> LanguagesResponse:
    """The languages of the translation model, or of the one named, with what was measured for each direction."""
    return LanguagesResponse.of(desk.model_for("translate", model))


@router.delete("/models/{model:path}/memory", status_code=204, responses=responses(404, 409, 422))
async def unload(model: str, desk: DeskDep) -> Response:
    """Gives a model's memory back; the next request loads it again. 409 while somebody has it in hand."""
    await run_sync(desk.pool.unload, model)
    return Response(status_code=204)
