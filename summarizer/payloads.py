"""A notification as the push services take it: ready to send, and measured in bytes."""

import json
from typing import Any

from summarizer.editions import Wording


def payloads(wording: Wording, *, link: str | None = None, topic: str | None = None) -> dict[str, dict[str, Any]]:
    """The bodies for APNs, FCM (HTTP v1) and Web Push. `topic` addresses FCM's subscribers; `link` opens on a tap."""
    alert = {"title": wording.title, "body": wording.body}
    opening = {"link": link} if link else {}
    return {
        "apns": {"aps": {"alert": alert}, **opening},
        "fcm": {
            "message": {
                **({"topic": topic} if topic else {}),
                "notification": alert,
                **({"data": opening, "webpush": {"fcm_options": opening}} if link else {}),
            }
        },
        "webpush": {**alert, **({"data": opening} if link else {})},
    }


def size(payload: dict[str, Any]) -> int:
    """Bytes of a payload as it is sent: UTF-8 JSON without spaces."""
    return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
