"""What an operator may set about the service, beside what ModelSettings says about models."""

from typing import Literal

from platformdirs import user_data_path
from pydantic import Field

from models.settings import Folder, ModelSettings
from service.fetch import Rules


class Settings(ModelSettings):
    """Read from the environment (`LEDE_PORT`, ...) and from a `.env` file in the current folder."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    data: Folder = Field(user_data_path("lede"), description="Where keys, results, jobs and memory are kept.")
    auth: Literal["auto", "keys", "open"] = Field(
        "auto",
        description="Who may ask: `keys` those with a key, `open` anybody; `auto` asks for keys once there are "
        "any, and listens on this machine alone while there are none.",
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Web pages that may ask from a browser, as a JSON list of origins. Empty: none but our own."
    )
    redis_url: str | None = Field(
        None, description="A Redis that several services share their results and rate limits in (`redis://...`)."
    )
    preload: bool = Field(True, description="Load and warm the default models at start, not at the first request.")
    max_body_bytes: int = Field(2_000_000, gt=0, description="The largest request body, in bytes.")
    max_document_bytes: int = Field(20_000_000, gt=0, description="The largest document, in bytes.")
    workers: int = Field(64, gt=0, description="Requests worked on at once; more wait for their turn.")
    drain_seconds: int = Field(20, ge=0, description="How long requests under way may finish when the service stops.")
    fetch_hosts: tuple[str, ...] = Field(
        (),
        description="Hosts whose pages may be fetched for requests with a `url`: names, `*.name` for all below one, "
        'or `*`, as a JSON list (`LEDE_FETCH_HOSTS=["*.example.org"]`). Empty: links are off.',
    )
    fetch_loopback: bool = Field(False, description="Let links lead to this machine itself, on any port: for tests.")
    fetch_seconds: float = Field(10.0, gt=0, description="The time a link may take, redirects included.")
    fetch_max_bytes: int = Field(5_000_000, gt=0, description="The size of a page, inflated.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`json` for machines; `auto` is `console` on a terminal and `json` elsewhere."
    )

    @property
    def fetch_rules(self) -> Rules:
        """What links may lead to."""
        return Rules(self.fetch_hosts, self.fetch_loopback, self.fetch_seconds, self.fetch_max_bytes)
