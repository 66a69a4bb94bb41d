"""What an operator may set about the service, beside what ModelSettings says about models."""

from difflib import get_close_matches
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from models.errors import BadSetting
from models.settings import Folder, ModelSettings, Names
from models.settings_file import SettingsFile
from service.links.fetch import FetchRules


class _WholeFile(SettingsFile):
    def __call__(self) -> dict[str, Any]:
        values, known = super().__call__(), self.settings_cls.model_fields
        for name in values.keys() - known.keys():
            near = get_close_matches(name, known, 1)
            raise BadSetting(f"{self.path}: there is no setting `{name}`{f'; is it `{near[0]}`?' if near else '.'}")
        return values


class Settings(ModelSettings):
    """Read as ModelSettings are; `lede.toml` may hold no other names than these."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    data: Folder = Field(user_data_path("lede"), description="Where keys, results, jobs and memory are kept.")
    auth: Literal["auto", "keys", "open"] = Field(
        "auto",
        description="Who may ask: `keys` those with a key, `open` anybody; `auto` asks for keys once there are "
        "any, and listens on this machine alone while there are none.",
    )
    cors_origins: Names = Field(
        (),
        description="Origins of web pages that may ask from a browser, with commas between them. Empty: our own.",
    )
    cache_bytes: int = Field(1_000_000_000, gt=0, description="Bytes of finished answers kept on disk.")
    cache_memory_bytes: int = Field(
        4_000_000,
        ge=0,
        description="Bytes of finished answers kept in memory: the last asked for, before those on disk.",
    )
    cache_seconds: float = Field(7 * 86_400, ge=0, description="How long an answer is kept; 0 keeps none.")
    translation_memory_bytes: int = Field(
        200_000_000,
        ge=0,
        description="Bytes of checked sentence pairs kept on disk, so that an article that changed costs its changed "
        "sentences only; 0 keeps none.",
    )
    translation_memory_days: float = Field(
        365.0, gt=0, le=36_500, description="Days for which a sentence pair is kept, an imported one too."
    )
    redis_url: str | None = Field(
        None, description="A Redis that several services share their results and rate limits in (`redis://...`)."
    )
    preload: bool = Field(True, description="Load and warm the default models at start, not at the first request.")
    max_body_bytes: int = Field(2_000_000, gt=0, description="The largest request body, in bytes.")
    max_document_bytes: int = Field(20_000_000, gt=0, description="The largest document, in bytes.")
    workers: int = Field(64, gt=0, description="Requests worked on at once; more wait for their turn.")
    waiting: int = Field(256, ge=0, description="Requests that may wait for their turn; more are refused.")
    drain_seconds: int = Field(20, ge=0, description="How long requests under way may finish when the service stops.")
    job_workers: int = Field(8, gt=0, description="Items of jobs worked on at once.")
    job_items: int = Field(100_000, gt=0, description="The most items of a job.")
    job_bytes: int = Field(500_000_000, gt=0, description="The largest job, in bytes.")
    job_days: float = Field(7.0, gt=0, description="Days that a job and its results are kept after its end.")
    webhook_hosts: Names = Field(
        (), description="Hosts that may be told of a job's end, written as for `fetch_hosts`. Empty: none."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="What webhooks are signed with (HMAC-SHA256), as their receivers know it too."
    )
    fetch_hosts: Names = Field(
        (),
        description="Hosts whose pages may be fetched for requests with a `url`: names, `*.name` for all below one, "
        "or `*`, with commas between them (`example.com,*.example.org`). Empty: links are off.",
    )
    fetch_loopback: bool = Field(False, description="Let links lead to this machine itself, on any port: for tests.")
    fetch_seconds: float = Field(10.0, gt=0, description="The time a link may take, redirects included.")
    fetch_max_bytes: int = Field(5_000_000, gt=0, description="The size of a page, inflated.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`json` for machines; `auto` is `console` on a terminal and `json` elsewhere."
    )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """As ModelSettings', with every name in the file looked at: no other class knows them all."""
        *others, _file = super().settings_customise_sources(settings_cls, *sources, **named)
        return *others, _WholeFile(settings_cls)

    @property
    def webhook_rules(self) -> FetchRules:
        """Where webhooks may lead to."""
        return FetchRules(self.webhook_hosts, self.fetch_loopback, self.fetch_seconds)

    @property
    def fetch_rules(self) -> FetchRules:
        """What links may lead to."""
        return FetchRules(self.fetch_hosts, self.fetch_loopback, self.fetch_seconds, self.fetch_max_bytes)
