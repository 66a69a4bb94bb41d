"""/v1/keys: API keys, for operators."""

from datetime import UTC, datetime
from typing import Annotated, Self

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Response
from limits import parse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.access.keys import Key, Scope
from service.access.quotas import Quotas
from service.dependencies import AuthenticatorDep
from service.errors import responses
from service.schemas import example

router = APIRouter(tags=["operation"])

KEY_EXAMPLE = {
    "id": "5f0a9c3e",
    "name": "Sports desk",
    "scope": "write",
    "rate": "60/minute",
    "quota": 1_000_000,
    "characters_used": 18_211,
    "created": "2026-11-23T06:00:00Z",
    "revoked": None,
}


def _rate(rate: str) -> str:
    parse(rate)
    return rate


class KeyRequest(BaseModel):
    """A key to create."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "Sports desk", "rate": "60/minute", "quota": 1_000_000}}
    )

    name: str = Field(min_length=1, max_length=200, description="A name that says whose key it is.")
    scope: Scope = Field(
        "write", description="`read` permits read-only requests, `write` also requests for texts, `admin` everything."
    )
    rate: Annotated[str, AfterValidator(_rate)] | None = Field(
        None, description="The rate limit, a number of requests per period, such as `60/minute`."
    )
    quota: int | None = Field(None, ge=0, le=2**53, description="Characters per month.")


class KeyOut(BaseModel):
    """A key, without its secret."""

    model_config = example(**KEY_EXAMPLE)

    id: str
    name: str
    scope: Scope
    rate: str | None
    quota: int | None
    characters_used: int = Field(description="Characters used this month (UTC).")
    created: datetime
    revoked: datetime | None

    @classmethod
    def of(cls, key: Key, characters_used: int) -> Self:
        """Converts a key."""
        return cls(
            id=key.id,
            name=key.name,
            scope=key.scope,
            rate=key.rate,
            quota=key.quota,
            characters_used=characters_used,
            created=datetime.fromtimestamp(key.created, UTC),
            revoked=datetime.fromtimestamp(key.revoked, UTC) if key.revoked else None,
        )


class KeysResponse(BaseModel):
    """All keys, including revoked ones."""

    model_config = example(keys=[KEY_EXAMPLE])

    keys: list[KeyOut]


class NewKeyResponse(BaseModel):
    """The token of a new key."""

    model_config = example(token="lede_5f0a9c3e_...")  # noqa: S106 - an example

    token: str = Field(description="The secret that clients send. It is returned only once.")


KeyId = Annotated[str, Path(pattern="^[0-9a-f]{8}$", description="The id of the key, from `GET /v1/keys`.")]


@router.get("/keys")
async def list_keys(authenticator: AuthenticatorDep) -> KeysResponse:
    """Lists all keys, including revoked ones, with the characters used this month."""
    quotas = Quotas(authenticator.keys.database)
    return await run_sync(
        lambda: KeysResponse(keys=[KeyOut.of(key, quotas.used(key)) for key in authenticator.keys.all()])
    )


@router.post("/keys", status_code=201, responses=responses(400, 413, 415, 422, 507))
async def create_key(body: KeyRequest, authenticator: AuthenticatorDep) -> NewKeyResponse:
    """Creates a key. Once a key exists, the service requires keys."""
    make = authenticator.keys.create
    return NewKeyResponse(token=await run_sync(make, body.name, body.scope, body.rate, body.quota))


@router.put("/keys/{key}/token", responses=responses(404, 415, 422, 507))
async def rotate_key(key: KeyId, authenticator: AuthenticatorDep) -> NewKeyResponse:
    """Replaces the token of a key; the old one becomes invalid."""
    return NewKeyResponse(token=await run_sync(authenticator.keys.rotate, key))


@router.delete("/keys/{key}", status_code=204, responses=responses(404, 422, 507))
async def revoke_key(key: KeyId, authenticator: AuthenticatorDep) -> Response:
    """Revokes a key permanently."""
    await run_sync(authenticator.keys.revoke, key)
    return Response(status_code=204)
