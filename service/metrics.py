"""What is counted for Prometheus. No label holds a key, a path as it was sent, or a word of an article."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from models.pool import Pool
from models.scheduling.measures import Count, Statistics
from models.scheduling.measures import Histogram as Measured
from models.slot import State
from service.schemas import BaseResponse

SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)


class Metrics:
    """The service's own counts, and the models' as they are when somebody looks."""

    def __init__(self, pool: Pool) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Models(pool))
        self.requests = Counter(
            "lede_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "lede_request_seconds",
            "From a request to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.open = Gauge("lede_requests_open", "Requests being answered.", registry=self.registry)
        self.cache = Counter(
            "lede_cache_lookups", "Results looked for, by where they were found.", ["found"], registry=self.registry
        )
        self.memory = Counter(
            "lede_memory_lookups",
            "Sentences looked for in the translation memory, by what was found.",
            ["found"],
            registry=self.registry,
        )
        self.warnings = Counter("lede_warnings", "Warnings in answers.", ["kind", "warning"], registry=self.registry)
        self.sentences = Counter(
            "lede_sentences", "Sentences by how they came to be.", ["kind", "method"], registry=self.registry
        )
        self.items = Counter("lede_job_items", "Items of jobs done, by status.", ["status"], registry=self.registry)
        self.job_faults = Counter("lede_job_faults", "Faults that jobs had to wait for.", registry=self.registry)

    def count(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Shows a number as it is when somebody looks."""
        Gauge(name, about, registry=self.registry).set_function(value)

    def answered(self, kind: str, answer: BaseResponse) -> None:
        """Counts what the checks found in an answer that was written."""
        for part in objects(answer.model_dump(mode="json")):
            for warning in part.get("warnings", ()):
                self.warnings.labels(kind, warning["kind"]).inc()
            if isinstance(method := part.get("method"), str):
                self.sentences.labels(kind, method).inc()


class _Models(Collector):
    """What each model's queue counts, read when somebody looks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterable[Metric]:
        """The state of every model there is, and the counts of those that are loaded."""
        state = GaugeMetricFamily("lede_model_state", "1 for the state that a model is in.", labels=["model", "state"])
        memory = GaugeMetricFamily("lede_model_memory_bytes", "Bytes of weights held.", labels=["model"])
        for model in self._pool.catalogue:
            status = self._pool.status(model)
            for name in get_args(State):
                state.add_metric([model, name], float(status.state == name))
            memory.add_metric([model], status.memory)
        yield from (state, memory)
        yield from _queues(self._pool.statistics())


def _queues(found: dict[str, Statistics]) -> Iterator[Metric]:
    depth = GaugeMetricFamily("lede_queue_rows", "Prompts that wait or run.", labels=["model", "state"])
    counts = {
        name: CounterMetricFamily(f"lede_queue_{name}", _COUNTS[name], labels=["model"]) for name in get_args(Count)
    }
    times = {
        "waits": HistogramMetricFamily("lede_queue_wait_seconds", "From arrival to an engine.", labels=["model"]),
        "first_tokens": HistogramMetricFamily("lede_first_token_seconds", "Arrival to first token.", labels=["model"]),
        "batches": HistogramMetricFamily("lede_batch_rows", "Prompts worked on at once.", labels=["model"]),
    }
    for model, statistics in found.items():
        for state in ("waiting", "waiting_batch", "running"):
            depth.add_metric([model, state], getattr(statistics, state))
        for name, family in counts.items():
            family.add_metric([model], statistics.counts.get(name, 0))
        for name, histogram in times.items():
            _add(histogram, model, getattr(statistics, name))
    yield from (depth, *counts.values(), *times.values())


def _add(family: HistogramMetricFamily, model: str, histogram: Measured) -> None:
    below, buckets = 0, []
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        below += count
        buckets.append((bound, below))
    family.add_metric([model], buckets, histogram.total)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part)


_COUNTS: dict[Count, str] = {
    "answered": "Prompts answered.",
    "abandoned": "Prompts that nobody waited for any more.",
    "shared": "Prompts that another caller had asked already.",
    "refused": "Prompts refused for a full queue.",
    "late": "Prompts refused for a deadline that could not be met.",
    "failed": "Prompts that failed.",
    "raised": "Times that an engine raised.",
    "out_of_memory": "Times that an engine ran out of memory.",
    "read": "Tokens of prompts.",
    "recalled": "Tokens of prompts that need not be read again: the engine had read what they begin with.",
    "written": "Tokens written.",
}
