"""Generates the table of errors in docs/api.md: `python -m tests.contract.errors_table`."""

import re
from pathlib import Path

from service.errors import STATUS, problem_from

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
HEADER = "| status | type | when | what to do |\n| ---: | --- | --- | --- |\n"


def table() -> str:
    """The table generated from the code: a row for each error class without subclasses, by status."""
    raised = [error for error in STATUS if not any(error in other.__bases__ for other in STATUS)]
    rows = sorted((STATUS[error], error.__name__, error) for error in raised)
    return "".join(_row(status, error) for status, _, error in rows)


def current() -> str:
    """The table in the document."""
    return DOCUMENT.read_text("utf-8").partition(HEADER)[2].partition("\n\n")[0].rstrip("\n") + "\n"


def _row(status: int, error: type[Exception]) -> str:
    problem = problem_from(error.__new__(error), "")
    when = re.split(r"(?<=\.)\s", " ".join((error.__doc__ or "").split()))[0]
    return f"| {status} | `{problem.type}` | {_cell(when)} | {_cell(problem.hint)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(HEADER)
    _, gap, after = rest.partition("\n\n")
    DOCUMENT.write_text(before + HEADER + table() + ("\n" + after if gap else ""), "utf-8")
