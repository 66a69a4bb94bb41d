"""Logging to stderr: readable lines on a terminal, JSON elsewhere, each with the id of its request."""

import logging
import sys
import traceback
from types import TracebackType

import structlog
from pydantic import ValidationError

from models.errors import ModelError
from service.settings import Settings
from summarizer.errors import LedeError


def set_up(settings: Settings) -> None:
    """Configures the logs of Lede and its libraries. Article texts are never logged."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.ExceptionRenderer(_traceback),
    ]
    last = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for noisy in ("httpx", "httpx2", "huggingface_hub", "filelock", "transformers", "trafilatura", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _traceback(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Formats an error and its causes, without the messages of other libraries: they may quote their input."""
    error: BaseException | None = exc_info[1]
    lines: list[str] = []
    while error is not None:
        lines[:0] = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}{_message(error)}\n"]
        error = error.__cause__ or error.__context__
    return "".join(lines).rstrip()


def _message(error: BaseException) -> str:
    if isinstance(error, ValidationError):  # the field and the rule, without the input
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return ": " + ", ".join(f"{'.'.join(map(str, detail['loc'][:1]))} ({detail['type']})" for detail in details)
    return f": {error}" if isinstance(error, LedeError | ModelError) else ""
