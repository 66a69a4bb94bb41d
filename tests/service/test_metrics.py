"""Metrics and logs, and that they contain no texts or keys."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, Field

from models.engines.fake import FakeEngine
from service.access.keys import Keys
from service.logging import set_up
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, answer_prompt
from tests.service.access.test_keys import bearer


def measured(client: TestClient, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_requests_tokens_queues_and_the_cache_are_counted(client: TestClient):
    for _ in range(3):
        client.post("/v1/translations", json={"text": LEAD, "target_language": "fr"})
    client.get("/v1/nothing")
    assert measured(client, "lede_requests_total", method="POST", route="/v1/translations", status="200") == 3
    assert measured(client, "lede_requests_total", route="none", status="404") == 1
    assert measured(client, "lede_request_seconds_count", route="/v1/translations") == 3
    assert measured(client, "lede_cache_lookups_total", found="none") == 1
    assert measured(client, "lede_cache_lookups_total", found="memory") == 2
    assert measured(client, "lede_queue_answered_total", model=MODEL) == 1
    assert measured(client, "lede_queue_written_total", model=MODEL) > 10
    assert measured(client, "lede_queue_read_total", model=MODEL) > 10
    assert measured(client, "lede_queue_recalled_total", model=MODEL) == 0
    assert measured(client, "lede_first_token_seconds_count", model=MODEL) == 1
    assert measured(client, "lede_queue_wait_seconds_bucket", model=MODEL, le="+Inf") == 1
    assert measured(client, "lede_model_state", model=MODEL, state="ready") == 1
    assert measured(client, "lede_queue_rows", model=MODEL, state="running") == 0


def test_methods_and_warnings_are_counted(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"The group has lost 75 percent. {FIGURES}"
    client.post("/v1/summaries", json={"text": ARTICLE})
    assert measured(client, "lede_sentences_total", kind="summary") > 0
    engine._answer = answer_prompt
    client.post("/v1/translations", json={"text": "Bonjour à tous.", "target_language": "de"})
    assert measured(client, "lede_warnings_total", kind="translation") > 0


SECRET = "Zanzibarquux"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[Any]]]:
    """Returns the log lines so far."""
    stream, root = StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream)
    root.handlers.clear()
    set_up(Settings(log_format="json"))
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_neither_keys_nor_articles_are_logged_or_counted(client: TestClient, engine: FakeEngine, lines: Any):
    keys = Keys(Settings().data)
    token = keys.create("desk", "admin")
    keys.close()
    text = f"{SECRET} said on Monday that the bridge is open. {ARTICLE}"
    client.post("/v1/summaries", json={"text": text}, headers=bearer(token))
    client.post("/v1/summaries", json={"text": text, "colour": SECRET}, headers=bearer(token))
    client.post(f"/v1/{SECRET}?key={token}", json={"text": text}, headers=bearer(token))
    client.post("/v1/summaries", json={"text": text}, headers=bearer(token + "x"))

    def fail(_prompt: object) -> str:
        raise ValueError(f"{text} {token}")

    engine._answer = fail
    body = {"text": text, "length": "long"}
    assert client.post("/v1/summaries", json=body, headers=bearer(token)).status_code == 500
    with client.stream("POST", "/v1/summaries", json={**body, "stream": True}, headers=bearer(token)) as answer:
        assert "error" in answer.read().decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.answering.answers.Result.of", fail)
        engine._answer = answer_prompt
        assert client.post("/v1/summaries", json=body, headers=bearer(token)).status_code == 500
    log = json.dumps(lines())
    assert "ValueError" in log
    assert "in fail" in log
    metrics = client.get("/metrics", headers=bearer(token)).text
    for secret in (SECRET, token, token[-20:]):
        assert secret not in log
        assert secret not in metrics


def test_worker_threads_log_the_request_id(client: TestClient, engine: FakeEngine, lines: Any):
    log = structlog.get_logger("lede.test")
    threads = []

    def wrap(read: Any) -> Any:
        def reading(*arguments: Any) -> Any:
            threads.append(threading.current_thread())
            log.info("reading")
            return read(*arguments)

        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("summarizer.desk.Desk.read", wrap(client.app.state.desk.__class__.read))  # type: ignore[attr-defined]
        answer = client.post("/v1/articles", json={"text": ARTICLE})
    (line,) = [line for line in lines() if line["event"] == "reading"]
    assert threads[0] is not threading.main_thread()
    assert line["request_id"] == answer.headers["x-request-id"]


def test_the_dashboard_uses_existing_metrics(client: TestClient):
    client.post("/v1/translations", json={"text": LEAD, "target_language": "fr"})
    text = (Path(__file__).parents[2] / "deploy" / "grafana.json").read_text("utf-8")
    existing = {
        name
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for name in (
            family.name,
            f"{family.name}_total",
            f"{family.name}_bucket",
            f"{family.name}_sum",
            f"{family.name}_count",
        )
    }
    assert set(re.findall(r"lede_\w+", text)) <= existing


def test_the_dashboard_has_all_documented_metrics():
    root = Path(__file__).parents[2]
    documented = set(
        re.findall(
            r"^\| `(lede_\w+)`(?:, `(lede_\w+)`)?", (root / "docs/deployment.md").read_text("utf-8"), re.MULTILINE
        )
    )
    dashboard = (root / "deploy" / "grafana.json").read_text("utf-8")
    names = {name for pair in documented for name in pair if name}
    assert {"lede_queue_raised_total", "lede_queue_wait_seconds"} <= names
    assert [name for name in names if name not in dashboard] == []


def test_prompts_are_counted_by_model_and_outcome(client: TestClient, engine: FakeEngine):
    texts = [f"The bridge has {number} lanes." for number in range(7)]
    client.post("/v1/translations", json={"texts": texts, "target_language": "fr"})
    batches = measured(client, "lede_batch_rows_count", model=MODEL)
    assert measured(client, "lede_batch_rows_sum", model=MODEL) >= 7 * batches > 0
    assert measured(client, "lede_queue_raised_total", model=MODEL) == 0

    def fail(_prompt: object) -> str:
        raise RuntimeError("bad_alloc")

    engine._answer = fail
    client.post("/v1/translations", json={"text": "The bridge is closed.", "target_language": "fr"})
    assert measured(client, "lede_queue_out_of_memory_total", model=MODEL) >= 1
    assert measured(client, "lede_queue_failed_total", model=MODEL) >= 1


def test_a_validation_error_is_logged_without_its_input(client: TestClient, lines: Any):
    class Fields(BaseModel):
        support: float = Field(le=1)
        names: dict[str, int]

    def fail(_result: object) -> None:
        Fields(support=SECRET, names={SECRET: SECRET})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.answering.answers.Result.of", fail)
        assert client.post("/v1/summaries", json={"text": ARTICLE}).status_code == 500
    log = json.dumps(lines())
    assert "ValidationError: support (float_parsing), names (int_parsing)" in log
    assert SECRET not in log
