"""`lede.toml`: the settings that a person writes down."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from models.errors import BadSetting

NAME = "lede.toml"
"""The file in the current folder that is read where LEDE_SETTINGS names no other."""

OTHER = "LEDE_SETTINGS"


class SettingsFile(PydanticBaseSettingsSource):
    """The settings of the file, by their names; empty where there is none."""

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)
        self.path = Path(os.environ.get(OTHER) or NAME).expanduser()

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - its name is enough
        """One setting's value, as pydantic-settings asks for it."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All that the file says. Raises BadSetting where it is no TOML, or is named and not there."""
        try:
            return tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            if OTHER in os.environ:
                raise BadSetting(f"{OTHER} names {self.path}, which is not there.", f"Unset {OTHER}.") from None
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadSetting(f"{self.path} does not read: {error}.", "`lede init` writes one that does.") from None
