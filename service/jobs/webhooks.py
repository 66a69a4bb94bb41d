"""Webhooks: a job's end told to a URL, signed as Standard Webhooks has it, tried again while nobody answers."""

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
FIRST_WAIT = 2.0
"""Seconds from the first attempt to the second; each further wait is twice as long."""

USUAL = (httpx2.HTTPError, WebhookRefused, FetchRefused, OSError)

PATIENCE = 3600.0
"""Seconds from the first attempt to the last."""


class Webhooks:
    """Calls the URLs that the rules allow: the same addresses as for links, with no redirects followed.

    Raises BadSetting for a secret that signs nothing.
    """

    def __init__(self, rules: FetchRules, secret: SecretStr | None) -> None:
        self._rules = rules
        self._secret = secret
        if secret is not None:
            _key(secret)

    def check(self, url: str) -> None:
        """Raises WebhookRefused for a URL that would not be called."""
        if not self._rules.hosts or self._secret is None:
            raise WebhookRefused("This service calls no webhooks.")
        try:
            check_link(httpx2.URL(url), self._rules)
        except (FetchRefused, httpx2.InvalidURL) as error:
            raise WebhookRefused(str(error)) from error

    async def call(self, url: str, name: str, body: bytes) -> bool:
        """Posts a body; whether somebody took it. `name` is the message's id: receivers drop one they had before.

        Raises nothing: what cannot be called now is not called again later.
        """
        try:
            async for attempt in _attempts():
                with attempt:
                    await self._post(url, name, body)
        except Exception as error:
            log.warning(
                "a webhook was not taken", job=name, reason=type(error).__name__, exc_info=not isinstance(error, USUAL)
            )
            return False
        return True

    async def _post(self, url: str, name: str, body: bytes) -> None:
        """Raises httpx2.HTTPError, WebhookRefused, FetchRefused and OSError. Of the answer the status alone is read."""
        self.check(url)  # the settings may be others than when the job was sent
        assert self._secret
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._secret, name, stamp, body),
        }
        async with httpx2.AsyncClient(transport=CheckedTransport(self._rules), timeout=self._rules.seconds) as client:
            with anyio.fail_after(self._rules.seconds):
                async with client.stream("POST", url, content=body, headers=headers) as answer:
                    answer.raise_for_status()


def signature(secret: SecretStr, name: str, stamp: str, body: bytes) -> str:
    """The `webhook-signature` of Standard Webhooks 1.0: HMAC-SHA256 of id, timestamp and body."""
    digest = hmac.digest(_key(secret), f"{name}.{stamp}.".encode() + body, sha256)
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: SecretStr) -> bytes:
    known = secret.get_secret_value()
    try:
        coded = known.startswith("whsec_")
        key = base64.b64decode(known.removeprefix("whsec_"), validate=True) if coded else known.encode()
    except binascii.Error:
        key = b""
    if not key:
        raise BadSetting(
            "LEDE_WEBHOOK_SECRET is no secret.",
            "Set it to any text, or to `whsec_` and some bytes in base64, or not at all.",
        )
    return key


def _attempts() -> AsyncIterator[stamina.Attempt]:
    return stamina.retry_context(
        on=(httpx2.HTTPError, OSError),
        attempts=ATTEMPTS,
        timeout=PATIENCE,
        wait_initial=FIRST_WAIT,
        wait_max=600,
        wait_jitter=FIRST_WAIT,
    )
