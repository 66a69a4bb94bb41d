"""Who may ask: a request's key is looked at before its body is read."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from models.scheduling import caller as scheduling
from service.access import keys
from service.access.keys import Key, Keys
from service.access.rate_limits import RateLimiter
from service.error_formats import LIBRETRANSLATE, error_format_of
from service.errors import ProblemResponse, headers_of, problem_from
from service.exceptions import ScopeMissing, ServiceError, Unauthenticated, WrongHost
from service.links.addresses import is_loopback

PUBLIC_PATHS = frozenset({"/", "/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json", "/healthz", "/readyz"})
"""What anybody may see: how the service is and what it can do, and nothing that it did."""

ADMIN_PREFIXES = ("/v1/keys", "/v1/cache")
"""What begins so is for those who look after the service; so is all DELETE but that of what is a caller's own."""

OWNED_PREFIXES = ("/v1/jobs", "/v1/memory", "/v2/glossaries", "/v3/glossaries")

TEST_HOSTS = frozenset({"testserver"})
"""What Starlette's test client asks by, which no resolver knows: `TestClient(create_app())` works as it is."""

SCHEMES = ("bearer", "deepl-auth-key")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks: a key, or anybody where none is asked for."""

    key: Key | None = None

    @property
    def owner(self) -> str:
        """Whose results and jobs they are; "" for all who need no key."""
        return self.key.id if self.key else ""

    @property
    def work(self) -> scheduling.Flow:
        """On whose behalf models are asked."""
        return scheduling.Flow(self.owner)


ANONYMOUS = Caller()


def scope_of(method: str, path: str) -> keys.Scope | None:
    """What a key must reach to for a request; None: no key is asked for."""
    if path in PUBLIC_PATHS or path.startswith("/assets/"):
        return None
    if path.startswith(ADMIN_PREFIXES) or (method == "DELETE" and not path.startswith(OWNED_PREFIXES)):
        return "admin"
    return "read" if method in {"GET", "HEAD", "OPTIONS"} else "write"


class Authenticator:
    """Lets callers in. `mode` is the setting `auth`: `auto` asks for keys once there are any."""

    def __init__(self, known: Keys, limits: RateLimiter, mode: str) -> None:
        self.keys = known
        self._limits = limits
        self._mode = mode

    async def shut(self) -> None:
        """Closes what it looks into."""
        await self._limits.close()
        self.keys.close()

    @property
    def closed(self) -> bool:
        """Whether keys are asked for."""
        return self._mode == "keys" or (self._mode == "auto" and self.keys.exist())

    def check_host(self, host: str) -> None:
        """Raises WrongHost for a name from elsewhere while anybody on this machine may ask, and nobody else.

        A page of any site may have its own name lead here, and a browser then lets it ask (DNS rebinding).
        """
        known = not host or host in TEST_HOSTS or is_loopback(_name(host))  # every browser says one
        if not known and self._mode == "auto" and not self.closed:
            raise WrongHost("Without keys the service answers to this machine's own names alone.")

    async def admit(self, token: str | None, scope: keys.Scope) -> Caller:
        """The caller that a token stands for. Raises Unauthenticated, ScopeMissing and RateExceeded."""
        if not self.closed:
            return ANONYMOUS
        key = self.keys.find(token) if token else None
        if key is None:
            raise Unauthenticated("This key does not count." if token else "This service asks for a key.")
        if not key.may(scope):
            raise ScopeMissing(f"The key {key.id} may {key.scope}; this takes the scope {scope}.")
        await self._limits.check(key)
        return Caller(key)


class AuthMiddleware:
    """Refuses requests without a key that reaches so far; others carry their caller in the scope's state."""

    def __init__(self, app: ASGIApp, *, door: Authenticator) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        try:
            state["caller"] = await self._caller(scope)
        except ServiceError as error:
            await ProblemResponse(problem_from(error, state["request_id"]), headers_of(error))(scope, receive, send)
        else:
            with scheduling.use_flow((state["caller"] or ANONYMOUS).work):
                await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller | None:
        """Who asks; None where the key may yet come in the body, as LibreTranslate's clients send it."""
        headers = Headers(scope=scope)
        wanted, token = scope_of(scope["method"], scope["state"]["path"]), token_of(headers)
        if wanted is None:
            return ANONYMOUS
        self._door.check_host(headers.get("host", ""))
        if token is None and error_format_of(scope["state"]["path"]) is LIBRETRANSLATE:
            return None
        return await self._door.admit(token, wanted)


def _name(host: str) -> str:
    """The name or address in a `Host` header; "" where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half an IPv6 address
        return ""


def token_of(headers: Headers) -> str | None:
    """The key that a request's headers carry, as `Authorization: Bearer` or as `X-API-Key`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() in SCHEMES and token:
        return token.strip()
    return headers.get("x-api-key")
