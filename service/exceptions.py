"""Errors that the service itself raises.

ServiceError                    the service cannot or may not do what was requested
  Unauthenticated               a key is required, and the request has none or an invalid one
  ScopeMissing                  the key's scope does not allow the request
  WrongHost                     without keys, only requests to this machine's own names are answered
  CrossSiteRequest              without keys, only pages of this site or of an allowed origin may send the request
  LimitReached                  the caller has reached a limit; `retry_after` says when to retry
    RateExceeded                too many requests in the rate limit's window
    QuotaExceeded               too many characters this month
  Unchanged                     the caller already has the current response
  UnknownKey                    no key has this id
  UnknownGlossary               the caller has no glossary with this id
  UnknownDocument               no document has this id and key, or it has expired
  JobTooLarge                   a job has too many items, or an item is too large
  InvalidJob                    a job is neither a JSON list nor JSON lines, or has no items
  UnknownJob                    the caller has no such job
  IdempotencyConflict           the idempotency key belongs to another job, or to one still being received
  TranslationMemoryDisabled     the translation memory is off
  WebhookRefused                webhooks are off, or this webhook's host is not allowed
  StorageFull                   the disk is full
  StateUnavailable              the service's stored data cannot be read or written now
  StateTooNew                   the stored data was written by a later version
"""

from summarizer.errors import LedeError


class ServiceError(LedeError):
    """The service cannot or may not do what was requested."""

    @property
    def headers(self) -> dict[str, str]:
        """Headers to send with the problem."""
        return {}


class Unauthenticated(ServiceError):
    """A key is required, and the request has none or an invalid one."""

    hint = "Send a key as `Authorization: Bearer lede_...`; the operator creates one with `lede keys create`."

    @property
    def headers(self) -> dict[str, str]:
        """The authentication scheme, which RFC 9110 requires with a 401."""
        return {"WWW-Authenticate": "Bearer"}


class ScopeMissing(ServiceError):
    """The key's scope does not allow the request."""

    hint = "Use a key with the required scope."


class WrongHost(ServiceError):
    """Without keys, only requests to this machine's own names are answered."""

    hint = "Use http://127.0.0.1, or have the operator create a key or set LEDE_AUTH=open."


class CrossSiteRequest(ServiceError):
    """Without keys, only pages of this site or of an allowed origin may send the request."""

    hint = "Have the operator add the page's origin to LEDE_CORS_ORIGINS, or create a key."


class LimitReached(ServiceError):
    """The caller has reached a limit. `retry_after` is in seconds."""

    hint = "Retry after the number of seconds in `Retry-After`."

    def __init__(self, message: str, hint: str = "", *, retry_after: float = 1) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to retry, in whole seconds."""
        return {"Retry-After": str(max(1, round(self.retry_after + 0.5)))}


class RateExceeded(LimitReached):
    """Too many requests in the rate limit's window."""


class QuotaExceeded(LimitReached):
    """Too many characters this month."""

    hint = "Wait for the next month, or ask the operator for a larger quota."


class Unchanged(ServiceError):
    """The caller already has the current response."""

    hint = "Use the response whose ETag you sent."

    def __init__(self, message: str, hint: str = "", *, etag: str = "") -> None:
        super().__init__(message, hint)
        self._etag = etag

    @property
    def headers(self) -> dict[str, str]:
        """The ETag of the current response."""
        return {"ETag": self._etag}


class UnknownKey(ServiceError):
    """No key has this id."""

    hint = "`lede keys list` shows the keys."


class UnknownGlossary(ServiceError):
    """The caller has no glossary with this id."""

    hint = "`GET /v2/glossaries` lists your glossaries."


class UnknownDocument(ServiceError):
    """No document has this id and key, or it has expired."""

    hint = "Upload it again: a translated document is stored for a limited time and can be downloaded once."


class JobTooLarge(ServiceError):
    """A job has too many items, or an item is too large."""

    hint = "Send several smaller jobs."


class InvalidJob(ServiceError):
    """A job is neither a JSON list nor JSON lines, or has no items."""

    hint = "Send a JSON list, or one JSON object per line as `application/jsonl`."


class UnknownJob(ServiceError):
    """The caller has no such job."""

    hint = "`GET /v1/jobs` lists your jobs; a finished job is stored for a limited time."


class IdempotencyConflict(ServiceError):
    """The idempotency key belongs to another job, or to one still being received."""

    hint = "Send each new job with a new `Idempotency-Key`."


class TranslationMemoryDisabled(ServiceError):
    """The translation memory is off."""

    hint = "Have the operator set LEDE_TRANSLATION_MEMORY_BYTES to the size it may have."


class WebhookRefused(ServiceError):
    """Webhooks are off, or this webhook's host is not allowed."""

    hint = "Poll the job instead, or have the operator set LEDE_WEBHOOK_HOSTS and LEDE_WEBHOOK_SECRET."


class StorageFull(ServiceError):
    """The disk is full."""

    hint = "Free some space in the folder LEDE_DATA, or choose another folder."


class StateUnavailable(ServiceError):
    """The service's stored data cannot be read or written now."""

    hint = "Retry; if it keeps failing, check the folder LEDE_DATA."

    @property
    def headers(self) -> dict[str, str]:
        """A locked file is usually free within a second."""
        return {"Retry-After": "1"}


class StateTooNew(ServiceError):
    """The stored data was written by a later version."""

    hint = "Run that version, or choose another folder with LEDE_DATA."
