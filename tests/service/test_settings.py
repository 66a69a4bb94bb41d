"""The service's own settings."""

from pathlib import Path

import pytest

from models.errors import BadSetting
from service.settings import Settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("value", ["a.example, *.b.example", '["a.example", "*.b.example"]'])
def test_lists_are_separated_by_commas_or_in_json(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("LEDE_FETCH_HOSTS", value)
    assert Settings().fetch_hosts == ("a.example", "*.b.example")


def test_lists_in_a_file(tmp_path: Path):
    (tmp_path / "lede.toml").write_text('fetch_hosts = ["a.example"]\nthreads = 2\n', "utf-8")
    assert (Settings().fetch_hosts, Settings().threads) == (("a.example",), 2)


def test_a_malformed_list_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_FETCH_HOSTS", "[a")
    with pytest.raises(BadSetting, match="LEDE_FETCH_HOSTS"):
        Settings()


def test_an_unknown_setting_is_refused_with_the_closest_name(tmp_path: Path):
    (tmp_path / "lede.toml").write_text("polt = 1\n", "utf-8")
    with pytest.raises(BadSetting, match=r"lede.toml: there is no setting `polt`; did you mean `port`\?"):
        Settings()


def test_other_variables_in_the_env_file_are_ignored(tmp_path: Path):
    (tmp_path / ".env").write_text("OTHER=x\nLEDE_PORT=81\n", "utf-8")
    assert Settings().port == 81
