"""Request paths without the prefix under which a proxy or a cluster serves the app."""

from starlette.types import Scope


def own_path(scope: Scope) -> str:
    """Returns the path without ASGI's `root_path`, as the routes have it.

    Like Starlette, leaves a path unchanged that does not start with the prefix and a slash.
    """
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    rest = path.removeprefix(prefix)
    return rest if rest[:1] in {"", "/"} else path
