"""How errors are told to programs that were written for another API: with its statuses, in its shape."""

from dataclasses import dataclass
from http import HTTPStatus

BAD_REQUEST: dict[int, int] = dict.fromkeys(
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY), 400
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The field that holds an error's message, and the statuses that differ from Lede's: by theirs, and by kind."""

    field: str
    statuses: dict[int, int]
    kinds: dict[str, int]

    def told(self, status: int, detail: str, kind: str = "") -> tuple[int, dict[str, str]]:
        """An error's status and body; `kind` is the type of its problem."""
        own = next((code for ending, code in self.kinds.items() if kind.endswith(ending)), None)
        return own or self.statuses.get(status, status), {self.field: detail}


LIBRETRANSLATE = Dialect("error", {**BAD_REQUEST, 401: 403}, {})
"""LibreTranslate 1.9: 400 for whatever is wrong with a request, 403 for keys, 429, 500."""

QUOTA_EXCEEDED = 456
"""DeepL's own status for a month's characters that are used up."""

DEEPL = Dialect(
    "message", {**BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE: 413, 401: 403}, {":quota-exceeded": QUOTA_EXCEEDED}
)
"""DeepL: 400, 403, 404, 413, 429, 456, and above 499 what its clients try again."""

_BY_SEGMENT = dict.fromkeys(
    ("detect", "download_file", "frontend", "health", "languages", "suggest", "translate", "translate_file"),
    LIBRETRANSLATE,
) | dict.fromkeys(("v2", "v3"), DEEPL)


def dialect_of(path: str) -> Dialect | None:
    """The dialect of a path; None for Lede's own, whose errors are problems."""
    return _BY_SEGMENT.get(path.split("/")[1] if path.startswith("/") else "")
