"""Error formats of the other APIs that Lede serves: their status codes and JSON bodies."""

from dataclasses import dataclass
from http import HTTPStatus

BAD_REQUEST: dict[int, int] = dict.fromkeys(
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY), 400
)


@dataclass(frozen=True, slots=True)
class ErrorFormat:
    """Another API's errors: the field for the message, and the status codes that differ from Lede's.

    `statuses` maps Lede's status to theirs. `types` maps the end of a problem's type to theirs, and takes precedence.
    """

    field: str
    statuses: dict[int, int]
    types: dict[str, int]

    def render(self, status: int, detail: str, problem_type: str = "") -> tuple[int, dict[str, str]]:
        """Returns an error's status and JSON body."""
        by_type = next((code for ending, code in self.types.items() if problem_type.endswith(ending)), None)
        return by_type or self.statuses.get(status, status), {self.field: detail}


LIBRETRANSLATE = ErrorFormat("error", {**BAD_REQUEST, 401: 403}, {})
"""LibreTranslate 1.9: 400 for every fault in a request, 403 for keys, 429, 500."""

QUOTA_EXCEEDED = 456
"""DeepL's status code for an exhausted monthly quota."""

DEEPL = ErrorFormat(
    "message", {**BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE: 413, 401: 403}, {":quota-exceeded": QUOTA_EXCEEDED}
)
"""DeepL: 400, 403, 404, 413, 429, 456; its clients retry on 500 and above."""

_BY_SEGMENT = dict.fromkeys(
    ("detect", "download_file", "frontend", "health", "languages", "suggest", "translate", "translate_file"),
    LIBRETRANSLATE,
) | dict.fromkeys(("v2", "v3"), DEEPL)


def error_format_of(path: str) -> ErrorFormat | None:
    """Returns the error format of a path; None for Lede's own API, whose errors are problem JSON."""
    return _BY_SEGMENT.get(path.split("/")[1] if path.startswith("/") else "")
