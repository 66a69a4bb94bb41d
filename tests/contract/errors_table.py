"""The table of errors in docs/api.md, made from the errors themselves: `python -m tests.contract.errors_table`."""

import re
from pathlib import Path

from service.errors import STATUS, problem

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
HEADER = "| status | type | when | what to do |\n| ---: | --- | --- | --- |\n"


def table() -> str:
    """A row for each error that is raised, by status. Errors that only gather others have none."""
    kinds = [kind for kind in STATUS if not any(kind in other.__bases__ for other in STATUS)]
    rows = sorted((STATUS[kind], kind.__name__, kind) for kind in kinds)
    return "".join(_row(status, kind) for status, _, kind in rows)


def current() -> str:
    """The table as it stands in the document."""
    return DOCUMENT.read_text("utf-8").partition(HEADER)[2].partition("\n\n")[0].rstrip("\n") + "\n"


def _row(status: int, kind: type[Exception]) -> str:
    told = problem(kind.__new__(kind), "")
    when = re.split(r"(?<=\.)\s", " ".join((kind.__doc__ or "").split()))[0]
    return f"| {status} | `{told.type}` | {_cell(when)} | {_cell(told.hint)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(HEADER)
    _, gap, after = rest.partition("\n\n")
    DOCUMENT.write_text(before + HEADER + table() + ("\n" + after if gap else ""), "utf-8")
