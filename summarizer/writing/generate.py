"""A call to a model under a watch: stopped work raises an error instead of returning a partial result."""

from collections.abc import Sequence

from models.errors import TooLate
from models.model import Model
from models.protocol import Decoding, Hypothesis, OnToken, Prompt
from summarizer.errors import DeadlineExceeded
from summarizer.watch import Watch


def generate(
    model: Model, prompts: Sequence[Prompt], decoding: Decoding, watch: Watch, on_token: OnToken | None = None
) -> list[Hypothesis]:
    """Returns one hypothesis per prompt.

    Raises Cancelled or DeadlineExceeded as soon as the watch does, DeadlineExceeded immediately if the deadline cannot
    be met, and QueueFull.
    """
    watch.check()
    try:
        hypotheses = model.generate(prompts, decoding, on_token, watch.should_stop, deadline=watch.deadline)
    except TooLate as error:
        raise DeadlineExceeded(str(error)) from error
    watch.check()
    return hypotheses
