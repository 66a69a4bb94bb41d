"""Every error has a status and a hint, and the trees in the modules' docstrings are correct."""

import inspect
import re
from types import ModuleType

import pytest

import models.errors
import service.exceptions
import summarizer.errors
from service.errors import STATUS

ERROR_MODULES = (models.errors, summarizer.errors, service.exceptions)


def classes(module: ModuleType) -> list[type[Exception]]:
    exceptions = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return [kind for kind in exceptions if kind.__module__ == module.__name__]


@pytest.mark.parametrize("module", ERROR_MODULES)
def test_every_error_has_a_status(module: ModuleType):
    assert [kind.__name__ for kind in classes(module) if kind not in STATUS] == []


def test_the_table_has_no_removed_errors():
    known = {kind for module in ERROR_MODULES for kind in classes(module)}
    assert set(STATUS) <= known


@pytest.mark.parametrize("module", ERROR_MODULES)
def test_the_tree_in_the_docstring_is_correct(module: ModuleType):
    documented: list[tuple[str, str | None]] = []
    path: list[tuple[int, str]] = []
    for match in re.finditer(r"^( *)([A-Z]\w+)(?: {2,}|$)", inspect.cleandoc(module.__doc__ or ""), re.MULTILINE):
        depth = len(match[1])
        path = [(d, name) for d, name in path if d < depth]
        documented.append((match[2], path[-1][1] if path else None))
        path.append((depth, match[2]))
    kinds = classes(module)
    actual = [(kind.__name__, base.__name__ if (base := kind.__base__) in kinds and base else None) for kind in kinds]
    assert sorted(documented, key=str) == sorted(actual, key=str)


@pytest.mark.parametrize("module", ERROR_MODULES)
def test_every_error_has_a_docstring_and_every_raised_error_a_hint(module: ModuleType):
    kinds = classes(module)
    assert [kind.__name__ for kind in kinds if not vars(kind).get("__doc__")] == []
    raised = [kind for kind in kinds if not any(kind in other.__bases__ for other in kinds)]
    assert [kind.__name__ for kind in raised if not getattr(kind, "hint", "")] == []


def test_an_explicit_hint_replaces_the_default():
    assert models.errors.NoSpace("Full.").hint == models.errors.NoSpace.hint
    assert models.errors.NoSpace("Full.", "Buy a disk.").hint == "Buy a disk."
    assert models.errors.NoSpace.hint != "Buy a disk."
