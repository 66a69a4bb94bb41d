"""The service on a Ray cluster of this machine, with two replicas, through the tests of HTTP.

pip install -e '.[cluster]' && python -m pytest -m cluster tests/cluster
"""

import inspect
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import httpx2
import pytest

from tests.cluster.newsroom import make
from tests.desk import ARTICLE, card
from tests.service import test_articles, test_problems, test_streams, test_writing

ray = pytest.importorskip("ray", reason="the extra `cluster` is not installed")
serve = pytest.importorskip("ray.serve")

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

ROOT = Path(__file__).parent.parent.parent
PORT = 8453
HEADER = "serve_multiplexed_model_id"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of two replicas."""
    from service.cluster import Options, deployment  # noqa: PLC0415 - needs Ray

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S", "120")
        ray.init(num_cpus=4, include_dashboard=False, _node_ip_address="127.0.0.1", object_store_memory=100_000_000)
        serve.start(http_options={"host": "127.0.0.1", "port": PORT})
        serve.run(deployment(make, Options(least=2, most=2, cpus=0.5)).bind(), name="lede")
        yield f"http://127.0.0.1:{PORT}"
        serve.shutdown()
        ray.shutdown()


@pytest.fixture
def client(cluster: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=cluster, timeout=60) as client:
        yield client


def over_http(*modules: ModuleType) -> Iterator[tuple[str, Callable[..., None]]]:
    """The tests that need nothing but a client."""
    for module in modules:
        for name, test in vars(module).items():
            if name.startswith("test_") and callable(test) and "client" in inspect.signature(test).parameters:
                marks = {mark.name for mark in getattr(test, "pytestmark", [])}
                parameters = set(inspect.signature(test).parameters) - {"client"}
                if not parameters or ("parametrize" in marks and not parameters & {"engine", "desk", "monkeypatch"}):
                    yield f"{name}_of_{module.__name__.rpartition('.')[2]}", test


globals().update(over_http(test_articles, test_problems, test_streams, test_writing))


def test_the_manifest_is_one_that_ray_takes(monkeypatch: pytest.MonkeyPatch):
    from ray.serve.schema import ServeDeploySchema  # noqa: PLC0415 - needs Ray

    from service.cluster import MustChoose, Options, application  # noqa: PLC0415

    yaml = pytest.importorskip("yaml")
    manifest = yaml.safe_load((ROOT / "deploy" / "rayservice.yaml").read_text("utf-8"))
    deployed = ServeDeploySchema.model_validate(yaml.safe_load(manifest["spec"]["serveConfigV2"]))
    for one in deployed.applications:
        with pytest.raises(MustChoose, match="listens"):
            application(Options(**one.args))
        assert application(Options(**one.args | {"settings": {"auth": "open"}}))


def test_both_replicas_answer(cluster: str):
    answers = [httpx2.post(f"{cluster}/v1/summaries", json={"text": ARTICLE}, timeout=60) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["X-Process"] for answer in answers}) == 2
    assert len({answer.json()["summary"] for answer in answers}) == 1


def test_requests_that_name_a_model_go_where_it_is_loaded(client: httpx2.Client):
    first = client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: card().id})
    assert first.status_code == 200
    seen = Counter(
        client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: card().id}).headers["X-Process"]
        for _ in range(10)
    )
    assert seen == {first.headers["X-Process"]: 10}
    assert client.post("/v1/summaries", json={"text": ARTICLE}, headers={HEADER: "nobody"}).status_code == 200


def test_a_file_goes_through_in_bulk(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from service import bulk  # noqa: PLC0415 - needs Ray

    source = tmp_path / "articles.jsonl"
    rows = [{"_id": str(n), "text": f"{ARTICLE} {n}.", "source_language": "en"} for n in range(20)]
    rows.append({"_id": "empty", "text": " ", "source_language": "en"})
    source.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    bulk.run("summaries", str(source), str(tmp_path / "results"), settings=json.dumps({"engine": "fake"}))
    lines = [line for part in (tmp_path / "results").iterdir() for line in part.read_text("utf-8").splitlines()]
    found = {row["_id"]: row for row in map(json.loads, lines)}
    assert found.keys() == {row["_id"] for row in rows}
    assert Counter(row["status"] for row in found.values()) == {200: 20, 422: 1}
    assert json.loads(found["3"]["answer"])["summary"]
    assert json.loads(found["empty"]["answer"])["type"] == "urn:lede:problem:empty-text"
