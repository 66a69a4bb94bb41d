"""Authentication and authorization: the key of a request is checked before its body is read."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from models.scheduling.caller import Flow, use_flow
from service.access import keys
from service.access.keys import Key, Keys
from service.access.rate_limits import RateLimiter
from service.error_formats import LIBRETRANSLATE, error_format_of
from service.errors import ProblemResponse, headers_of, problem_from
from service.exceptions import CrossSiteRequest, ScopeMissing, ServiceError, Unauthenticated, WrongHost
from service.links.addresses import is_loopback

PUBLIC_PATHS = frozenset({"/", "/docs", "/openapi.json", "/healthz", "/readyz"})
"""Paths that need no key: the page, the documentation and the health checks, which expose no one's data."""

PUBLIC_PREFIXES = ("/assets/", "/download_file/")
"""Prefixes of paths that need no key: the page's files, and translated files, whose links contain their own secret."""

ADMIN_PREFIXES = ("/v1/keys", "/v1/cache")
"""Paths that need the scope `admin`; so does every DELETE, except under OWNED_PREFIXES."""

OWNED_PREFIXES = ("/v1/jobs", "/v1/memory", "/v2/glossaries", "/v3/glossaries")
"""Paths of data that belongs to the caller."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that only read (RFC 9110, 9.2.1)."""

SCHEMES = ("bearer", "deepl-auth-key")


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated key of a request; None if the service requires no key."""

    key: Key | None = None

    @property
    def owner(self) -> str:
        """The owner of the caller's results and jobs: the key's id, or "" without a key."""
        return self.key.id if self.key else ""

    @property
    def flow(self) -> Flow:
        """The flow in which the scheduler queues the caller's prompts."""
        return Flow(self.owner)


ANONYMOUS = Caller()


def required_scope(method: str, path: str) -> keys.Scope | None:
    """Returns the scope that a request needs; None if it needs no key."""
    if path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIXES):
        return None
    if path.startswith(ADMIN_PREFIXES) or (method == "DELETE" and not path.startswith(OWNED_PREFIXES)):
        return "admin"
    return "read" if method in SAFE_METHODS else "write"


class Authenticator:
    """Authenticates callers. `mode` is the setting `auth`: `auto` requires keys once one exists.

    `origins` are the other origins whose pages may call the API from a browser.
    """

    def __init__(self, stored: Keys, limiter: RateLimiter, mode: str, origins: Collection[str] = ()) -> None:
        self.keys = stored
        self._limiter = limiter
        self._mode = mode
        self._origins = origins

    async def close(self) -> None:
        """Closes the keys and the rate limiter."""
        await self._limiter.close()
        self.keys.close()

    @property
    def requires_keys(self) -> bool:
        """Whether requests need a key."""
        return self._mode == "keys" or (self._mode == "auto" and self.keys.any_exist())

    def check_host(self, host: str) -> None:
        """Checks the `Host` header while no key is required. Raises WrongHost unless it names this machine.

        Otherwise any web page could point its own name at this machine and have the browser call it (DNS rebinding).
        """
        is_local = not host or is_loopback(_host_name(host))  # every browser sends a Host
        if not is_local and self._mode == "auto" and not self.requires_keys:
            raise WrongHost("Without keys, the service only answers requests to localhost.")

    def check_origin(self, method: str, headers: Headers) -> None:
        """Checks, while no key is required, that no page of another site sends the request. Raises CrossSiteRequest.

        A browser sends forms and plain text to any site without asking it first. It states in `Sec-Fetch-Site` whether
        the page belongs to the site; browsers without this header, and other programs, are judged by `Origin`.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site:
            is_own = site in {"same-origin", "none"}
        else:
            is_own = origin is None or origin.partition("://")[2] == headers.get("host")
        is_allowed = is_own or method in SAFE_METHODS or not {origin, "*"}.isdisjoint(self._origins)
        if not is_allowed and not self.requires_keys:
            raise CrossSiteRequest("Without keys, pages of other sites may not call the service.")

    async def authenticate(self, token: str | None, scope: keys.Scope) -> Caller:
        """Returns the caller of a token. Raises Unauthenticated, ScopeMissing and RateExceeded."""
        if not self.requires_keys:
            return ANONYMOUS
        key = self.keys.find(token) if token else None
        if key is None:
            raise Unauthenticated("The API key is invalid." if token else "This service requires an API key.")
        if not key.allows(scope):
            raise ScopeMissing(f"The key {key.id} has the scope {key.scope}; this request needs {scope}.")
        await self._limiter.check(key)
        return Caller(key)


class AuthMiddleware:
    """Refuses unauthorized requests; sets `caller` in the state of others."""

    def __init__(self, app: ASGIApp, *, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        try:
            state["caller"] = await self._caller(scope)
        except ServiceError as error:
            response = ProblemResponse(problem_from(error, state["request_id"]), headers_of(error))
            await response(scope, receive, send)
        else:
            with use_flow((state["caller"] or ANONYMOUS).flow):
                await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller | None:
        """Returns the caller; None if the key may be in the body, where LibreTranslate's clients send it by POST."""
        headers, path = Headers(scope=scope), scope["state"]["path"]
        needed = required_scope(scope["method"], path)
        if needed is None:
            return ANONYMOUS
        self._authenticator.check_host(headers.get("host", ""))
        self._authenticator.check_origin(scope["method"], headers)
        token = token_of(headers)
        if token is None and error_format_of(path) is LIBRETRANSLATE:
            token = QueryParams(scope["query_string"]).get("api_key")
            if token is None and scope["method"] == "POST":
                return None
        return await self._authenticator.authenticate(token, needed)


def _host_name(host: str) -> str:
    """Returns the name or address in a `Host` header, or "" if there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # an incomplete IPv6 address
        return ""


def token_of(headers: Headers) -> str | None:
    """Returns the key in the headers: `Authorization: Bearer` (or DeepL's `DeepL-Auth-Key`), or `X-API-Key`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() in SCHEMES and token:
        return token.strip()
    return headers.get("x-api-key")
