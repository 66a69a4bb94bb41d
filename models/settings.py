"""What a user may set about models; the service adds its own settings to these."""

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
"""A `.env` file may say `~`, which no shell has expanded there."""


def _names(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    return json.loads(given) if given.startswith("[") else [name.strip() for name in given.split(",") if name.strip()]


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
"""Several names, with commas between them or as a JSON list."""


class ModelSettings(BaseSettings):
    """Read from the environment (`LEDE_HOME`, ...), a `.env` file and `lede.toml` in the current folder, in this order.

    Raises BadSetting, which names the setting and says what it may be.
    """

    model_config = SettingsConfigDict(env_prefix="LEDE_", env_file=".env", extra="ignore")

    home: Folder = Field(user_cache_path("lede"), description="Where models are kept.")
    cards: Folder | None = Field(
        None, description="A folder of your own model cards (TOML); one of a shipped card's id replaces it."
    )
    model: str = Field("Qwen/Qwen2.5-Coder-1.5B-Instruct", description="The model for every task not set below.")
    summary_model: str | None = Field(None, description="The model that writes summaries and blurbs.")
    translation_model: str | None = Field(None, description="The model that translates.")
    engine: Literal["card", "ctranslate2", "native", "transformers", "fake"] = Field(
        "card", description="The engine, or `card` for each card's own. `fake` repeats its input: for trying the API."
    )
    quantization: Literal["auto", "int8", "float16", "bfloat16", "float32"] = Field(
        "auto", description="Precision of the weights; `auto` is int8 on a CPU and int8_float16 on a GPU."
    )
    adapter: str = Field(
        "card",
        description="`card` merges the adapter that a model's card names into its weights, `none` leaves all models "
        "as they came; a folder's path tries the adapter in it.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where models run.")
    threads: int = Field(0, ge=0, description="CPU threads of a model; 0 takes the number of cores.")
    copies: int = Field(
        1,
        gt=0,
        description="Batches that a CTranslate2 model on a CPU works on at once, the threads divided among them: "
        "more work done by several, each answer slower.",
    )
    queue: int = Field(1024, gt=0, description="Prompts that may wait for a model; more are refused.")
    hang_seconds: float = Field(
        300.0,
        gt=0,
        description="Seconds without a sign of life, beside what its work may take, after which a model is given up "
        "and loaded again.",
    )
    memory_budget: int = Field(
        0, ge=0, description="Bytes that loaded models may hold together; 0 takes three quarters of the machine's."
    )
    idle_unload: float = Field(0, ge=0, description="Seconds after which an unused model is unloaded; 0 keeps it.")
    offline: bool = Field(False, description="Never fetch a model: what is not here is an error.")
    max_characters: int = Field(100_000, gt=0, description="The longest text taken at once, in characters.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - it is a setting for containers, unused
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where settings come from; the first that has one decides."""
        return init_settings, env_settings, dotenv_settings, SettingsFile(settings_cls)

    @model_validator(mode="wrap")
    @classmethod
    def _told(cls, values: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(values)
        except ValidationError as error:
            raise BadSetting(
                "; ".join(_fault(fault["loc"], fault["input"], fault["msg"]) for fault in error.errors())
            ) from None


def _fault(place: tuple[int | str, ...], value: Any, message: str) -> str:
    name, allowed = str(place[0]), message.removeprefix("Value error, ").removesuffix(".")
    return f"LEDE_{name.upper()} (`{name}` in {NAME}) cannot be {value!r}: {allowed[:1].lower()}{allowed[1:]}"
