"""The cached loading: each model is loaded once however many ask, kept warm, and unloaded when room is needed."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from models.card import ModelCard
from models.catalogue import Catalogue
from models.errors import LoadFailed, ModelError, ModelInUse, OutOfMemory
from models.model import Loaded, Model
from models.scheduling.measures import Statistics
from models.scheduling.scheduler import Limits

log = logging.getLogger(__name__)

State = Literal["unloaded", "loading", "ready", "failed"]


Load = Callable[[ModelCard], Loaded]


@dataclass(frozen=True, slots=True)
class Status:
    """One model as `GET /v1/models` shows it. Times are seconds since the epoch, memory is bytes.

    `failures` counts the times that its engine was given up; `way` is how a loaded one computes.
    """

    state: State
    memory: int = 0
    users: int = 0
    last_use: float | None = None
    load_seconds: float | None = None
    error: str | None = None
    failures: int = 0
    way: str | None = None


class _Slot:
    """One card's place in the pool. Changed under the pool's lock only."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.loading: Future[Model] | None = None  # done once loaded; None when there is no model, nor one coming
        self.users = 0
        self.last_use: float | None = None
        self.load_seconds: float | None = None
        self.error: Exception | None = None
        self.failures = 0

    @property
    def model(self) -> Model | None:
        return self.loading.result() if self.loading and self.loading.done() else None

    @property
    def memory(self) -> int:
        """Bytes held, or about to be."""
        if self.loading is None:
            return 0
        return self.model.memory if self.model else self.card.memory

    @property
    def state(self) -> State:
        if self.loading:
            return "ready" if self.loading.done() else "loading"
        return "failed" if self.error else "unloaded"

    @property
    def idle(self) -> bool:
        return self.model is not None and not self.users

    def drop(self) -> None:
        if self.model:
            log.info("unloading %s", self.card.id)
            self.model.close()
        self.loading = None


class Pool:
    """Models by id, loaded on first use.

    `budget` is in bytes (0: no limit), `idle` in seconds (0: never unload). Safe to use from many threads.
    """

    def __init__(
        self, catalogue: Catalogue, load: Load, *, budget: int = 0, idle: float = 0, limits: Limits | None = None
    ) -> None:
        self.catalogue = catalogue
        self._load = load
        self._budget = budget
        self._idle = idle
        self._limits = limits or Limits()
        self._slots: dict[str, _Slot] = {}
        self._lost: list[Model] = []  # given up, and perhaps still in memory
        self._lock = threading.Lock()
        self._closing = threading.Event()
        if idle:
            threading.Thread(target=self._unload_idle, name="lede-idle", daemon=True).start()

    @contextmanager
    def use(self, model_id: str) -> Iterator[Model]:
        """The model, loaded if it is not, and not unloaded before the block ends.

        Raises UnknownModel, OutOfMemory, or what its load failed with, to every caller that waited for that load; the
        next call tries again.
        """
        slot, loading, mine = self._enter(self.catalogue[model_id])
        try:
            if mine:
                self._fill(slot, loading)
            yield loading.result()
        finally:
            with self._lock:
                slot.users -= 1
                slot.last_use = time.time()

    def status(self, model_id: str) -> Status:
        """What is known of a model. Raises UnknownModel."""
        card = self.catalogue[model_id]
        with self._lock:
            slot = self._slots.get(model_id) or _Slot(card)
            error = str(slot.error) if slot.error else None
            way = slot.model.way if slot.model else None
            return Status(
                slot.state, slot.memory, slot.users, slot.last_use, slot.load_seconds, error, slot.failures, way
            )

    def statistics(self) -> dict[str, Statistics]:
        """What each loaded model's queue counts, by its id."""
        with self._lock:
            models = [slot.model for slot in self._slots.values()]
        return {model.card.id: model.statistics() for model in models if model}

    def alive(self, model_id: str) -> bool:
        """Whether a model is loaded and writes: it generates a token, unless it gave a sign of life of late."""
        if self.status(model_id).state != "ready":
            return False
        with self.use(model_id) as model:
            return model.alive()

    def unload(self, model_id: str) -> bool:
        """Unloads a model; returns whether there was one. Raises ModelInUse while somebody has it, UnknownModel."""
        card = self.catalogue[model_id]
        with self._lock:
            slot = self._slots.get(model_id) or _Slot(card)
            if slot.users:
                raise ModelInUse(f"{model_id} is in use.")
            loaded = slot.idle
            slot.drop()
            return loaded

    def close(self) -> None:
        """Unloads what nobody uses, and stops looking for idle models."""
        self._closing.set()
        with self._lock:
            for slot in filter(lambda slot: slot.idle, self._slots.values()):
                slot.drop()

    def _enter(self, card: ModelCard) -> tuple[_Slot, "Future[Model]", bool]:
        with self._lock:
            slot = self._slots.setdefault(card.id, _Slot(card))
            mine = slot.loading is None
            if slot.loading is None:
                self._make_room(card.memory)
                slot.loading, slot.error = Future(), None
            slot.users += 1
            return slot, slot.loading, mine

    def _fill(self, slot: _Slot, loading: "Future[Model]") -> None:
        started = time.monotonic()
        try:
            model = Model(
                slot.card, self._load(slot.card), self._limits, lambda error: self._give_up(slot, loading, error)
            )
        except BaseException as error:
            known = _known(error, slot.card)
            with self._lock:
                slot.loading, slot.error = None, known
            loading.set_exception(known)
            if not isinstance(error, Exception):
                raise
        else:
            slot.load_seconds = time.monotonic() - started
            loading.set_result(model)

    def _give_up(self, slot: _Slot, loading: "Future[Model]", error: ModelError) -> None:
        """Lets go of a model whose engine failed for good, and loads it anew beside those who wait."""
        with self._lock:
            if slot.loading is not loading:
                return
            self._lost = [model for model in [*self._lost, loading.result()] if model.memory]
            slot.loading, slot.error = None, error
            slot.failures += 1
        if not self._closing.is_set():
            threading.Thread(target=self._reload, args=(slot.card.id,), name="lede-reload", daemon=True).start()

    def _reload(self, model_id: str) -> None:
        try:
            with self.use(model_id):
                log.info("loaded %s again", model_id)
        except ModelError:
            log.exception("%s does not load again", model_id)

    def _make_room(self, size: int) -> None:
        """Unloads the models that were not used for longest until `size` more bytes fit the budget."""
        if not self._budget:
            return
        lost = sum(model.memory for model in self._lost)
        held = lost + sum(slot.memory for slot in self._slots.values() if not slot.idle)
        if held + size > self._budget:
            raise OutOfMemory(
                f"The model needs {size / 1e9:.1f} GB; {held / 1e9:.1f} GB of the {self._budget / 1e9:.1f} GB "
                "budget are held by models in use."
            )
        for slot in sorted(filter(lambda slot: slot.idle, self._slots.values()), key=lambda slot: slot.last_use or 0):
            if lost + sum(slot.memory for slot in self._slots.values()) + size > self._budget:
                slot.drop()

    def _unload_idle(self) -> None:
        while not self._closing.wait(self._idle / 4):
            with self._lock:
                for slot in self._slots.values():
                    if slot.idle and time.time() - (slot.last_use or 0) > self._idle:
                        slot.drop()


def _known(error: BaseException, card: ModelCard) -> ModelError:
    if isinstance(error, ModelError):
        return error
    failure = LoadFailed(f"{card.id} did not load: {error!r}")
    failure.__cause__ = error
    return failure
