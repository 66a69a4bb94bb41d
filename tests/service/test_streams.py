"""Server-sent events: what comes, in what order, and how a stream ends."""

import json
from typing import Any

from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from models.errors import QueueFull
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD


def events(client: TestClient, path: str, **body: Any) -> list[tuple[str, Any]]:
    with client.stream("POST", f"/v1/{path}", json={**body, "stream": True}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    found = []
    for block in filter(None, text.split("\n\n")):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_stream_ends_with_the_plain_answer(client: TestClient):
    plain = client.post("/v1/summaries", json={"text": ARTICLE, "deadline_ms": 60_000}).json()  # is not kept
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
    found = events(client, "translations", texts=[LEAD, FIGURES], target_language="fr")
    deltas = [data for kind, data in found if kind == "delta"]
    assert deltas == [
        {"target_language": "fr", "index": 0, "text": FRENCH[LEAD]},
        {"target_language": "fr", "index": 1, "text": FRENCH[FIGURES]},
    ]


def test_warnings_come_as_events(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: LEAD
    found = events(client, "translations", text=LEAD, target_language="fr")
    assert [data["kind"] for kind, data in found if kind == "warning"] == ["untranslated"]


def test_a_failure_after_the_start_is_the_last_event(client: TestClient, engine: FakeEngine):
    found = events(client, "summaries", text="")
    assert [kind for kind, _ in found][-1] == "error"
    problem = found[-1][1]
    assert (problem["status"], problem["type"]) == (422, "urn:lede:problem:empty-text")
    assert problem["request_id"]


def test_a_refusal_says_when_to_come_again(client: TestClient):
    def refuse(*_given: object, **_also: object) -> None:
        raise QueueFull("Too much waits.", 6.2)

    client.app.state.desk.summarise = refuse  # type: ignore[attr-defined]
    problem = events(client, "summaries", text=ARTICLE)[-1][1]
    assert (problem["status"], problem["retry_after"]) == (429, 7)


def test_an_unforeseen_failure_tells_nothing_of_the_inside(client: TestClient, engine: FakeEngine):
    def fail(_prompt: object) -> str:
        raise RuntimeError("a secret path")

    engine._answer = fail
    _, problem = events(client, "summaries", text=ARTICLE)[-1]
    assert problem["status"] == 500
    assert "secret" not in json.dumps(problem)


def test_each_edition_is_told_as_soon_as_it_is_whole(client: TestClient):
    seen = events(client, "editions", text=ARTICLE, target_languages=["en", "fr"], formats=["summary"])
    editions = [data for kind, data in seen if kind == "edition"]
    (result,) = [data for kind, data in seen if kind == "result"]
    assert editions == result["editions"]
    kinds = [kind for kind, _ in seen]
    assert kinds.index("edition") < len(kinds) - 2
