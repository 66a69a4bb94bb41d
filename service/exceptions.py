"""Why the service itself says no.

Refused                 the service does not do what was asked
  Unauthenticated       a key is asked for, and none that counts was given
  ScopeMissing          the key does not reach so far
  WrongHost             without keys it answers to this machine's own names alone
  LimitReached          the caller asked for too much; `retry_after` says when to come back
    RateExceeded        too many requests in a while
    QuotaExceeded       too many characters this month
  Unchanged             the answer is the one that the caller holds
  UnknownKey            there is no key of that id
  UnknownGlossary       the caller has no glossary of that id
  UnknownDocument       there is no document of that id and key, or not any more
  JobTooLarge           a job has too many items, or too large ones
  NotItems              a job is neither a JSON list nor JSON lines, or has no items
  UnknownJob            there is no such job of the caller's
  RepeatedKey           an idempotency key was used for another job, or its job is still being received
  MemoryOff             no translations are kept
  WebhookRefused        webhooks are off, or this one leads where it may not
  StorageFull           the disk takes no more
  StateUnavailable      what the service keeps cannot be read or written now
  StateTooNew           what the service keeps was written by a later version
"""

from summarizer.errors import LedeError


class Refused(LedeError):
    """The service does not do what was asked."""

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says beside the problem."""
        return {}


class Unauthenticated(Refused):
    """A key is asked for, and none that counts was given."""

    hint = "Send a key as `Authorization: Bearer lede_...`; the operator makes one with `lede keys create`."

    @property
    def headers(self) -> dict[str, str]:
        """The scheme, as RFC 9110 wants it with a 401."""
        return {"WWW-Authenticate": "Bearer"}


class ScopeMissing(Refused):
    """The key does not reach so far."""

    hint = "Use a key with the scope that is named."


class WrongHost(Refused):
    """Without keys it answers to this machine's own names alone."""

    hint = "Ask http://127.0.0.1, or have the operator make a key or set LEDE_AUTH=open."


class LimitReached(Refused):
    """The caller asked for too much. `retry_after` is in seconds."""

    hint = "Come back after the seconds in `Retry-After`."

    def __init__(self, message: str, hint: str = "", *, retry_after: float = 1) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to come back, in whole seconds."""
        return {"Retry-After": str(max(1, round(self.retry_after + 0.5)))}


class RateExceeded(LimitReached):
    """Too many requests in a while."""


class QuotaExceeded(LimitReached):
    """Too many characters this month."""

    hint = "Wait for the next month, or ask the operator for a larger quota."


class Unchanged(Refused):
    """The answer is the one that the caller holds."""

    hint = "Go on with the answer whose ETag you sent."

    def __init__(self, message: str, hint: str = "", *, etag: str = "") -> None:
        super().__init__(message, hint)
        self._etag = etag

    @property
    def headers(self) -> dict[str, str]:
        """Which answer that is."""
        return {"ETag": self._etag}


class UnknownKey(Refused):
    """There is no key of that id."""

    hint = "`lede keys list` has those there are."


class UnknownGlossary(Refused):
    """The caller has no glossary of that id."""

    hint = "`GET /v2/glossaries` lists those that there are."


class UnknownDocument(Refused):
    """There is no document of that id and key, or not any more."""

    hint = "Send it again: a document is kept for a while, and given out once."


class JobTooLarge(Refused):
    """A job has too many items, or too large ones."""

    hint = "Send several jobs."


class NotItems(Refused):
    """A job is neither a JSON list nor JSON lines, or has no items."""

    hint = "Send a JSON list, or an object a line as `application/jsonl`."


class UnknownJob(Refused):
    """There is no such job of the caller's."""

    hint = "`GET /v1/jobs` has those there are; they are kept for a while after their end."


class RepeatedKey(Refused):
    """An idempotency key was used for another job, or its job is still being received."""

    hint = "Send each new job with an `Idempotency-Key` of its own."


class MemoryOff(Refused):
    """No translations are kept."""

    hint = "Have the operator set LEDE_TRANSLATION_MEMORY_BYTES to what they may take."


class WebhookRefused(Refused):
    """Webhooks are off, or this one leads where it may not."""

    hint = "Ask for the job's state instead, or have the operator set LEDE_WEBHOOK_HOSTS and LEDE_WEBHOOK_SECRET."


class StorageFull(Refused):
    """The disk takes no more."""

    hint = "Free some space in the folder LEDE_DATA, or choose another."


class StateUnavailable(Refused):
    """What the service keeps cannot be read or written now."""

    hint = "Try again; if it stays so, look at the folder LEDE_DATA."

    @property
    def headers(self) -> dict[str, str]:
        """A locked file is free again soon."""
        return {"Retry-After": "1"}


class StateTooNew(Refused):
    """What the service keeps was written by a later version."""

    hint = "Run that version again, or choose another folder with LEDE_DATA."
