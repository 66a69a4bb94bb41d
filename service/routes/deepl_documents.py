"""DeepL's document translation: upload to /v2/document, status, and a single download."""

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from service.compat.deepl import ALIASES, Parameters
from service.compat.documents import DocumentsDep
from service.compat.fields import Fields
from service.compat.glossary_terms import terms_of
from service.compat.languages import supported_tag
from service.dependencies import CallerDep, DeskDep
from summarizer.files import open_document, translated_name
from summarizer.files.rendering import render

router = APIRouter(prefix="/v2", tags=["deepl"], include_in_schema=False)

PATH = "/v2/document"

SECONDS_PER_CHARACTER = 0.002
"""Estimated seconds per character. Clients show the estimate, and poll independently of it."""


@router.post("/document")
async def upload(
    fields: Fields, request: Request, desk: DeskDep, documents: DocumentsDep, caller: CallerDep
) -> dict[str, str]:
    """Starts the translation of a document."""
    file, parameters = fields.get("file"), Parameters.of(fields)
    if not isinstance(file, UploadFile):
        raise HTTPException(400, "Value for 'file' not specified.")
    card, name = desk.model_for("translate"), str(fields.get("filename") or file.filename or "")
    source = supported_tag(parameters.source_lang, ALIASES, card) if parameters.source_lang else None
    target = supported_tag(parameters.target_lang, ALIASES, card)
    requested = str(fields.get("output_format") or name.rpartition(".")[2]).lower()
    if requested != translated_name(name).rpartition(".")[2].lower():
        raise HTTPException(400, "Value for 'output_format' not supported.")
    terms = await run_sync(terms_of, request.app.state.glossaries, caller.owner, parameters)
    content = await file.read()
    document = await run_sync(open_document, name, content, target)
    document_id, task = await documents.start(
        name,
        document,
        len(content),
        caller.key,
        lambda watch: render(desk, document, target, source=source, glossary=terms, watch=watch),
    )
    return {"document_id": document_id, "document_key": task.key}


@router.post("/document/{document_id}")
async def status(document_id: str, fields: Fields, documents: DocumentsDep) -> dict[str, Any]:
    """Returns the state of a document."""
    task = documents.find(document_id, str(fields.get("document_key")))
    state: dict[str, Any] = {"document_id": document_id, "status": task.state}
    if task.state == "translating":
        state["seconds_remaining"] = round(task.characters * SECONDS_PER_CHARACTER)
    elif task.error:
        state["error_message"] = task.error
    else:
        state["billed_characters"] = task.characters
    return state


@router.post("/document/{document_id}/result")
async def result(document_id: str, fields: Fields, documents: DocumentsDep) -> Response:
    """Returns the translated document, once; 503 while it is not ready."""
    key = str(fields.get("document_key"))
    if documents.find(document_id, key).state == "translating":
        raise HTTPException(503, "The document is not ready.", {"Retry-After": "1"})
    return Response(documents.download(document_id, key), media_type="application/octet-stream")
