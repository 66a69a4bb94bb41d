"""DeepL's documents: sent to /v2/document, asked about, and fetched once."""

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from service.compat.deepl import ALIASES, Parameters
from service.compat.documents import DocumentsDep
from service.compat.fields import Fields
from service.compat.glossed import terms_of
from service.compat.languages import supported_tag
from service.dependencies import CallerDep, DeskDep
from summarizer.files import open_document
from summarizer.files.rendering import render

router = APIRouter(prefix="/v2", tags=["deepl"], include_in_schema=False)

PATH = "/v2/document"

SECONDS_PER_CHARACTER = 0.002
"""Seconds a character that a document is said to take: clients show it, and ask again whatever it is."""


@router.post("/document")
async def upload(
    given: Fields, request: Request, desk: DeskDep, documents: DocumentsDep, caller: CallerDep
) -> dict[str, str]:
    """Begins to translate a document."""
    file, wanted = given.get("file"), Parameters.of(given)
    if not isinstance(file, UploadFile):
        raise HTTPException(400, "Value for 'file' not specified.")
    card, name = desk.model_for("translate"), str(given.get("filename") or file.filename or "")
    source = supported_tag(wanted.source_lang, ALIASES, card) if wanted.source_lang else None
    target = supported_tag(wanted.target_lang, ALIASES, card)
    if str(given.get("output_format") or name.rpartition(".")[2]).lower() != name.rpartition(".")[2].lower():
        raise HTTPException(400, "Value for 'output_format' not supported.")
    terms = await run_sync(terms_of, request.app.state.glossaries, caller.owner, wanted)
    content = await file.read()
    read = await run_sync(open_document, name, content)
    document, sent = await documents.begin(
        name,
        read,
        len(content),
        caller.key,
        lambda watch: render(desk, read, target, source=source, glossary=terms, watch=watch),
    )
    return {"document_id": document, "document_key": sent.key}


@router.post("/document/{document}")
async def status(document: str, given: Fields, documents: DocumentsDep) -> dict[str, Any]:
    """How far a document is."""
    sent = documents.find(document, str(given.get("document_key")))
    told: dict[str, Any] = {"document_id": document, "status": sent.state}
    if sent.state == "translating":
        told["seconds_remaining"] = round(sent.characters * SECONDS_PER_CHARACTER)
    elif sent.error:
        told["error_message"] = sent.error
    else:
        told["billed_characters"] = sent.characters
    return told


@router.post("/document/{document}/result")
async def result(document: str, given: Fields, documents: DocumentsDep) -> Response:
    """The translated document, once; 503 while it is not ready."""
    key = str(given.get("document_key"))
    if documents.find(document, key).state == "translating":
        raise HTTPException(503, "The document is not ready.", {"Retry-After": "1"})
    return Response(documents.fetch(document, key), media_type="application/octet-stream")
