"""What an operator may set about the service, beside what ModelSettings says about models."""

from typing import Literal

from pydantic import Field

from models.settings import ModelSettings


class Settings(ModelSettings):
    """Read from the environment (`LEDE_PORT`, ...) and from a `.env` file in the current folder."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    preload: bool = Field(True, description="Load and warm the default models at start, not at the first request.")
    max_body_bytes: int = Field(2_000_000, gt=0, description="The largest request body, in bytes.")
    workers: int = Field(64, gt=0, description="Requests worked on at once; more wait for their turn.")
    drain_seconds: int = Field(20, ge=0, description="How long requests under way may finish when the service stops.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`json` for machines; `auto` is `console` on a terminal and `json` elsewhere."
    )
