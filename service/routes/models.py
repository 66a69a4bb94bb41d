"""/v1/models and GET /v1/languages: what there is, how it is, and what was measured."""

from dataclasses import asdict
from datetime import UTC, datetime

from anyio.to_thread import run_sync
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from models.card import ModelCard
from models.files.progress import Stage
from models.slot import State, Status
from service.dependencies import DeskHere, LoadingHere
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
    "download": 1_117_320_768,
    "state": "ready",
    "memory": 1_781_346_837,
    "memory_needed": 2_000_000_000,
    "users": 0,
    "last_use": "2026-11-23T06:00:00Z",
    "load_seconds": 3.4,
    "engine": "native onednn",
    "error": None,
}


class ModelAnswer(BaseModel):
    """A model and its state."""

    id: str
    title: str
    licence: str
    commercial_use: bool = Field(description="False where the licence forbids it: see `notice`.")
    notice: str
    revision: str
    tasks: list[str]
    languages: list[str]
    download: int = Field(description="Bytes to fetch.")
    state: State
    memory: int = Field(description="Bytes held now.")
    memory_needed: int = Field(description="Bytes held once it is loaded.")
    users: int = Field(description="Requests that have it in hand.")
    last_use: datetime | None
    load_seconds: float | None
    engine: str | None = Field(description="How it computes while it is loaded: engine, and kernel or precision.")
    error: str | None = Field(description="Why its last load failed.")

    @classmethod
    def of(cls, card: ModelCard, status: Status) -> "ModelAnswer":
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
            download=card.download,
            state=status.state,
            memory=status.memory,
            memory_needed=card.memory,
            users=status.users,
            last_use=datetime.fromtimestamp(status.last_use, UTC) if status.last_use else None,
            load_seconds=round(status.load_seconds, 2) if status.load_seconds is not None else None,
            engine=status.way,
            error=status.error,
        )


class StepAnswer(BaseModel):
    """How far the set-up of a model is."""

    stage: Stage
    done: int = Field(description="Bytes (fetch, verify) or tensors (convert).")
    total: int


class ModelsAnswer(BaseModel):
    """The models, and which does what by default."""

    model_config = example(
        models=[MODEL_EXAMPLE], defaults={"summaries": MODEL, "blurbs": MODEL, "translations": MODEL}, loading=None
    )

    models: list[ModelAnswer]
    defaults: dict[str, str] = Field(description="The model of each task when a request names none.")
    loading: StepAnswer | None = Field(description="The step that the set-up of a model is at.")


class ScoreAnswer(BaseModel):
    """One measured figure."""

    metric: str
    value: float
    signature: str = Field(description="Set, lines, engine and metric, to measure it again.")


class DirectionAnswer(BaseModel):
    """Translation from one language to another, and how well it was measured to work."""

    source: str
    target: str
    scores: list[ScoreAnswer] = Field(description="Empty: not measured.")


class LanguageHere(BaseModel):
    """A language."""

    language: str = Field(description="BCP 47 tag.")
    name: str
    direction: str = Field(description="`ltr` or `rtl`.")


class LanguagesAnswer(BaseModel):
    """The languages of a model."""

    model_config = example(
        model=MODEL,
        languages=[{"language": "fr", "name": "French", "direction": "ltr"}],
        measured=[{"source": "en", "target": "fr", "scores": [{"metric": "bleu", "value": 30.8, "signature": "..."}]}],
        only=None,
    )

    model: str
    languages: list[LanguageHere] = Field(description="What it reads and writes, by its makers' word.")
    measured: list[DirectionAnswer] = Field(description="The directions that were measured; others were not.")
    only: list[str] | None = Field(description="The directions served (`en:fr`), where it is not all between all.")

    @classmethod
    def of(cls, card: ModelCard) -> "LanguagesAnswer":
        """A card's languages as JSON."""
        languages = [LanguageHere(language=tag, name=name(tag), direction=direction(tag)) for tag in card.languages]
        pairs = dict.fromkeys((score.source, score.target) for score in card.scores)
        return cls(
            model=card.id,
            languages=sorted(languages, key=lambda language: language.language),
            measured=[
                DirectionAnswer(
                    source=source,
                    target=target,
                    scores=[
                        ScoreAnswer(metric=score.metric, value=score.value, signature=score.signature)
                        for score in card.scores
                        if (score.source, score.target) == (source, target)
                    ],
                )
                for source, target in pairs
            ],
            only=list(card.directions) or None,
        )


@router.get("/models")
async def models(desk: DeskHere, loading: LoadingHere) -> ModelsAnswer:
    """Every model there is a card for, with its licence, state, memory, last use and load time."""
    return ModelsAnswer(
        models=[ModelAnswer.of(card, desk.pool.status(card.id)) for card in desk.pool.catalogue.values()],
        defaults={
            "summaries": desk.model_for("summarise").id,
            "blurbs": desk.model_for("headline").id,
            "translations": desk.model_for("translate").id,
        },
        loading=StepAnswer(**asdict(loading.step)) if loading.step else None,
    )


@router.get("/languages", responses=responses(422))
async def languages(desk: DeskHere, model: str | None = None) -> LanguagesAnswer:
    """The languages of the translation model, or of the one named, with what was measured for each direction."""
    return LanguagesAnswer.of(desk.model_for("translate", model))


@router.delete("/models/{model:path}/memory", status_code=204, responses=responses(404, 409, 422))
async def unload(model: str, desk: DeskHere) -> Response:
    """Gives a model's memory back; the next request loads it again. 409 while somebody has it in hand."""
    await run_sync(desk.pool.unload, model)
    return Response(status_code=204)
