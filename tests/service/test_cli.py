"""`lede read`."""

import json
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from service.links.fetch import FetchRules
from tests.service.site import ARTICLE, site
from tests.summarizer.reading.test_paste import pasted

runner = CliRunner()


def test_standard_input_is_read_and_removals_are_explained():
    page, article = pasted("fr")
    answer = runner.invoke(app, ["read", "-", "--explain"], input=page)
    assert answer.exit_code == 0, answer.output
    assert "Title: Le marché couvert rouvre ses portes samedi" in answer.stdout
    assert "Language: fr" in answer.stdout
    assert all(paragraph in answer.stdout for paragraph in article)
    assert "page interface: Partager" in answer.stdout


def test_a_file_is_read(tmp_path: Path):
    (tmp_path / "page.html").write_text(ARTICLE, "utf-8")
    answer = runner.invoke(app, ["read", str(tmp_path / "page.html"), "--json"])
    found = json.loads(answer.stdout)
    assert found["title"] == "Bridge opens"
    assert len(found["paragraphs"]) == 3


def test_nothing_is_removed_from_clean_text(tmp_path: Path):
    (tmp_path / "clean.txt").write_text("The bridge opened on Monday.\n", "utf-8")
    answer = runner.invoke(app, ["read", str(tmp_path / "clean.txt"), "--explain"])
    assert "The bridge opened on Monday.\n\nNothing was removed." in answer.stdout


def test_a_link_is_fetched_if_the_rules_allow_it(monkeypatch: pytest.MonkeyPatch):
    with site() as server:
        url = f"http://127.0.0.1:{server.server_port}/article"
        refused = runner.invoke(app, ["read", url])
        monkeypatch.setattr("service.cli.FetchRules", partial(FetchRules, loopback=True))
        answer = runner.invoke(app, ["read", url])
    assert refused.exit_code == 2
    assert "links may only use ports 80 and 443" in refused.stderr
    assert "Title: Bridge opens" in answer.stdout
