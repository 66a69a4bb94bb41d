"""Webhooks for ended jobs, signed according to Standard Webhooks and retried until they are delivered."""

import base64
import binascii
import hmac
import time
from collections.abc import AsyncIterator
from hashlib import sha256

import anyio
import httpx2
import stamina
import structlog
from pydantic import SecretStr

from models.errors import BadSetting
from service.exceptions import WebhookRefused
from service.links.fetch import USER_AGENT, CheckedTransport, FetchRules, check_link
from summarizer.errors import FetchRefused

log = structlog.get_logger("lede.webhooks")

ATTEMPTS = 8
FIRST_RETRY_SECONDS = 2.0
"""Seconds between the first and the second attempt; doubled after each further one."""

EXPECTED_ERRORS = (httpx2.HTTPError, WebhookRefused, FetchRefused, OSError)

RETRY_SECONDS = 3600.0
"""Seconds within which a delivery is attempted."""


class Webhooks:
    """Sends webhooks to URLs that the rules allow; as for links, only to public addresses. Follows no redirects.

    Raises BadSetting for an invalid secret.
    """

    def __init__(self, rules: FetchRules, secret: SecretStr | None) -> None:
        self._rules = rules
        self._secret = secret
        if secret is not None:
            _key(secret)

    def check(self, url: str) -> None:
        """Raises WebhookRefused for a URL that is not allowed."""
        if not self._rules.hosts or self._secret is None:
            raise WebhookRefused("Webhooks are disabled on this service.")
        try:
            check_link(httpx2.URL(url), self._rules)
        except (FetchRefused, httpx2.InvalidURL) as error:
            raise WebhookRefused(str(error)) from error

    async def deliver(self, url: str, message_id: str, body: bytes) -> bool:
        """Posts a body, with retries, and returns whether it was delivered. Raises nothing.

        Receivers use `message_id` to recognise duplicates.
        """
        try:
            async for attempt in _attempts():
                with attempt:
                    await self._post(url, message_id, body)
        except Exception as error:
            log.warning(
                "webhook delivery failed",
                job=message_id,
                reason=type(error).__name__,
                exc_info=not isinstance(error, EXPECTED_ERRORS),
            )
            return False
        return True

    async def _post(self, url: str, message_id: str, body: bytes) -> None:
        """Raises httpx2.HTTPError, WebhookRefused, FetchRefused and OSError. Reads only the status of the response."""
        self.check(url)  # the settings may have changed since the job was accepted
        assert self._secret
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._secret, message_id, stamp, body),
        }
        async with httpx2.AsyncClient(transport=CheckedTransport(self._rules), timeout=self._rules.seconds) as client:
            with anyio.fail_after(self._rules.seconds):
                async with client.stream("POST", url, content=body, headers=headers) as response:
                    response.raise_for_status()


def signature(secret: SecretStr, message_id: str, stamp: str, body: bytes) -> str:
    """Returns the `webhook-signature` of Standard Webhooks 1.0: HMAC-SHA256 of id, timestamp and body."""
    digest = hmac.digest(_key(secret), f"{message_id}.{stamp}.".encode() + body, sha256)
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: SecretStr) -> bytes:
    value = secret.get_secret_value()
    try:
        coded = value.startswith("whsec_")
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True) if coded else value.encode()
    except binascii.Error:
        key = b""
    if not key:
        raise BadSetting(
            "LEDE_WEBHOOK_SECRET is not a valid secret.",
            "Set it to any text, or to `whsec_` followed by base64, or leave it unset.",
        )
    return key


def _attempts() -> AsyncIterator[stamina.Attempt]:
    return stamina.retry_context(
        on=(httpx2.HTTPError, OSError),
        attempts=ATTEMPTS,
        timeout=RETRY_SECONDS,
        wait_initial=FIRST_RETRY_SECONDS,
        wait_max=600,
        wait_jitter=FIRST_RETRY_SECONDS,
    )
