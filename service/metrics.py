"""Prometheus metrics. No label contains a key, a request's own path, or text of an article."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from models.pool import Pool
from models.scheduling.measures import Count, Statistics
from models.scheduling.measures import Histogram as QueueHistogram
from models.slot import State
from service.schemas import BaseResponse

SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)


class Metrics:
    """The metrics of the service; those of the models are collected at each scrape."""

    def __init__(self, pool: Pool) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Models(pool))
        self.requests = Counter(
            "lede_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "lede_request_seconds",
            "Time from a request to the end of its response.",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.open = Gauge("lede_requests_open", "Requests under way.", registry=self.registry)
        self.cache = Counter(
            "lede_cache_lookups",
            "Lookups in the result cache, by the level that had the result.",
            ["found"],
            registry=self.registry,
        )
        self.memory = Counter(
            "lede_memory_lookups",
            "Sentences looked up in the translation memory, by result.",
            ["found"],
            registry=self.registry,
        )
        self.warnings = Counter("lede_warnings", "Warnings in responses.", ["kind", "warning"], registry=self.registry)
        self.sentences = Counter(
            "lede_sentences", "Sentences in responses, by method.", ["kind", "method"], registry=self.registry
        )
        self.items = Counter("lede_job_items", "Finished job items, by status.", ["status"], registry=self.registry)
        self.job_faults = Counter(
            "lede_job_faults", "Faults after which jobs had to be retried.", registry=self.registry
        )

    def count(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Adds a gauge that calls `value` at each scrape."""
        Gauge(name, about, registry=self.registry).set_function(value)

    def answered(self, kind: str, answer: BaseResponse) -> None:
        """Counts the warnings and methods in a new response."""
        for part in objects(answer.model_dump(mode="json")):
            for warning in part.get("warnings", ()):
                self.warnings.labels(kind, warning["kind"]).inc()
            if isinstance(method := part.get("method"), str):
                self.sentences.labels(kind, method).inc()


class _Models(Collector):
    """Collects the state and the queue of each model at each scrape."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterable[Metric]:
        """Yields the state of all models, and the counts of loaded ones."""
        state = GaugeMetricFamily(
            "lede_model_state", "1 for the current state of the model, otherwise 0.", labels=["model", "state"]
        )
        memory = GaugeMetricFamily("lede_model_memory_bytes", "Bytes of loaded weights.", labels=["model"])
        for model in self._pool.catalogue:
            status = self._pool.status(model)
            for name in get_args(State):
                state.add_metric([model, name], float(status.state == name))
            memory.add_metric([model], status.memory)
        yield from (state, memory)
        yield from _queues(self._pool.statistics())


def _queues(models: dict[str, Statistics]) -> Iterator[Metric]:
    depth = GaugeMetricFamily("lede_queue_rows", "Prompts that are waiting or running.", labels=["model", "state"])
    counts = {
        name: CounterMetricFamily(f"lede_queue_{name}", _COUNTS[name], labels=["model"]) for name in get_args(Count)
    }
    times = {
        "waits": HistogramMetricFamily("lede_queue_wait_seconds", "Time from arrival to the engine.", labels=["model"]),
        "first_tokens": HistogramMetricFamily(
            "lede_first_token_seconds", "Time from arrival to the first token.", labels=["model"]
        ),
        "batches": HistogramMetricFamily("lede_batch_rows", "Prompts per batch.", labels=["model"]),
    }
    for model, statistics in models.items():
        for state in ("waiting", "waiting_batch", "running"):
            depth.add_metric([model, state], getattr(statistics, state))
        for name, family in counts.items():
            family.add_metric([model], statistics.counts.get(name, 0))
        for name, histogram in times.items():
            _add(histogram, model, getattr(statistics, name))
    yield from (depth, *counts.values(), *times.values())


def _add(family: HistogramMetricFamily, model: str, histogram: QueueHistogram) -> None:
    below, buckets = 0, []
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        below += count
        buckets.append((bound, below))
    family.add_metric([model], buckets, histogram.total)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Yields all objects in a JSON value, outer ones first."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part)


_COUNTS: dict[Count, str] = {
    "answered": "Completed prompts.",
    "abandoned": "Prompts cancelled because no caller waited any more.",
    "shared": "Prompts that shared the work of an identical prompt.",
    "refused": "Prompts refused because the queue was full.",
    "late": "Prompts refused because their deadline could not be met.",
    "failed": "Failed prompts.",
    "raised": "Exceptions of engines.",
    "out_of_memory": "Batches that ran out of memory.",
    "read": "Prompt tokens.",
    "recalled": "Prompt tokens read from the prefix cache.",
    "written": "Generated tokens.",
}
