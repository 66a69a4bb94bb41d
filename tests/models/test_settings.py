"""The settings of models."""

from pathlib import Path

import pytest

from models.catalogue import SHIPPED, Catalogue
from models.errors import BadSetting
from models.settings import ModelSettings


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes to a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_a_shipped_model_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ModelSettings.model_fields:
        monkeypatch.delenv(f"LEDE_{name.upper()}", raising=False)
    settings = ModelSettings()
    assert settings.model in Catalogue(SHIPPED)
    assert settings.home.is_absolute()
    assert settings.home.name == "lede"
    assert (settings.engine, settings.offline, settings.memory_budget, settings.idle_unload) == ("card", False, 0, 0)


def test_the_environment_takes_precedence_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("LEDE_THREADS=3\nLEDE_OFFLINE=1\nOTHER=x\nLEDE_PORT=1\n", "utf-8")
    monkeypatch.setenv("LEDE_THREADS", "5")
    settings = ModelSettings()
    assert settings.threads == 5
    assert settings.offline


def test_the_users_home_is_expanded_in_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEDE_HOME", "~/models")
    monkeypatch.setenv("LEDE_CARDS", "~/cards")
    settings = ModelSettings()
    assert (settings.home, settings.cards) == (tmp_path / "models", tmp_path / "cards")


@pytest.mark.parametrize(
    ("name", "value"),
    [("ENGINE", "abacus"), ("QUANTIZATION", "int3"), ("DEVICE", "tpu"), ("THREADS", "-1"), ("MEMORY_BUDGET", "-1"),
     ("IDLE_UNLOAD", "-1"), ("OFFLINE", "maybe"), ("MAX_CHARACTERS", "0")],
)  # fmt: skip
def test_an_invalid_value_is_rejected(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"LEDE_{name}", value)
    with pytest.raises(BadSetting, match=rf"LEDE_{name} \(`{name.lower()}` in lede.toml\) cannot be '{value}': "):
        ModelSettings()


def test_the_error_states_the_allowed_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDE_DEVICE", "tpu")
    monkeypatch.setenv("LEDE_THREADS", "-1")
    with pytest.raises(BadSetting) as refused:
        ModelSettings()
    assert "'auto', 'cpu' or 'cuda'" in str(refused.value)
    assert "greater than or equal to 0" in str(refused.value)


def test_the_settings_file_has_the_lowest_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lede.toml").write_text('threads = 3\ndevice = "cpu"\noffline = true\nport = 1\n', "utf-8")
    (tmp_path / ".env").write_text("LEDE_DEVICE=cuda\n", "utf-8")
    monkeypatch.setenv("LEDE_THREADS", "5")
    settings = ModelSettings(max_characters=9)
    assert (settings.threads, settings.device, settings.offline) == (5, "cuda", True)
    assert settings.max_characters == 9


def test_another_settings_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lede.toml").write_text("threads = 3\n", "utf-8")
    (tmp_path / "other.toml").write_text("threads = 4\n", "utf-8")
    monkeypatch.setenv("LEDE_SETTINGS", str(tmp_path / "other.toml"))
    assert ModelSettings().threads == 4
    monkeypatch.setenv("LEDE_SETTINGS", str(tmp_path / "none.toml"))
    with pytest.raises(BadSetting, match=r"none\.toml, which does not exist"):
        ModelSettings()


@pytest.mark.parametrize("content", [b"threads = ", b"\xff\xfe", b"threads 3"])
def test_an_unreadable_settings_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lede.toml").write_bytes(content)
    with pytest.raises(BadSetting, match=r"lede.toml cannot be read: .+"):
        ModelSettings()


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in ModelSettings.model_fields.items() if not field.description] == []
