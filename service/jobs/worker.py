"""Processes one item of a job: returns its result, or asks for a retry."""

import json
from collections.abc import Mapping
from typing import Any

import structlog

from models.errors import Overloaded, RemoteFailed
from service.access.auth import Caller
from service.access.keys import Keys
from service.answering.answers import AnswerService
from service.answering.tasks import WritingTask
from service.errors import problem_from
from service.jobs.fair_queue import WorkItem
from service.jobs.items import answer_line, problem_line
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.jobs")

TRANSIENT_STATUSES = frozenset({503, 507})
"""Statuses of temporary failures of the service, such as a model that fails to load or a full disk."""

ATTEMPTS = 8
"""The most attempts per item under such failures: the item itself may be what crashes the model."""

RETRY_SECONDS = 1.0
"""Seconds that a job pauses after the first failed attempt of an item; doubled after each further one."""


class RetryLater(Exception):
    """The item should be retried after `wait` seconds. `count_attempt`: the item may have caused the failure."""

    def __init__(self, wait: float, *, count_attempt: bool) -> None:
        super().__init__(wait)
        self.wait = wait
        self.count_attempt = count_attempt


class JobWorker:
    """Processes items as requests of the keys that sent them."""

    def __init__(self, answers: AnswerService, keys: Keys, tasks: Mapping[str, WritingTask[Any, Any]]) -> None:
        self._answers = answers
        self._keys = keys
        self._tasks = tasks

    async def result(self, work: WorkItem, watch: Watch) -> tuple[bytes, int]:
        """Returns the result line and the status of an item. Raises RetryLater, and Cancelled when cancelled."""
        try:
            return answer_line(work.item.index, await self._response(work, watch)), 200
        except Cancelled:
            raise
        except Overloaded as error:  # interactive requests come first
            raise RetryLater(error.retry_after, count_attempt=False) from error
        except Exception as error:
            problem = problem_from(error, request_id_of(work))
            if problem.status == 500:  # noqa: PLR2004 - an unknown error is a bug of ours
                log.exception("job item failed")
            if _is_transient(error, problem.status) and work.attempt < ATTEMPTS:
                log.warning("job item will be retried", attempt=work.attempt, reason=str(error))
                raise RetryLater(RETRY_SECONDS * 2 ** (work.attempt - 1), count_attempt=True) from error
            return problem_line(work.item.index, problem), problem.status

    async def _response(self, work: WorkItem, watch: Watch) -> bytes:
        fields = json.loads(work.item.request)
        task = self._tasks[fields.pop("kind")]
        request = task.request.model_validate(fields)
        caller = Caller(self._keys.get(work.job.owner))
        return (await self._answers.write(caller, task, request, watch)).to_json()


def request_id_of(work: WorkItem) -> str:
    """Returns the request id of an item, for logs and problems."""
    return f"{work.job.id}.{work.item.index}"


def _is_transient(error: Exception, status: int) -> bool:
    """Whether a failure is temporary, so that it must not become the result of every item of a job."""
    return status in TRANSIENT_STATUSES or isinstance(error, RemoteFailed)
