"""POST /v1/files/translations, .../summaries and .../blurbs: whole files translated, or extended with texts."""

from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from service.answering.etags import with_content_etag
from service.dependencies import CallerDep, DeskDep, QuotasDep, ThreadPoolDep
from service.schemas import Language
from summarizer.errors import NotText
from summarizer.files import TRANSLATABLE, open_document, translated_name
from summarizer.files.annotate import blurbs, summaries
from summarizer.files.feeds import ARTICLE_FILES, ArticleFile
from summarizer.files.rendering import render
from summarizer.options import BlurbOptions, Length, ProfileName, SummaryOptions

router = APIRouter(prefix="/files", tags=["files"])

PATHS = ("/v1/files/translations", "/v1/files/summaries", "/v1/files/blurbs")

ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}

Translated = Annotated[UploadFile, File(description=f"A file: {', '.join(TRANSLATABLE)}.")]
Read = Annotated[UploadFile, File(description=f"A feed or a dump of articles: {', '.join(ARTICLE_FILES)}.")]


@router.post("/translations", response_class=Response, responses=ANSWER)
async def translate_file(  # noqa: PLR0917 - FastAPI passes them by name
    file: Translated,
    target_language: Annotated[Language, Form(description="The target language.")],
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    caller: CallerDep,
    quotas: QuotasDep,
    source_language: Annotated[
        Language | None, Form(description="The language of the file; detected by default.")
    ] = None,
    replace: Annotated[  # noqa: FBT002 - FastAPI passes it by name
        bool, Form(description="Replace the translations that a TMX or XLIFF file already has; by default they stay.")
    ] = False,
) -> Response:
    """Translates a file; timings, tags, images, styles and structure are preserved. A PDF becomes a Word document."""
    name, content = file.filename or "", await file.read()
    document = await run_sync(lambda: open_document(name, content, target_language, replace=replace))
    async with quotas.charged(caller.key, document.characters):
        content = await thread_pool.run(
            request, lambda watch: render(desk, document, target_language, source=source_language, watch=watch), None
        )
    return _file(request, content, translated_name(name), target_language)


@router.post("/summaries", response_class=Response, responses=ANSWER)
async def add_summaries(  # noqa: PLR0917 - FastAPI passes them by name
    file: Read,
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    caller: CallerDep,
    quotas: QuotasDep,
    target_language: Annotated[
        Language | None, Form(description="The language of the summaries; by default that of each article.")
    ] = None,
    length: Annotated[Length, Form(description="At most 2, 4 or 7 sentences.")] = "short",
) -> Response:
    """Adds to each article of a feed or dump its summary, or the reason why it has none."""
    articles, options = await _articles(file), SummaryOptions(target_language, length)
    async with quotas.charged(caller.key, articles.characters):
        content = await thread_pool.run(request, lambda watch: summaries(desk, articles, options, watch), None)
    return _file(request, content, file.filename or "", "summaries")


@router.post("/blurbs", response_class=Response, responses=ANSWER)
async def add_blurbs(  # noqa: PLR0917 - FastAPI passes them by name
    file: Read,
    target_languages: Annotated[list[Language], Form(description="The target languages.", min_length=1)],
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    caller: CallerDep,
    quotas: QuotasDep,
    profile: Annotated[ProfileName, Form(description="The platform whose limits apply.")] = "ios",
) -> Response:
    """Adds to each article of a feed or dump its notifications, or the reason why it has none."""
    articles, options = await _articles(file), BlurbOptions(tuple(target_languages), profile)
    async with quotas.charged(caller.key, articles.characters):
        content = await thread_pool.run(request, lambda watch: blurbs(desk, articles, options, watch), None)
    return _file(request, content, file.filename or "", "blurbs")


async def _articles(file: UploadFile) -> ArticleFile:
    suffix = PurePath(file.filename or "").suffix.lower()
    if suffix not in ARTICLE_FILES:
        raise NotText(
            f"{file.filename} is neither a feed nor a dump of articles.", f"Send one of {', '.join(ARTICLE_FILES)}."
        )
    return await run_sync(ARTICLE_FILES[suffix], await file.read())


def _file(request: Request, content: bytes, name: str, label: str) -> Response:
    path = PurePath(name)
    filename = quote(f"{path.stem}.{label}{path.suffix}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{filename}"}
    return with_content_etag(request, Response(content, media_type="application/octet-stream", headers=headers))
