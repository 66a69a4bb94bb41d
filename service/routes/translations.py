"""POST /v1/translations."""

from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from service.dependencies import AnswersHere
from service.fetch import Fetcher
from service.schemas import ARTICLE, Answer, Language, WarningNote, colophon, colophon_example, example
from service.schemas import Request as BaseRequest
from service.sources import linked
from service.tasks import Task
from summarizer.desk import Desk, Source
from summarizer.editions import Translations
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class TranslationRequest(BaseRequest):
    """A text, several, or a page's article, and the languages to put it in."""

    model_config = example(text=ARTICLE, target_language="fr")

    text: str | None = Field(None, description="A text; all of it is translated, paragraphs kept.")
    texts: list[str] | None = Field(None, min_length=1, max_length=1000, description="Several, each in any language.")
    html: str | None = Field(None, description="A page; the article in it is translated.")
    url: str | None = Field(None, description="A link to a page; the article in it is translated.")
    source_language: Language | None = Field(None, description="The texts' language; detected for each by default.")
    target_language: Language | None = Field(None, description="The language to translate to.")
    target_languages: list[Language] | None = Field(None, min_length=1, max_length=50, description="Or several.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for names in (("text", "texts", "html", "url"), ("target_language", "target_languages")):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 1:
                raise ValueError(
                    f"Send exactly one of {', '.join(names)}, not {' and '.join(given) or 'none of them'}."
                )
        return self

    @property
    def targets(self) -> list[str]:
        """The languages to translate to."""
        return self.target_languages or [self.target_language or ""]


class TranslationAnswer(BaseModel):
    """The translation in one language: `text`, or `texts` where several were sent."""

    target_language: str
    text: str | None = Field(None, exclude_if=lambda text: text is None)
    texts: list[str] | None = Field(None, exclude_if=lambda texts: texts is None)
    warnings: list[WarningNote]


class TranslationsAnswer(Answer):
    """The translation in every language asked for."""

    model_config = example(
        source_language="en",
        translations=[{"target_language": "fr", "text": "Les États-Unis et leurs alliés…", "warnings": []}],
        **colophon_example(),
    )

    source_language: str | None = Field(description="The text's language; of several, where they share one.")
    source_languages: list[str] | None = Field(
        None,
        description="Each text's language, where several were sent.",
        exclude_if=lambda languages: languages is None,
    )
    translations: list[TranslationAnswer]

    @classmethod
    def of(cls, made: Translations, *, several: bool) -> "TranslationsAnswer":
        """The desk's translations as JSON."""
        languages = list(made.source_languages)
        return cls(
            source_language=languages[0] if len(set(languages)) == 1 else None,
            source_languages=languages if several else None,
            translations=[
                TranslationAnswer(
                    target_language=translation.target_language,
                    text=None if several else translation.texts[0],
                    texts=list(translation.texts) if several else None,
                    warnings=WarningNote.of(translation.warnings),
                )
                for translation in made.translations
            ],
            **colophon(made.colophon),
        )


async def _page(wanted: TranslationRequest, fetcher: Fetcher) -> Source | None:
    """The page whose article is to be translated, where one was sent or linked."""
    if wanted.url is not None:
        return await linked(wanted.url, fetcher, source_language=wanted.source_language)
    if wanted.html is not None:
        return Source(html=wanted.html, source_language=wanted.source_language)
    return None


def _write(desk: Desk, wanted: TranslationRequest, page: Source | None, watch: Watch) -> TranslationsAnswer:
    made = desk.translate(
        [desk.read(page).text] if page else wanted.texts or [wanted.text or ""],
        wanted.targets,
        source_language=wanted.source_language,
        model=wanted.model,
        watch=watch,
    )
    return TranslationsAnswer.of(made, several=wanted.texts is not None)


TASK = Task("translation", TranslationRequest, _page, _write)


@router.post("/translations", response_model=TranslationsAnswer)
async def translate(wanted: TranslationRequest, request: Request, answers: AnswersHere) -> Response:
    """Texts in other languages, sentence by sentence, paragraphs kept, nothing left out."""
    return await answers.answer(request, TASK, wanted)
