"""Code from model repositories never runs: `trust_remote_code` is False in every call that loads a model."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for layer in ("models", "summarizer", "service") for path in (ROOT / layer).rglob("*.py"))
NAME = "trust_remote_code"


def violations(tree: ast.AST) -> list[int]:
    """The lines that mention it in any way other than `trust_remote_code=False`."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == NAME:
            is_false = isinstance(node.value, ast.Constant) and node.value.value is False
            lines |= set() if is_false else {node.value.lineno}
        elif isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            name = [getattr(node, field, None) for field in ("id", "attr", "value")]
            lines |= {node.lineno} if NAME in name else set()
    return sorted(lines)


def omissions(tree: ast.AST) -> list[int]:
    """The lines that load a model without it: a library may change the default."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "from_pretrained"
        and NAME not in {keyword.arg for keyword in node.keywords}
    ]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("f(trust_remote_code=False)", []),
        ("f(trust_remote_code=True)", [1]),
        ("f(trust_remote_code=user.wants)", [1]),
        ("f(**{'trust_remote_code': True})", [1]),
        ("x = 1\nmodel.trust_remote_code = True", [2]),
    ],
)
def test_every_violation_is_detected(code: str, lines: list[int]) -> None:
    assert violations(ast.parse(code)) == lines


def test_an_omission_is_detected() -> None:
    assert omissions(ast.parse("Auto.from_pretrained(x, trust_remote_code=False)\nAuto.from_pretrained(x)")) == [2]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_remote_code_is_trusted(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert (violations(tree), omissions(tree)) == ([], [])
