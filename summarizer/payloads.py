"""Push notification payloads for APNs, FCM and Web Push, and their sizes in bytes."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from summarizer.editions import Wording
from summarizer.options import PAYLOAD_BYTES, BlurbOptions

UNSAFE_SCHEMES = frozenset({"about", "blob", "data", "file", "javascript", "vbscript"})
"""Schemes whose URLs run code or open local files."""


def check_link(link: str) -> str:
    """Returns the link that a notification opens: an absolute URL, of a page or of an app. Raises ValueError."""
    parts = urlsplit(link)
    is_web = parts.scheme in {"http", "https"}
    if (
        re.search(r"[\s\x00-\x1f\x7f]", link)
        or not parts.scheme
        or not (parts.hostname if is_web else parts.netloc or parts.path)
    ):
        raise ValueError("The link is not an absolute URL, such as `https://news.example/1` or `newsapp://story/5`.")
    if parts.scheme in UNSAFE_SCHEMES:
        raise ValueError(f"Links may not use the scheme {parts.scheme}.")
    return link


def payloads(wording: Wording, options: BlurbOptions) -> dict[str, dict[str, Any]]:
    """Returns the payloads for APNs, FCM (HTTP v1) and Web Push; for the profile `sms` also the text message.

    `options.topic` is the FCM topic to send to; `options.link` is opened when the user taps the notification. FCM
    accepts only HTTPS in `fcm_options.link`; the app or service worker opens other links from `data`.
    """
    alert = {"title": wording.title, "body": wording.body}
    link = {"link": options.link} if options.link else {}
    is_https = urlsplit(options.link or "").scheme == "https"
    push: dict[str, dict[str, Any]] = {
        "apns": {"aps": {"alert": alert}, **link},
        "fcm": {
            "message": {
                **({"topic": options.topic} if options.topic else {}),
                "notification": alert,
                **({"data": link} if link else {}),
                **({"webpush": {"fcm_options": link}} if is_https else {}),
            }
        },
        "webpush": {**alert, **({"data": link} if link else {})},
    }
    return {**push, "sms": {"text": sms_text(wording)}} if options.profile == "sms" else push


def sms_text(wording: Wording) -> str:
    """Returns the notification as one text message."""
    return f"{wording.title}: {wording.body}"


def encoded_size(payload: dict[str, Any]) -> int:
    """Returns the size in bytes of a payload sent as UTF-8 JSON without white space."""
    return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())


def oversized(wording: Wording, options: BlurbOptions) -> dict[str, int]:
    """Returns the push services whose size limit the notification exceeds, each with its limit in bytes."""
    limits = PAYLOAD_BYTES | ({"fcm": PAYLOAD_BYTES["fcm_topic"]} if options.topic else {})
    return {
        service: limits[service]
        for service, payload in payloads(wording, options).items()
        if service in limits and encoded_size(payload) > limits[service]
    }
