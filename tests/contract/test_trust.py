"""No model's own code ever runs: `trust_remote_code` is False wherever a model is read, and nothing says otherwise."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for floor in ("models", "summarizer", "service") for path in (ROOT / floor).rglob("*.py"))
NAME = "trust_remote_code"


def trusting(tree: ast.AST) -> list[int]:
    """The lines on which it is said in any way but `trust_remote_code=False`."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == NAME:
            said = isinstance(node.value, ast.Constant) and node.value.value is False
            lines |= set() if said else {node.value.lineno}
        elif isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            name = [getattr(node, field, None) for field in ("id", "attr", "value")]
            lines |= {node.lineno} if NAME in name else set()
    return sorted(lines)


def unsaid(tree: ast.AST) -> list[int]:
    """The lines on which a model is read without it: the default is a library's to change."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "from_pretrained"
        and NAME not in {keyword.arg for keyword in node.keywords}
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("f(trust_remote_code=False)", []),
        ("f(trust_remote_code=True)", [1]),
        ("f(trust_remote_code=user.wants)", [1]),
        ("f(**{'trust_remote_code': True})", [1]),
        ("x = 1\nmodel.trust_remote_code = True", [2]),
    ],
)
def test_every_way_to_say_it_is_seen(code: str, found: list[int]) -> None:
    assert trusting(ast.parse(code)) == found


def test_a_model_read_without_it_is_seen() -> None:
    assert unsaid(ast.parse("Auto.from_pretrained(x, trust_remote_code=False)\nAuto.from_pretrained(x)")) == [2]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_remote_code_is_trusted(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert (trusting(tree), unsaid(tree)) == ([], [])
