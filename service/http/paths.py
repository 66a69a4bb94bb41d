"""Which of the service's own paths a request is for, wherever a proxy or a cluster put the service."""

from starlette.types import Scope


def own_path(scope: Scope) -> str:
    """The path without the prefix that the server was told of (ASGI's `root_path`): what routes are found by.

    As Starlette finds them: a path that does not begin with the prefix and a slash is taken as it is.
    """
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    rest = path.removeprefix(prefix)
    return rest if rest[:1] in {"", "/"} else path
