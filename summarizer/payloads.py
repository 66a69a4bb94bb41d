"""Push notification payloads for APNs, FCM and Web Push, and their sizes in bytes."""

import json
from typing import Any

from summarizer.editions import Wording
from summarizer.options import PAYLOAD_BYTES, BlurbOptions


def payloads(wording: Wording, options: BlurbOptions) -> dict[str, dict[str, Any]]:
    """Returns the payloads for APNs, FCM (HTTP v1) and Web Push; for the profile `sms` also the text message.

    `options.topic` is the FCM topic to send to; `options.link` is opened when the user taps the notification.
    """
    alert = {"title": wording.title, "body": wording.body}
    link = {"link": options.link} if options.link else {}
    push: dict[str, dict[str, Any]] = {
        "apns": {"aps": {"alert": alert}, **link},
        "fcm": {
            "message": {
                **({"topic": options.topic} if options.topic else {}),
                "notification": alert,
                **({"data": link, "webpush": {"fcm_options": link}} if link else {}),
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
