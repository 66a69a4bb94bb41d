"""POST /v1/documents."""

from email.message import Message
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from service.answering.etags import json_with_etag
from service.dependencies import DeskDep, ThreadPoolDep
from service.routes.articles import ArticleResponse
from service.schemas import Language
from summarizer.desk import Source
from summarizer.reading.charset import decode
from summarizer.reading.documents import DocumentType
from summarizer.reading.worker import read_document
from summarizer.watch import Watch

router = APIRouter(tags=["reading"])

PATH = "/v1/documents"

Type: TypeAlias = DocumentType | Literal["txt", "html"]

TYPES: dict[str, Type] = {
    "text/plain": "txt",
    "text/html": "html",
    "text/markdown": "md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/pdf": "pdf",
}
"""The supported media types."""

REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in TYPES},
    }
}


@router.post("/documents", response_model=ArticleResponse, openapi_extra=REQUEST_BODY)
async def extract_document(
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    source_language: Annotated[
        Language | None, Query(description="The language of the document; detected by default.")
    ] = None,
) -> Response:
    """Extracts the article from a text, HTML, Markdown, Word or PDF document, sent as the body with its `Content-Type`.

    Offsets refer to `source`, the text of the document.
    """
    kind, charset = _type(request.headers.get("content-type", ""))
    document = await request.body()

    def job(_watch: Watch) -> ArticleResponse:
        return ArticleResponse.of(desk.read(_source(document, kind, charset, source_language)))

    return json_with_etag(request, await thread_pool.run(request, job, None))


def _source(document: bytes, kind: Type, charset: str | None, language: str | None) -> Source:
    """Returns the content of a document as the desk's input."""
    if kind == "html":
        return Source(html=decode(document, charset, strict=True), source_language=language)
    if kind == "txt":
        return Source(text=decode(document, charset, strict=True), source_language=language)
    if kind == "md" and charset:
        document = decode(document, charset, strict=True).encode()
    content = read_document(document, kind)
    if kind == "pdf":
        return Source(text=content, source_language=language)
    return Source(html=content, source_language=language, fragment=True)


def _type(header: str) -> tuple[Type, str | None]:
    """Returns the document type and the charset of a `Content-Type`. Raises HTTPException 415."""
    parsed = Message()
    parsed["content-type"] = header
    kind = TYPES.get(parsed.get_content_type() if header else "")
    if kind is None:
        raise HTTPException(415, f"Send the body as one of {', '.join(TYPES)}.")
    return kind, parsed.get_content_charset()
