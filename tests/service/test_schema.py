"""Whatever the OpenAPI document allows, and what it does not: no server error, and no status that it does not name."""

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
from tests.desk import newsroom, pool

CHECKS = [not_a_server_error, documented, content_type_conformance, response_schema_conformance]


@pytest.fixture
def described(tmp_path: Path) -> Any:
    """The operations of the service's own document."""
    told = Settings(model=MODEL, preload=False, auth="open")
    app = create_app(told, pool=pool(FakeEngine(answer=newsroom, window=2048)))
    return [found.ok() for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()]  # type: ignore[union-attr]


def test_the_service_keeps_to_its_description(described: Any):
    assert len(described) > 20
    for operation in described:

        @given(operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def keeps(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        keeps()
