"""A client that a generator makes from the service's own description."""

from pathlib import Path

from tests.clients.node import node
from tests.conftest import MODEL
from tests.desk import FRENCH, LEAD


def test_a_generated_client_type_checks_and_works(address: str, tmp_path: Path):
    told = node("generated.mjs", address, str(tmp_path), LEAD)
    assert told["faults"] == []
    assert told["summary"]["summary"] == FRENCH[LEAD]
    assert told["problem"]["type"] == "urn:lede:problem:empty-text"
    assert told["models"] == [MODEL]
    assert FRENCH[LEAD] in told["subtitles"]
