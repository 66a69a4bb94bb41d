"""Generates the table in docs/settings.md: `python -m tests.contract.settings_table`."""

from pathlib import Path

from service.settings import Settings

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "settings.md"
FOLDERS = {"home": "the user's cache folder", "data": "the user's data folder"}
HEADER = "| variable | default | meaning |\n| --- | --- | --- |\n"


def table() -> str:
    """The table generated from the code."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = FOLDERS.get(name, "" if field.default is None else f"`{field.default}`")
        rows.append(f"| `LEDE_{name.upper()}` | {default} | {field.description} |\n")
    return "".join(rows)


def current() -> str:
    """The table in the document."""
    return DOCUMENT.read_text("utf-8").partition(HEADER)[2].partition("\n\n")[0].rstrip("\n") + "\n"


if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(HEADER)
    _, gap, after = rest.partition("\n\n")
    DOCUMENT.write_text(before + HEADER + table() + ("\n" + after if gap else ""), "utf-8")
