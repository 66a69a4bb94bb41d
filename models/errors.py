"""What can go wrong with a model.

ModelError
  UnknownModel          no card has that id
  BadCard               a card does not read
  BadSetting            a setting is not what it may be
  SourceError           a model's files cannot be had
    ModelNotFetched     they are not here, and fetching was not allowed
    TransferFailed      every source failed
    Corrupted           the bytes are not the ones the card names
    NoSpace             the disk is full
  LoadFailed            the files are here and do not load
  OutOfMemory           the model does not fit the memory budget, or its work the machine's
  RemoteFailed          a server that has the model gives no answer
  ModelInUse            unloading or removing a model that is answering
  PromptTooLong         more tokens than the model's window
  UnsupportedDirection  the model does not serve a task or a language
  GenerationFailed      the engine raised on this work
  EngineHung            the engine says nothing any more
  Closed                the model was unloaded under its callers
  Refused               not now
    QueueFull           too much waits already
    TooLate             the answer would come after its deadline
"""


class ModelError(Exception):
    """An error with what happened, and a hint that says what to do about it."""

    hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.hint


class UnknownModel(ModelError):
    """No card has that id."""

    hint = "`lede models list` shows the models; a card dropped into the cards folder adds one."


class BadCard(ModelError):
    """A card does not read."""

    hint = "Compare the card with the documented ones in models/cards."


class BadSetting(ModelError):
    """A setting is not what it may be."""

    hint = "`lede init` writes a file with every setting and what it may be."


class SourceError(ModelError):
    """A model's files cannot be had."""


class ModelNotFetched(SourceError):
    """The files are not on this machine, and fetching was not allowed."""

    hint = "Fetch it once with `lede models pull`."


class TransferFailed(SourceError):
    """Every source of the card failed."""

    hint = "Check the network, then run the same command again: what arrived is kept."


class Corrupted(SourceError):
    """The bytes are not the ones the card names."""

    hint = "`lede models pull` fetches the bad part again."


class NoSpace(SourceError):
    """The disk is full."""

    hint = "Free some space, or set LEDE_HOME to a folder on a larger disk."


class LoadFailed(ModelError):
    """The files are here and do not load."""

    hint = "`lede models verify` checks the files; `lede models remove` and `pull` start again."


class OutOfMemory(ModelError):
    """The model does not fit the memory budget."""

    hint = "Raise LEDE_MEMORY_BUDGET, or choose a smaller model."


class RemoteFailed(ModelError):
    """A server that has the model gives no answer."""

    hint = "Look whether the server runs, and at `[server]` in the model's card."


class ModelInUse(ModelError):
    """The model is answering somebody."""

    hint = "Try again when its work is done."


class PromptTooLong(ModelError):
    """More tokens than the model's window."""

    hint = "Send less text at once."


class UnsupportedDirection(ModelError):
    """The model does not serve this task or language."""

    hint = "`/v1/languages` and `lede models list` say which model serves what."


class GenerationFailed(ModelError):
    """The engine raised on this work; other work is not affected."""

    hint = "The service's log has the reason. The same text may well fail again."


class EngineHung(ModelError):
    """The engine says nothing any more."""

    hint = "The model is loaded again: try again in a minute."


class Closed(ModelError):
    """The model was unloaded under its callers."""

    hint = "The service is stopping, or the model was unloaded: try again in a minute."


class Refused(ModelError):
    """Not now. `retry_after` is in seconds: when there may be room, by what was measured."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueueFull(Refused):
    """Too much waits already."""

    hint = "Try again after the time that `Retry-After` gives, or send fewer requests at once."


class TooLate(Refused):
    """The answer would come after its deadline."""

    hint = "Give more time with `deadline_ms`, send less text, or try again when less waits."
