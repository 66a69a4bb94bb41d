"""The settings of models; the service's settings extend them."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_cache_path
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from models.errors import BadSetting
from models.settings_file import NAME, SettingsFile

Folder = Annotated[Path, AfterValidator(Path.expanduser)]
"""A folder; `~` is expanded, because no shell expands it in a `.env` file."""


def _split_names(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else [name.strip() for name in value.split(",") if name.strip()]


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_names)]
"""Names separated by commas, or a JSON list."""


class ModelSettings(BaseSettings):
    """Settings of models, from the environment, a `.env` file and `lede.toml`, in this order.

    Variables are named `LEDE_HOME` and so on; both files are in the current folder. Raises BadSetting, which names
    the setting and its allowed values.
    """

    model_config = SettingsConfigDict(env_prefix="LEDE_", env_file=".env", extra="ignore")

    home: Folder = Field(user_cache_path("lede"), description="The folder where models are stored.")
    cards: Folder | None = Field(
        None, description="A folder with your own model cards (TOML); they replace shipped cards with the same id."
    )
    model: str = Field("Qwen/Qwen2.5-Coder-1.5B-Instruct", description="The default model of every task.")
    summary_model: str | None = Field(None, description="The model that writes summaries and blurbs.")
    translation_model: str | None = Field(None, description="The model that translates.")
    fast: bool = Field(
        False, description="If a family has several models for a direction, use the smallest and fastest."
    )
    firefox_mirror: str | None = Field(
        None,
        description="A URL or folder with the paths of Mozilla's repository of translation models, to use instead.",
    )
    engine: Literal["card", "ctranslate2", "native", "transformers", "fake"] = Field(
        "card", description="The engine, or `card` for each card's default. `fake` echoes its input, to try the API."
    )
    quantization: Literal["auto", "int8", "float16", "bfloat16", "float32"] = Field(
        "auto", description="Precision of the weights; `auto` is int8 on a CPU and int8_float16 on a GPU."
    )
    adapter: str = Field(
        "card",
        description="`card` merges the adapter that a model's card names, `none` disables adapters; the path of a "
        "folder tests the adapter in it.",
    )
    lexicon: Literal["card", "none"] = Field(
        "card", description="`card` translates with the lexicon that a model's card names, `none` disables lexicons."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="The device that models run on.")
    threads: int = Field(0, ge=0, description="CPU threads per model; 0 means the number of cores.")
    queue: int = Field(
        1024, gt=0, description="Maximum length of a model's queue, in prompts; further ones are rejected."
    )
    hang_seconds: float = Field(
        300.0,
        gt=0,
        description="Seconds without a sign of life, beyond the expected time of its work, after which a model is "
        "considered hung and is reloaded.",
    )
    memory_budget: int = Field(
        0, ge=0, description="Maximum memory of all loaded models, in bytes; 0 means three quarters of the machine's."
    )
    idle_unload: float = Field(0, ge=0, description="Seconds after which an idle model is unloaded; 0 means never.")
    offline: bool = Field(False, description="Never fetch models; a model that is not on this machine is an error.")
    max_characters: int = Field(100_000, gt=0, description="Maximum length of a text, in characters.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - secrets files are not supported
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Returns the sources of settings; the first that has a setting takes precedence."""
        return init_settings, env_settings, dotenv_settings, SettingsFile(settings_cls)

    @model_validator(mode="wrap")
    @classmethod
    def _raise_bad_setting(cls, values: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(values)
        except ValidationError as error:
            raise BadSetting(
                "; ".join(_describe(problem["loc"], problem["input"], problem["msg"]) for problem in error.errors())
            ) from None


def _describe(place: tuple[int | str, ...], value: Any, message: str) -> str:
    name, allowed = str(place[0]), message.removeprefix("Value error, ").removesuffix(".")
    return f"LEDE_{name.upper()} (`{name}` in {NAME}) cannot be {value!r}: {allowed[:1].lower()}{allowed[1:]}"
