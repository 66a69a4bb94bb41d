"""Errors of models.

ModelError
  UnknownModel          no card has this id
  BadCard               a card is not valid
  BadSetting            a setting is not valid
  SourceError           a model's files are not available
    ModelNotFetched     they are not on this machine, and fetching was not allowed
    TransferFailed      every source failed
    Corrupted           a file does not match its card
    NoSpace             the disk is full
  LoadFailed            the files are here, but the model does not load
  OutOfMemory           the model exceeds the memory budget, or its work exceeds the machine's memory
  RemoteFailed          the server of a remote model does not respond
  ModelInUse            a model in use cannot be unloaded or removed
  PromptTooLong         a prompt exceeds the model's context window
  UnsupportedDirection  the model does not support a task or a language
  GenerationFailed      the engine raised an exception
  EngineHung            the engine does not respond
  Closed                the model was unloaded while it was in use
  Overloaded            rejected for now; may be retried
    QueueFull           the queue is full
    TooLate             the deadline cannot be met
"""


class ModelError(Exception):
    """An error message with a hint that says what to do about it."""

    hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class UnknownModel(ModelError):
    """No card has this id."""

    hint = "`lede models list` lists the models; to add one, put its card into the cards folder."


class BadCard(ModelError):
    """A card is not valid."""

    hint = "Compare the card with those in models/cards; docs/models.md explains each field."


class BadSetting(ModelError):
    """A setting is not valid."""

    hint = "`lede init` writes a file that explains every setting."


class SourceError(ModelError):
    """A model's files are not available."""


class ModelNotFetched(SourceError):
    """The files are not on this machine, and fetching was not allowed."""

    hint = "Fetch it once with `lede models pull`."


class TransferFailed(SourceError):
    """Every source of the card failed."""

    hint = "Check the network, then run the same command again; it resumes the download."


class Corrupted(SourceError):
    """A file does not match its card."""

    hint = "`lede models pull` fetches the damaged part again."


class NoSpace(SourceError):
    """The disk is full."""

    hint = "Free some disk space, or set LEDE_HOME to a folder on a larger disk."


class LoadFailed(ModelError):
    """The files are here, but the model does not load."""

    hint = "Check the files with `lede models verify`; `lede models remove` and `lede models pull` fetch them again."


class OutOfMemory(ModelError):
    """The model exceeds the memory budget."""

    hint = "Raise LEDE_MEMORY_BUDGET, or choose a smaller model."


class RemoteFailed(ModelError):
    """The server of a remote model does not respond."""

    hint = "Check that the server is running, and that `[server]` in the model's card is correct."


class ModelInUse(ModelError):
    """The model is in use."""

    hint = "Try again when its requests are done."


class PromptTooLong(ModelError):
    """A prompt exceeds the model's context window."""

    hint = "Send a shorter text."


class UnsupportedDirection(ModelError):
    """The model does not support this task or language."""

    hint = "`/v1/languages` and `lede models list` show what each model supports."


class GenerationFailed(ModelError):
    """The engine raised an exception on this request; other requests are not affected."""

    hint = "The service's log has the reason. The same text is likely to fail again."


class EngineHung(ModelError):
    """The engine does not respond."""

    hint = "The model is being reloaded: try again in a minute."


class Closed(ModelError):
    """The model was unloaded while it was in use."""

    hint = "The service is stopping, or the model was unloaded: try again in a minute."


class Overloaded(ModelError):
    """Rejected for now. `retry_after` is the estimated number of seconds until the request can be accepted."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueueFull(Overloaded):
    """The queue is full."""

    hint = "Try again after the number of seconds in `Retry-After`, or send fewer concurrent requests."


class TooLate(Overloaded):
    """The deadline cannot be met."""

    hint = "Raise `deadline_ms`, send a shorter text, or try again when the queue is shorter."
