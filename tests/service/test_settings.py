"""The service's settings, beyond those of models."""

from pathlib import Path

import pytest

from models.errors import BadSetting
from service.settings import Settings


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("given", ["a.example, *.b.example", '["a.example", "*.b.example"]'])
def test_names_stand_between_commas_or_in_json(monkeypatch: pytest.MonkeyPatch, given: str):
    monkeypatch.setenv("LEDE_FETCH_HOSTS", given)
    assert Settings().fetch_hosts == ("a.example", "*.b.example")


def test_names_in_a_file(tmp_path: Path):
    (tmp_path / "lede.toml").write_text('fetch_hosts = ["a.example"]\nthreads = 2\n', "utf-8")
    assert (Settings().fetch_hosts, Settings().threads) == (("a.example",), 2)


def test_no_list_at_all(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDE_FETCH_HOSTS", "[a")
    with pytest.raises(BadSetting, match="LEDE_FETCH_HOSTS"):
        Settings()


def test_a_name_that_is_none_is_refused_with_the_nearest(tmp_path: Path):
    (tmp_path / "lede.toml").write_text("polt = 1\n", "utf-8")
    with pytest.raises(BadSetting, match=r"lede.toml: there is no setting `polt`; is it `port`\?"):
        Settings()


def test_what_others_write_into_the_environment_is_theirs(tmp_path: Path):
    (tmp_path / ".env").write_text("OTHER=x\nLEDE_PORT=81\n", "utf-8")
    assert Settings().port == 81
