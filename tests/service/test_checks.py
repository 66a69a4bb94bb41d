"""`POST /v1/checks` and `lede check`: checking a text against an article, without a model."""

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
def client_without_model() -> Iterator[TestClient]:
    def load(card: Any) -> Any:
        raise AssertionError("a check needs no model")

    service = create_app(Settings(model=MODEL, preload=False), pool=Pool(Cards(card()), load))
    with TestClient(service) as client:
        yield client


def check(client: TestClient, **fields: Any) -> Any:
    response = client.post("/v1/checks", json={"text": ARTICLE, **fields})
    assert response.status_code == 200, response.text
    return response.json()


def test_each_sentence_has_its_evidence_support_and_findings(client_without_model: TestClient):
    response = check(client_without_model, claims=f"{LEAD} {FIGURES.replace('40 percent', '70 percent')}")
    true, false = response["sentences"]
    assert (true["text"], true["support"], true["findings"]) == (LEAD, 1.0, [])
    assert [ARTICLE[span["start"] : span["end"]] for span in true["evidence"]] == [LEAD]
    assert [ARTICLE[span["start"] : span["end"]] for span in false["evidence"]] == [FIGURES]
    assert 0 < false["support"] < 1
    assert [(finding["kind"], finding["claim"], finding["evidence"]) for finding in false["findings"]] == [
        ("number", "70 percent", None)
    ]
    assert response["source_language"] == "en"
    assert response["signature"].startswith("task:check|lede:")
    assert (response["model"], response["cached"]) == ("", False)


def test_claims_in_other_languages_are_checked_item_by_item(client_without_model: TestClient):
    claims = [
        "La coalition dit que le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie.",
        "Die Koalition sagt, die Gruppe habe 45 Prozent ihres Gebiets im Irak verloren.",
    ]
    french, german = check(client_without_model, claims=claims)["sentences"]
    assert french["findings"] == []
    assert [ARTICLE[span["start"] : span["end"]] for span in french["evidence"]] == [FIGURES]
    assert [finding["claim"] for finding in german["findings"]] == ["45 Prozent"]


@pytest.mark.parametrize("claims", ["", [], [""], ["a"] * 101])
def test_claims_are_required_and_limited(client: TestClient, claims: Any):
    assert client.post("/v1/checks", json={"text": ARTICLE, "claims": claims}).status_code == 422


def test_lede_check_prints_the_findings():
    response = CliRunner().invoke(
        app, ["check", str(SAMPLE), "The group has lost 70 percent of its territory in Iraq."]
    )
    assert response.exit_code == 0, response.output
    assert "number: 70 percent - The article does not mention 70 percent." in response.stdout
