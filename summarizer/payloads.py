"""A notification as the push services take it: ready to send, and measured in bytes."""

import json
from typing import Any

from summarizer.editions import Wording
from summarizer.options import PAYLOAD_BYTES, BlurbOptions


def payloads(wording: Wording, options: BlurbOptions) -> dict[str, dict[str, Any]]:
    """The bodies for APNs, FCM (HTTP v1) and Web Push, and the text of an SMS for that profile.

    `options.topic` addresses FCM's subscribers; `options.link` opens on a tap.
    """
    alert = {"title": wording.title, "body": wording.body}
    opening = {"link": options.link} if options.link else {}
    ready: dict[str, dict[str, Any]] = {
        "apns": {"aps": {"alert": alert}, **opening},
        "fcm": {
            "message": {
                **({"topic": options.topic} if options.topic else {}),
                "notification": alert,
                **({"data": opening, "webpush": {"fcm_options": opening}} if opening else {}),
            }
        },
        "webpush": {**alert, **({"data": opening} if opening else {})},
    }
    return {**ready, "sms": {"text": sms_text(wording)}} if options.profile == "sms" else ready


def sms_text(wording: Wording) -> str:
    """The notification as one text message."""
    return f"{wording.title}: {wording.body}"


def encoded_size(payload: dict[str, Any]) -> int:
    """Bytes of a payload as it is sent: UTF-8 JSON without spaces."""
    return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())


def oversized(wording: Wording, options: BlurbOptions) -> dict[str, int]:
    """The push services that would not take the notification, each with the bytes that it takes."""
    most = PAYLOAD_BYTES | ({"fcm": PAYLOAD_BYTES["fcm_topic"]} if options.topic else {})
    return {
        service: most[service]
        for service, payload in payloads(wording, options).items()
        if service in most and encoded_size(payload) > most[service]
    }
