"""/v1/models and GET /v1/languages: the models, their state, their languages and their measured quality."""

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
    "title": "Small instruct model for summaries, blurbs and translation; bundled with Lede",
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
    commercial_use: bool = Field(description="False if the licence forbids commercial use; see `notice`.")
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
    engine: str | None = Field(description="The engine of a loaded model, with its kernel or precision.")
    error: str | None = Field(description="Why the last load failed.")

    @classmethod
    def of(cls, card: ModelCard, status: Status) -> Self:
        """Converts a card and its state."""
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
            active_requests=status.active_requests,
            last_used=datetime.fromtimestamp(status.last_used, UTC) if status.last_used else None,
            load_seconds=round(status.load_seconds, 2) if status.load_seconds is not None else None,
            engine=status.backend,
            error=status.error,
        )


class LoadStepOut(BaseModel):
    """The progress of setting up a model."""

    stage: Stage
    done: int = Field(description="Bytes (fetch, verify) or tensors (convert).")
    total: int


class ModelsResponse(BaseModel):
    """The models, and the default model of each task."""

    model_config = example(
        models=[MODEL_EXAMPLE], defaults={"summaries": MODEL, "blurbs": MODEL, "translations": MODEL}, loading=None
    )

    models: list[ModelOut]
    defaults: dict[str, str] = Field(description="The model of each task if a request names none.")
    loading: LoadStepOut | None = Field(description="The progress of the model that is being set up, if any.")


class ScoreOut(BaseModel):
    """One measured score."""

    metric: str
    value: float
    signature: str = Field(description="Test set, lines, engine and metric, to reproduce the measurement.")


class DirectionScoresOut(BaseModel):
    """The measured translation quality of one direction."""

    source: str
    target: str
    scores: list[ScoreOut] = Field(description="The scores; empty if the direction was not measured.")


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
    languages: list[LanguageOut] = Field(description="The languages that the model supports, according to its authors.")
    measured: list[DirectionScoresOut] = Field(description="The directions whose quality was measured.")
    directions: list[str] | None = Field(
        description="The directions that the model translates, such as `en:fr`; null for every pair of its languages."
    )

    @classmethod
    def of(cls, card: ModelCard) -> Self:
        """Converts the languages of a card."""
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
async def list_models(desk: DeskDep, loading: LoadProgressDep) -> ModelsResponse:
    """Lists all models with their licence, state, memory, last use and load time."""
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
async def list_languages(desk: DeskDep, model: str | None = None) -> LanguagesResponse:
    """Lists the languages of a model, by default the translation model, with the measured quality of each direction."""
    return LanguagesResponse.of(desk.model_for("translate", model))


@router.delete("/models/{model:path}/memory", status_code=204, responses=responses(404, 409, 422))
async def unload_model(model: str, desk: DeskDep) -> Response:
    """Unloads a model; the next request loads it again. Returns 409 while a request uses it."""
    await run_sync(desk.pool.unload, model)
    return Response(status_code=204)
