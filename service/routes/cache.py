"""DELETE /v1/cache: clears the result cache."""

from fastapi import APIRouter, Response

from service.dependencies import AnswersDep
from service.errors import responses

router = APIRouter(tags=["operation"])


@router.delete("/cache", status_code=204, responses=responses(507))
async def clear_cache(answers: AnswersDep) -> Response:
    """Removes all cached results, those of every caller."""
    await answers.cache.clear()
    return Response(status_code=204)
