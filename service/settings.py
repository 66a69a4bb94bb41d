"""Settings of the service; the settings of models are in ModelSettings."""

from difflib import get_close_matches
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from models.errors import BadSetting
from models.settings import Folder, ModelSettings, Names
from models.settings_file import SettingsFile
from service.links.fetch import FetchRules


class _StrictSettingsFile(SettingsFile):
    def __call__(self) -> dict[str, Any]:
        values, known = super().__call__(), self.settings_cls.model_fields
        for name in values.keys() - known.keys():
            near = get_close_matches(name, known, 1)
            raise BadSetting(
                f"{self.path}: there is no setting `{name}`{f'; did you mean `{near[0]}`?' if near else '.'}"
            )
        return values


class Settings(ModelSettings):
    """Read like ModelSettings; `lede.toml` may contain only these settings."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 chooses a free one.")
    data: Folder = Field(
        user_data_path("lede"), description="The folder for API keys, cached results, jobs and the translation memory."
    )
    auth: Literal["auto", "keys", "open"] = Field(
        "auto",
        description="Who may use the service: `keys` requires an API key, `open` requires none; `auto` requires keys "
        "once one exists, and until then listens on this machine only.",
    )
    cors_origins: Names = Field(
        (),
        description="Origins of web pages that may call the API from a browser (CORS), separated by commas. Empty: "
        "only the service's own page.",
    )
    cache_bytes: int = Field(1_000_000_000, gt=0, description="Maximum size of the result cache on disk, in bytes.")
    cache_seconds: float = Field(
        7 * 86_400, ge=0, description="How long a result is cached, in seconds; 0 turns the cache off."
    )
    translation_memory_bytes: int = Field(
        200_000_000,
        ge=0,
        description="Maximum size of the translation memory on disk, in bytes. With it, only the changed sentences of "
        "an updated article are translated again; 0 turns it off.",
    )
    redis_url: str | None = Field(
        None, description="A Redis (`redis://...`) in which several services share cached results and rate limits."
    )
    preload: bool = Field(
        True, description="Load and warm up the default models at startup instead of at the first request."
    )
    max_body_bytes: int = Field(2_000_000, gt=0, description="Maximum size of a request body, in bytes.")
    max_document_bytes: int = Field(20_000_000, gt=0, description="Maximum size of an uploaded document, in bytes.")
    workers: int = Field(64, gt=0, description="Requests processed at the same time; further ones wait.")
    waiting: int = Field(256, ge=0, description="Requests that may wait; further ones are refused with 429.")
    drain_seconds: int = Field(
        20, ge=0, description="How long requests under way may continue when the service stops, in seconds."
    )
    job_workers: int = Field(8, gt=0, description="Job items processed at the same time.")
    job_bytes: int = Field(500_000_000, gt=0, description="Maximum size of a job, in bytes.")
    job_days: float = Field(7.0, gt=0, description="Days for which a finished job and its results are stored.")
    webhook_hosts: Names = Field(
        (), description="Hosts that webhooks may call, written as for `fetch_hosts`. Empty: webhooks are off."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="The secret that signs webhooks (HMAC-SHA256), shared with their receivers."
    )
    fetch_hosts: Names = Field(
        (),
        description="Hosts that may be fetched for requests with a `url`, separated by commas: names, `*.name` for "
        "all subdomains, or `*` for any (`example.com,*.example.org`). Empty: fetching is off.",
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`console` or `json`; `auto` is `console` on a terminal and `json` elsewhere."
    )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources of ModelSettings, but an unknown name in `lede.toml` is an error: this class has all settings."""
        *others, _file = super().settings_customise_sources(settings_cls, *sources, **named)
        return *others, _StrictSettingsFile(settings_cls)

    @property
    def webhook_rules(self) -> FetchRules:
        """The rules for webhooks."""
        return FetchRules(self.webhook_hosts)

    @property
    def fetch_rules(self) -> FetchRules:
        """The rules for links."""
        return FetchRules(self.fetch_hosts)
