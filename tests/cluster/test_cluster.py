"""The service on a local Ray cluster with two replicas, tested over HTTP.

make cluster
"""

import inspect
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from tests.cluster.newsroom import make
from tests.desk import ARTICLE, card
from tests.service import test_articles, test_problems, test_streams, test_writing

ray = pytest.importorskip("ray", reason="the extra `cluster` is not installed")
serve = pytest.importorskip("ray.serve")
pytest.importorskip("ray.data")

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

ROOT = Path(__file__).parent.parent.parent
PORT = 8453
HEADER = "serve_multiplexed_model_id"

ROUTING_SECONDS = 2.0
"""Seconds until the proxy knows which replica has loaded a model; before that, another replica may load it too."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Starts two replicas and yields their address."""
    from service.cluster import Options, deployment  # noqa: PLC0415 - needs Ray

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S", "120")
        ray.init(
            "local", num_cpus=4, include_dashboard=False, _node_ip_address="127.0.0.1", object_store_memory=100_000_000
        )
        serve.start(http_options={"host": "127.0.0.1", "port": PORT})
        serve.run(deployment(make, Options(min_replicas=2, max_replicas=2, cpus=0.5)).bind(), name="lede")
        yield f"http://127.0.0.1:{PORT}"
        serve.shutdown()
        ray.shutdown()


@pytest.fixture
def client(cluster: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=cluster, timeout=60) as client:
        client.delete("/v1/cache")  # all tests share the replicas
        yield client


def over_http(*modules: ModuleType) -> Iterator[tuple[str, Callable[..., None]]]:
    """Yields the tests that only need a client."""
    for module in modules:
        for name, test in vars(module).items():
            if name.startswith("test_") and callable(test) and "client" in inspect.signature(test).parameters:
                marks = {mark.name for mark in getattr(test, "pytestmark", [])}
                parameters = set(inspect.signature(test).parameters) - {"client"}
                if "app" in test.__code__.co_names:  # it accesses the app in its own process
                    continue
                if not parameters or ("parametrize" in marks and not parameters & {"engine", "desk", "monkeypatch"}):
                    yield f"{name}_of_{module.__name__.rpartition('.')[2]}", test


globals().update(over_http(test_articles, test_problems, test_streams, test_writing))


def test_the_manifest_is_valid():
    from ray.serve.schema import ServeDeploySchema  # noqa: PLC0415 - needs Ray

    from service.cluster import Options, application  # noqa: PLC0415

    yaml = pytest.importorskip("yaml")
    manifest = yaml.safe_load((ROOT / "deploy" / "rayservice.yaml").read_text("utf-8"))
    deployed = ServeDeploySchema.model_validate(yaml.safe_load(manifest["spec"]["serveConfigV2"]))
    image = (ROOT / "deploy" / "cluster.Dockerfile").read_text("utf-8")
    assert f"=={manifest['spec']['rayClusterConfig']['rayVersion']}" in image
    for deployed_app in deployed.applications:
        assert application(Options(**deployed_app.args))
        assert deployed_app.args.get("settings", {}).get("model", "") in image


def test_settings_are_read_on_the_replica(monkeypatch: pytest.MonkeyPatch):
    from service.cluster import AuthNotConfigured, Options, _app, application  # noqa: PLC0415 - needs Ray

    monkeypatch.setenv("LEDE_PORT", "none")
    assert application(Options())  # built without reading the settings
    monkeypatch.setenv("LEDE_PORT", "8001")
    with pytest.raises(AuthNotConfigured, match="listens"):
        _app({})
    monkeypatch.setenv("LEDE_AUTH", "open")
    app = _app({"model": card().id})
    assert (app.state.settings.port, app.state.settings.model) == (8001, card().id)


def test_no_text_is_logged(monkeypatch: pytest.MonkeyPatch):
    from service import cluster  # noqa: PLC0415 - needs Ray

    factories: list[Any] = []
    monkeypatch.setattr("ray.serve.ingress", lambda make: lambda: factories.append(make))
    monkeypatch.setattr("ray.serve.deployment", lambda **_: lambda served: served)
    set_up: list[Any] = []
    monkeypatch.setattr(cluster, "set_up", set_up.append)
    cluster.deployment(make, cluster.Options())
    app = factories[0]()
    assert set_up == [app.state.settings]


@pytest.mark.parametrize(
    ("name", "is_valid"), [("a-B_1.2", True), ("x" * 64, True), ("x" * 65, False), ("two words", False), ("é", False)]
)
def test_a_valid_request_id_of_the_client_is_used(client: httpx2.Client, name: str, *, is_valid: bool):
    response = client.post("/v1/summaries", json={"text": " "}, headers=[(b"X-Request-ID", name.encode())])
    assert response.status_code == 422
    assert (response.json()["request_id"] == name) is is_valid


def test_both_replicas_respond(cluster: str):
    responses = [httpx2.post(f"{cluster}/v1/summaries", json={"text": ARTICLE}, timeout=60) for _ in range(40)]
    assert {response.status_code for response in responses} == {200}
    assert len({response.headers["X-Process"] for response in responses}) == 2
    assert len({response.json()["summary"] for response in responses}) == 1


def test_requests_are_routed_to_the_replica_with_the_model(client: httpx2.Client):
    first = client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: card().id})
    assert first.status_code == 200
    time.sleep(ROUTING_SECONDS)
    processes = Counter(
        client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: card().id}).headers["X-Process"]
        for _ in range(10)
    )
    assert processes == {first.headers["X-Process"]: 10}
    assert client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: "nobody"}).status_code == 200


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_bulk_processing_of_a_folder(cluster: str, kind: str, tmp_path: Path):
    from service import bulk  # noqa: PLC0415 - needs Ray

    source, target = str(tmp_path / "articles"), str(tmp_path / "results")
    rows: list[dict[str, Any]] = [
        {"_id": str(n), "text": f"{ARTICLE} {n}.", "source_language": "en"} for n in range(20)
    ]
    rows.append({"_id": "empty", "text": " ", "source_language": "en"})
    rows.append({"_id": "short", "text": ARTICLE, "source_language": "en", "max_words": 20})
    getattr(ray.data.from_items(rows), f"write_{kind}")(source)
    bulk.run("summaries", source, target, settings=json.dumps({"engine": "fake"}))
    read = ray.data.read_parquet if kind == "parquet" else partial(ray.data.read_json, lines=True)
    results = {row["_id"]: row for row in read(target).take_all()}
    assert results.keys() == {row["_id"] for row in rows}
    assert Counter(row["status"] for row in results.values()) == {200: 21, 422: 1}
    assert json.loads(results["3"]["answer"])["summary"]
    assert json.loads(results["empty"]["answer"])["type"] == "urn:lede:problem:empty-text"
