"""Requests generated from the OpenAPI document, valid and invalid: no server error, and no undocumented response."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from schemathesis.specs.openapi.checks import status_code_conformance as documented

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import answer_prompt, pool

CHECKS = [not_a_server_error, documented, content_type_conformance, response_schema_conformance]


@pytest.fixture
def operations(tmp_path: Path) -> Any:
    """The operations of the service's OpenAPI document."""
    settings = Settings(model=MODEL, preload=False, auth="open")
    app = create_app(settings, pool=pool(FakeEngine(answer=answer_prompt, window=2048)))
    return [operation.ok() for operation in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()]  # type: ignore[union-attr]


def test_the_service_conforms_to_its_openapi_document(operations: Any):
    assert len(operations) > 20
    for operation in operations:

        @given(operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def conforms(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        conforms()
