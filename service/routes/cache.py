"""DELETE /v1/cache: the answers that are kept are dropped."""

from fastapi import APIRouter, Response

from service.dependencies import AnswersDep
from service.errors import responses

router = APIRouter(tags=["operation"])


@router.delete("/cache", status_code=204, responses=responses(507))
async def clear(answers: AnswersDep) -> Response:
    """Drops every answer that is kept, everybody's; what was asked before is written anew."""
    await answers.cache.clear()
    return Response(status_code=204)
