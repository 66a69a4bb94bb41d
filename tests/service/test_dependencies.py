"""The dependencies of routes cost no thread."""

from inspect import iscoroutinefunction
from typing import get_args

from service import dependencies


def test_every_dependency_is_a_coroutine():
    annotated = [value for name, value in vars(dependencies).items() if name.endswith("Dep")]
    assert annotated
    assert all(iscoroutinefunction(get_args(value)[1].dependency) for value in annotated)
