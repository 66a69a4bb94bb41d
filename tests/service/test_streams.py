"""Server-sent events: their content, their order, and the end of a stream."""

import json
from typing import Any

from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import QueueFull
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD


def events(client: TestClient, path: str, **body: Any) -> list[tuple[str, Any]]:
    with client.stream("POST", f"/v1/{path}", json={**body, "stream": True}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        text = "".join(response.iter_text())
    parsed = []
    for block in filter(None, text.split("\n\n")):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        parsed.append((fields["event"], json.loads(fields["data"])))
    return parsed


def test_a_stream_ends_with_the_plain_response(client: TestClient):
    plain = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 60_000}).json()  # not cached
    *before, (last, result) = events(client, "summaries", text=ARTICLE)
    assert last == "result"
    assert result.pop("timings_ms")
    plain.pop("timings_ms")
    assert result == plain
    assert [data["text"] for kind, data in before if kind == "delta"] == [LEAD, FIGURES]
    assert [data["step"] for kind, data in before if kind == "progress"] == ["reading", "loading", "writing"]


def test_deltas_are_checked_sentences(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"The group has lost 75 percent. {FIGURES}"
    deltas = [data["text"] for kind, data in events(client, "summaries", text=ARTICLE) if kind == "delta"]
    assert deltas == [FIGURES, LEAD]


def test_a_translation_streams_text_by_text(client: TestClient):
    received = events(client, "translations", texts=[LEAD, FIGURES], target_language="fr")
    deltas = [data for kind, data in received if kind == "delta"]
    assert deltas == [
        {"target_language": "fr", "index": 0, "text": FRENCH[LEAD]},
        {"target_language": "fr", "index": 1, "text": FRENCH[FIGURES]},
    ]


def test_warnings_are_sent_as_events(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: LEAD
    received = events(client, "translations", text=LEAD, target_language="fr")
    assert [data["kind"] for kind, data in received if kind == "warning"] == ["untranslated"]


def test_a_failure_after_the_start_is_the_last_event(client: TestClient, engine: FakeEngine):
    received = events(client, "summaries", text="")
    assert [kind for kind, _ in received][-1] == "error"
    problem = received[-1][1]
    assert (problem["status"], problem["type"]) == (422, "urn:lede:problem:empty-text")
    assert problem["request_id"]


def test_an_overload_error_has_retry_after(client: TestClient):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise QueueFull("The queue is full.", 6.2)

    client.app.state.desk.summarise = refuse  # type: ignore[attr-defined]
    problem = events(client, "summaries", text=ARTICLE)[-1][1]
    assert (problem["status"], problem["retry_after"]) == (429, 7)


def test_an_unexpected_error_reveals_no_details(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    _, problem = events(client, "summaries", text=ARTICLE)[-1]
    assert problem["status"] == 500
    assert "secret" not in json.dumps(problem)


def test_each_edition_is_sent_when_it_is_complete(client: TestClient):
    received = events(client, "editions", text=ARTICLE, target_languages=["en", "fr"], formats=["summary"])
    editions = [data for kind, data in received if kind == "edition"]
    (result,) = [data for kind, data in received if kind == "result"]
    assert editions == result["editions"]
    kinds = [kind for kind, _ in received]
    assert kinds.index("edition") < len(kinds) - 2
