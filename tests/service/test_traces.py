"""OpenTelemetry spans: where a request's time went, without any text."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from models.engines.fake import FakeEngine
from tests.conftest import MODEL
from tests.desk import ARTICLE, LEAD

EDITION = {"text": ARTICLE, "target_languages": ["fr"], "formats": ["summary"]}

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
"""The example `traceparent` of the W3C recommendation."""

PROGRAM = """
from fastapi.testclient import TestClient
from service.app import create_app
from service.settings import Settings
from tests.desk import LEAD, pool
app = create_app(Settings(model="test/desk", preload=False), pool=pool())
with TestClient(app, base_url="http://127.0.0.1") as client:
    assert client.post("/v1/translations", json={"text": LEAD, "target_language": "fr"}).status_code == 200
"""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield exporter
    provider.shutdown()


def spans_named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


def test_steps_are_child_spans_of_the_request(client: TestClient, spans: InMemorySpanExporter):
    answer = client.post("/v1/editions", json=EDITION, headers={"traceparent": PARENT})
    (root,) = spans_named(spans, "POST /v1/editions")
    assert root.attributes is not None
    assert root.attributes["lede.request_id"] == answer.headers["x-request-id"]
    assert root.attributes["http.response.status_code"] == 200
    assert root.parent is not None
    assert root.parent.span_id == 0xB7AD6B7169203331
    for step in ("reading", "loading", "writing", "translating", "checking"):
        for span in spans_named(spans, step):
            assert span.context.trace_id == root.context.trace_id == 0x0AF7651916CD43DD8448EB211C80319C
            assert span.parent is not None
            assert span.parent.span_id == root.context.span_id
        assert spans_named(spans, step), step
    assert {dict(span.attributes or {})["lede.model"] for span in spans_named(spans, "translating")} == {MODEL}


def test_no_span_contains_text(client: TestClient, spans: InMemorySpanExporter, engine: FakeEngine):
    client.post("/v1/editions", json=EDITION)
    client.post("/translate", params={"q": LEAD, "source": "en", "target": "fr", "api_key": "secret"})
    client.get(f"/v1/{LEAD}")
    client.post("/v1/summaries", json={"text": ARTICLE, "max_words": "many"})
    engine._answer = lambda _prompt: LEAD[::0]  # a slice that raises
    assert client.post("/v1/summaries", json={"text": f"{ARTICLE} More."}).status_code == 500
    exported = "".join(span.to_json() for span in spans.get_finished_spans())
    assert '"error.type": "GenerationFailed"' in exported
    for word in ("allies", "militant", "coalition", "secret"):
        assert word not in exported


def test_probes_are_not_traced(client: TestClient, spans: InMemorySpanExporter):
    client.get("/healthz")
    client.get("/metrics")
    assert spans.get_finished_spans() == ()


def test_without_a_collector_there_are_no_spans(client: TestClient):
    client.post("/v1/editions", json=EDITION)
    assert type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider"


def test_spans_are_exported_as_the_environment_configures(monkeypatch: pytest.MonkeyPatch):
    received: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received[self.path] = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "newsroom")
        subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
        collector.shutdown()
    assert list(received) == ["/v1/traces"]
    for word in (b"newsroom", b"POST /v1/translations", b"translating"):
        assert word in received["/v1/traces"]
