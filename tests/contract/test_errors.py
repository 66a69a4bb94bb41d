"""Every error has its status, and the trees drawn in the files are the real ones."""

import inspect
import re
from types import ModuleType

import pytest

import models.errors
import service.exceptions
import summarizer.errors
from service.errors import STATUS

FLOORS = (models.errors, summarizer.errors, service.exceptions)


def classes(module: ModuleType) -> list[type[Exception]]:
    found = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return [kind for kind in found if kind.__module__ == module.__name__]


@pytest.mark.parametrize("module", FLOORS)
def test_every_error_has_a_row_in_the_table(module: ModuleType):
    assert [kind.__name__ for kind in classes(module) if kind not in STATUS] == []


def test_the_table_has_no_row_for_what_is_gone():
    known = {kind for module in FLOORS for kind in classes(module)}
    assert set(STATUS) <= known


@pytest.mark.parametrize("module", FLOORS)
def test_the_tree_is_drawn_as_it_is(module: ModuleType):
    drawn: list[tuple[str, str | None]] = []
    path: list[tuple[int, str]] = []
    for match in re.finditer(r"^( *)([A-Z]\w+)(?: {2,}|$)", inspect.cleandoc(module.__doc__ or ""), re.MULTILINE):
        depth = len(match[1])
        path = [(d, name) for d, name in path if d < depth]
        drawn.append((match[2], path[-1][1] if path else None))
        path.append((depth, match[2]))
    kinds = classes(module)
    real = [(kind.__name__, base.__name__ if (base := kind.__base__) in kinds and base else None) for kind in kinds]
    assert sorted(drawn, key=str) == sorted(real, key=str)


@pytest.mark.parametrize("module", FLOORS)
def test_every_error_says_what_it_is_and_what_is_raised_says_what_to_do(module: ModuleType):
    kinds = classes(module)
    assert [kind.__name__ for kind in kinds if not vars(kind).get("__doc__")] == []
    raised = [kind for kind in kinds if not any(kind in other.__bases__ for other in kinds)]
    assert [kind.__name__ for kind in raised if not getattr(kind, "hint", "")] == []


def test_a_hint_of_its_own_goes_before_the_kinds():
    assert models.errors.NoSpace("Full.").hint == models.errors.NoSpace.hint
    assert models.errors.NoSpace("Full.", "Buy a disk.").hint == "Buy a disk."
    assert models.errors.NoSpace.hint != "Buy a disk."
