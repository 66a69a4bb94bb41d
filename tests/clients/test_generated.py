"""A client generated from the service's OpenAPI document."""

from pathlib import Path

from tests.clients.node import node
from tests.conftest import MODEL
from tests.desk import FRENCH, LEAD


def test_a_generated_client_type_checks_and_works(address: str, tmp_path: Path):
    output = node("generated.mjs", address, str(tmp_path), LEAD)
    assert output["errors"] == []
    assert output["summary"]["summary"] == FRENCH[LEAD]
    assert output["problem"]["type"] == "urn:lede:problem:empty-text"
    assert output["models"] == [MODEL]
    assert FRENCH[LEAD] in output["subtitles"]
