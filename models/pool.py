"""The model pool: loads each model once however many callers request it, and unloads models when memory is needed."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import partial

from models.card import ModelCard
from models.catalogue import Catalogue
from models.errors import LoadFailed, ModelError, ModelInUse, OutOfMemory
from models.model import LoadedEngine, Model
from models.scheduling.call import POLL
from models.scheduling.measures import Statistics
from models.scheduling.scheduler import SchedulerLimits
from models.slot import Slot, Status

log = logging.getLogger(__name__)

Load = Callable[[ModelCard], LoadedEngine]


class Pool:
    """Models by id, loaded on first use. Thread-safe.

    `budget` is in bytes (0: unlimited), `idle` in seconds (0: never unload).
    """

    def __init__(
        self,
        catalogue: Catalogue,
        load: Load,
        *,
        budget: int = 0,
        idle: float = 0,
        limits: SchedulerLimits | None = None,
    ) -> None:
        self.catalogue = catalogue
        self._load = load
        self._budget = budget
        self._idle = idle
        self._limits = limits or SchedulerLimits()
        self._slots: dict[str, Slot] = {}
        self._unloading: set[Model] = set()  # to be closed before another model is loaded
        self._abandoned: set[Model] = set()  # closed, but perhaps still in memory
        self._lock = threading.Lock()
        self._closing = threading.Event()
        if idle:
            threading.Thread(target=self._unload_idle, name="lede-idle", daemon=True).start()

    @contextmanager
    def use(self, model_id: str, on_wait: Callable[[], None] = lambda: None) -> Iterator[Model]:
        """Provides the model, loading it if needed; it is not unloaded before the block ends.

        `on_wait` is called regularly while the model loads and may raise; the load continues for the other
        callers. Raises UnknownModel, OutOfMemory, or the error of the load, which every caller that waited for
        it gets; the next call loads again.
        """
        slot, loading = self._acquire(self.catalogue[model_id])
        try:
            yield _wait_for(loading, on_wait)
        finally:
            with self._lock:
                slot.active_requests -= 1
                slot.last_used = time.time()

    def status(self, model_id: str) -> Status:
        """Returns the status of a model. Raises UnknownModel."""
        card = self.catalogue[model_id]
        with self._lock:
            return (self._slots.get(model_id) or Slot(card)).status()

    def statistics(self) -> dict[str, Statistics]:
        """Returns the scheduler statistics of each loaded model, by model id."""
        with self._lock:
            models = [slot.model for slot in self._slots.values()]
        return {model.card.id: model.statistics() for model in models if model}

    def alive(self, model_id: str) -> bool:
        """Returns whether a model is loaded and responds; generates one token if it gave no sign of life recently."""
        if self.status(model_id).state != "ready":
            return False
        with self.use(model_id) as model:
            return model.alive()

    def unload(self, model_id: str) -> bool:
        """Unloads a model; returns whether it was loaded. Raises ModelInUse while it is in use, and UnknownModel."""
        card = self.catalogue[model_id]
        with self._lock:
            slot = self._slots.get(model_id) or Slot(card)
            if slot.active_requests or slot.state == "loading":
                raise ModelInUse(f"{model_id} is in use.")
            was_loaded = slot.idle
            self._drop(slot)
        self._close_dropped()
        return was_loaded

    def close(self) -> None:
        """Unloads the models that are not in use, and stops looking for idle ones."""
        self._closing.set()
        self._drop_where(lambda slot: slot.idle)

    def _acquire(self, card: ModelCard) -> tuple[Slot, "Future[Model]"]:
        with self._lock:
            slot = self._slots.setdefault(card.id, Slot(card))
            if slot.loading is None:
                self._make_room(card.memory)
                slot.loading, slot.error = self._start_loading(slot), None
            slot.active_requests += 1
            return slot, slot.loading

    def _start_loading(self, slot: Slot) -> "Future[Model]":
        """Loads in a separate thread, because the first caller may stop waiting before the load is done."""
        loading: Future[Model] = Future()
        load = partial(copy_context().run, self._load_into, slot, loading)
        threading.Thread(target=load, name="lede-load", daemon=True).start()
        return loading

    def _load_into(self, slot: Slot, loading: "Future[Model]") -> None:
        started = time.monotonic()
        try:
            self._close_dropped()
            model = Model(
                slot.card, self._load(slot.card), self._limits, lambda error: self._abandon(slot, loading, error)
            )
        except BaseException as error:  # noqa: BLE001 - passed on to the callers that wait
            failure = _as_model_error(error, slot.card)
            with self._lock:
                slot.loading, slot.error = None, failure
            loading.set_exception(failure)
        else:
            slot.load_seconds = time.monotonic() - started
            loading.set_result(model)

    def _drop(self, slot: Slot) -> None:
        if slot.model:
            self._unloading.add(slot.model)
        slot.loading = None

    def _drop_where(self, condition: Callable[[Slot], bool]) -> None:
        with self._lock:
            for slot in filter(condition, self._slots.values()):
                self._drop(slot)
        self._close_dropped()

    def _close_dropped(self) -> None:
        """Closes the dropped models, without holding the lock: each may take seconds to finish a step."""
        with self._lock:
            unloading = set(self._unloading)
        for model in unloading:
            log.info("unloading %s", model.card.id)
            model.close()
        with self._lock:
            self._unloading -= unloading
            self._abandoned = {model for model in self._abandoned | unloading if model.memory}

    def _abandon(self, slot: Slot, loading: "Future[Model]", error: ModelError) -> None:
        """Abandons a model whose engine failed permanently, and reloads it in the background."""
        with self._lock:
            if slot.loading is not loading:
                return
            self._abandoned = {model for model in self._abandoned | {loading.result()} if model.memory}
            slot.loading, slot.error = None, error
            slot.failures += 1
        if not self._closing.is_set():
            threading.Thread(target=self._reload, args=(slot.card.id,), name="lede-reload", daemon=True).start()

    def _reload(self, model_id: str) -> None:
        try:
            with self.use(model_id):
                log.info("reloaded %s", model_id)
        except ModelError:
            log.exception("reloading %s failed", model_id)

    def _make_room(self, size: int) -> None:
        """Unloads the least recently used models until `size` more bytes fit the budget."""
        if not self._budget:
            return
        abandoned = sum(model.memory for model in self._abandoned)
        used = abandoned + sum(slot.memory for slot in self._slots.values() if not slot.idle)
        if used + size > self._budget:
            raise OutOfMemory(
                f"The model needs {size / 1e9:.1f} GB, but models in use hold {used / 1e9:.1f} GB of the "
                f"{self._budget / 1e9:.1f} GB budget."
            )
        for slot in sorted(filter(lambda slot: slot.idle, self._slots.values()), key=lambda slot: slot.last_used or 0):
            if abandoned + sum(slot.memory for slot in self._slots.values()) + size > self._budget:
                self._drop(slot)

    def _unload_idle(self) -> None:
        while not self._closing.wait(self._idle / 4):
            self._drop_where(lambda slot: slot.idle and time.time() - (slot.last_used or 0) > self._idle)


def _wait_for(loading: "Future[Model]", on_wait: Callable[[], None]) -> Model:
    while True:
        with suppress(TimeoutError):
            return loading.result(POLL)
        on_wait()


def _as_model_error(error: BaseException, card: ModelCard) -> ModelError:
    if isinstance(error, ModelError):
        return error
    failure = LoadFailed(f"{card.id} could not be loaded: {error!r}")
    failure.__cause__ = error
    return failure
