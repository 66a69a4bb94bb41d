"""The settings file, `lede.toml`."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from models.errors import BadSetting

NAME = "lede.toml"
"""The file in the current folder that is read unless LEDE_SETTINGS names another."""

VARIABLE = "LEDE_SETTINGS"


class SettingsFile(PydanticBaseSettingsSource):
    """The settings in the file, by name; empty if there is no file."""

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)
        self.path = Path(os.environ.get(VARIABLE) or NAME).expanduser()

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - its name is enough
        """Returns the value of one setting, as pydantic-settings requests it."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Returns all settings in the file. Raises BadSetting if it is not valid TOML, or named but missing."""
        try:
            return tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            if VARIABLE in os.environ:
                raise BadSetting(f"{VARIABLE} names {self.path}, which does not exist.", f"Unset {VARIABLE}.") from None
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadSetting(f"{self.path} cannot be read: {error}.", "`lede init` writes a valid file.") from None
