"""What routes are given costs them nothing."""

from inspect import iscoroutinefunction, isfunction

from service import dependencies


def test_no_thread_is_asked_for_what_the_app_holds():
    own = [
        value
        for value in vars(dependencies).values()
        if isfunction(value) and value.__module__ == dependencies.__name__
    ]
    assert own
    assert all(map(iscoroutinefunction, own))
