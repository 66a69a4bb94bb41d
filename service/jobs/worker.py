"""One item of a job: its result, or for how long it has to wait for that."""

import json
from collections.abc import Mapping
from typing import Any

import structlog

from models.errors import Overloaded as Busy
from models.errors import RemoteFailed
from service.access.auth import Caller
from service.access.keys import Keys
from service.answering.answers import AnswerService
from service.answering.tasks import WritingTask
from service.errors import problem_from
from service.jobs.fair_queue import Turn
from service.jobs.items import answer_line, problem_line
from summarizer.errors import Cancelled
from summarizer.watch import Watch

log = structlog.get_logger("lede.jobs")

PASSING = frozenset({503, 507})
"""Statuses of faults that are the service's own and may pass: a model that does not load now, a full disk."""

ATTEMPTS = 8
"""How often an item is tried while such a fault lasts: it may be the item that brings the model down."""

REST = 1.0
"""Seconds that a job rests after an item's first attempt, and twice as long after each further one."""


class Later(Exception):
    """An item is to be tried again after so many seconds. `blame`: it may be the item's own fault."""

    def __init__(self, wait: float, *, blame: bool) -> None:
        super().__init__(wait)
        self.wait = wait
        self.blame = blame


class Worker:
    """Works on items as the requests that they are, on behalf of the keys that sent them."""

    def __init__(self, answers: AnswerService, keys: Keys, tasks: Mapping[str, WritingTask[Any, Any]]) -> None:
        self._answers = answers
        self._keys = keys
        self._tasks = tasks

    async def result(self, turn: Turn, watch: Watch) -> tuple[bytes, int]:
        """An item's line among the results, and its status. Raises Later, and Cancelled where the watch says so."""
        try:
            return answer_line(turn.item.n, await self._written(turn, watch)), 200
        except Cancelled:
            raise
        except Busy as error:  # interactive work goes before: this can wait
            raise Later(error.retry_after, blame=False) from error
        except Exception as error:
            told = problem_from(error, name_of(turn))
            if told.status == 500:  # noqa: PLR2004 - what the table does not know is ours to mend
                log.exception("an item failed")
            if _passes(error, told.status) and turn.attempt < ATTEMPTS:
                log.warning("an item is tried again", attempt=turn.attempt, reason=str(error))
                raise Later(REST * 2 ** (turn.attempt - 1), blame=True) from error
            return problem_line(turn.item.n, told), told.status

    async def _written(self, turn: Turn, watch: Watch) -> bytes:
        given = json.loads(turn.item.wanted)
        task = self._tasks[given.pop("kind")]
        wanted = task.request.model_validate(given)
        caller = Caller(self._keys.get(turn.job.owner))
        return (await self._answers.write(caller, task, wanted, watch)).body()


def name_of(turn: Turn) -> str:
    """What an item is called where requests have their ids."""
    return f"{turn.job.id}.{turn.item.n}"


def _passes(error: Exception, status: int) -> bool:
    """Whether it may be over soon: such a fault must not be the result of every item of a job."""
    return status in PASSING or isinstance(error, RemoteFailed)
