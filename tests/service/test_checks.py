"""`POST /v1/checks` and `lede check`: a text against an article, without a model."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from models.pool import Pool
from service.app import create_app
from service.cli import app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, SAMPLE, Cards, card


@pytest.fixture
def modelless() -> Iterator[TestClient]:
    def load(card: Any) -> Any:
        raise AssertionError("a check needs no model")

    service = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(service) as client:
        yield client


def checked(client: TestClient, **wanted: Any) -> Any:
    answer = client.post("/v1/checks", json={"text": ARTICLE, **wanted})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_sentence_has_its_evidence_support_and_findings(modelless: TestClient):
    answer = checked(modelless, claims=f"{LEAD} {FIGURES.replace('40 percent', '70 percent')}")
    true, false = answer["sentences"]
    assert (true["text"], true["support"], true["findings"]) == (LEAD, 1.0, [])
    assert [ARTICLE[at["start"] : at["end"]] for at in true["evidence"]] == [LEAD]
    assert [ARTICLE[at["start"] : at["end"]] for at in false["evidence"]] == [FIGURES]
    assert 0 < false["support"] < 1
    assert [(one["kind"], one["claim"], one["evidence"]) for one in false["findings"]] == [
        ("number", "70 percent", None)
    ]
    assert answer["source_language"] == "en"
    assert answer["signature"].startswith("task:check|lede:")
    assert (answer["model"], answer["cached"]) == ("", False)


def test_claims_in_other_languages_are_told_item_by_item(modelless: TestClient):
    claims = [
        "La coalition dit que le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie.",
        "Die Koalition sagt, die Gruppe habe 45 Prozent ihres Gebiets im Irak verloren.",
    ]
    french, german = checked(modelless, claims=claims)["sentences"]
    assert french["findings"] == []
    assert [ARTICLE[at["start"] : at["end"]] for at in french["evidence"]] == [FIGURES]
    assert [one["claim"] for one in german["findings"]] == ["45 Prozent"]


@pytest.mark.parametrize("claims", ["", [], [""], ["a"] * 101])
def test_claims_are_needed(client: TestClient, claims: Any):
    assert client.post("/v1/checks", json={"text": ARTICLE, "claims": claims}).status_code == 422


def test_lede_check_prints_what_does_not_hold():
    answer = CliRunner().invoke(app, ["check", str(SAMPLE), "The group has lost 70 percent of its territory in Iraq."])
    assert answer.exit_code == 0, answer.output
    assert "number: 70 percent - The article does not mention 70 percent." in answer.stdout
