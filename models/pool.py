"""The cached loading: each model is loaded once however many ask, kept warm, and unloaded when room is needed."""

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
from models.model import Loaded, Model
from models.scheduling.call import POLL
from models.scheduling.measures import Statistics
from models.scheduling.scheduler import Limits
from models.slot import Slot, Status

log = logging.getLogger(__name__)

Load = Callable[[ModelCard], Loaded]


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
        self._slots: dict[str, Slot] = {}
        self._leaving: set[Model] = set()  # to be closed before any other is loaded
        self._lost: set[Model] = set()  # let go of, and perhaps still in memory
        self._lock = threading.Lock()
        self._closing = threading.Event()
        if idle:
            threading.Thread(target=self._unload_idle, name="lede-idle", daemon=True).start()

    @contextmanager
    def use(self, model_id: str, meanwhile: Callable[[], None] = lambda: None) -> Iterator[Model]:
        """The model, loaded if it is not, and not unloaded before the block ends.

        `meanwhile` is called now and then while it loads, and may raise: the load goes on for others. Raises
        UnknownModel, OutOfMemory, or what its load failed with, to every caller that waited for that load; the next
        call tries again.
        """
        slot, loading = self._enter(self.catalogue[model_id])
        try:
            yield _waited(loading, meanwhile)
        finally:
            with self._lock:
                slot.users -= 1
                slot.last_use = time.time()

    def status(self, model_id: str) -> Status:
        """What is known of a model. Raises UnknownModel."""
        card = self.catalogue[model_id]
        with self._lock:
            return (self._slots.get(model_id) or Slot(card)).status()

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
            slot = self._slots.get(model_id) or Slot(card)
            if slot.users or slot.state == "loading":
                raise ModelInUse(f"{model_id} is in use.")
            loaded = slot.idle
            self._drop(slot)
        self._let_go()
        return loaded

    def close(self) -> None:
        """Unloads what nobody uses, and stops looking for idle models."""
        self._closing.set()
        self._drop_where(lambda slot: slot.idle)

    def _enter(self, card: ModelCard) -> tuple[Slot, "Future[Model]"]:
        with self._lock:
            slot = self._slots.setdefault(card.id, Slot(card))
            if slot.loading is None:
                self._make_room(card.memory)
                slot.loading, slot.error = self._begin(slot), None
            slot.users += 1
            return slot, slot.loading

    def _begin(self, slot: Slot) -> "Future[Model]":
        """A load, in a thread of its own: whoever asked for it first may leave before it is done."""
        loading: Future[Model] = Future()
        fill = partial(copy_context().run, self._fill, slot, loading)
        threading.Thread(target=fill, name="lede-load", daemon=True).start()
        return loading

    def _fill(self, slot: Slot, loading: "Future[Model]") -> None:
        started = time.monotonic()
        try:
            self._let_go()
            model = Model(
                slot.card, self._load(slot.card), self._limits, lambda error: self._give_up(slot, loading, error)
            )
        except BaseException as error:  # noqa: BLE001 - whatever it is, somebody waits to be told
            known = _known(error, slot.card)
            with self._lock:
                slot.loading, slot.error = None, known
            loading.set_exception(known)
        else:
            slot.load_seconds = time.monotonic() - started
            loading.set_result(model)

    def _drop(self, slot: Slot) -> None:
        if slot.model:
            self._leaving.add(slot.model)
        slot.loading = None

    def _drop_where(self, unwanted: Callable[[Slot], bool]) -> None:
        with self._lock:
            for slot in filter(unwanted, self._slots.values()):
                self._drop(slot)
        self._let_go()

    def _let_go(self) -> None:
        """Closes what was dropped; without the lock, since each may take seconds to leave its engine."""
        with self._lock:
            leaving = set(self._leaving)
        for model in leaving:
            log.info("unloading %s", model.card.id)
            model.close()
        with self._lock:
            self._leaving -= leaving
            self._lost = {model for model in self._lost | leaving if model.memory}

    def _give_up(self, slot: Slot, loading: "Future[Model]", error: ModelError) -> None:
        """Lets go of a model whose engine failed for good, and loads it anew beside those who wait."""
        with self._lock:
            if slot.loading is not loading:
                return
            self._lost = {model for model in self._lost | {loading.result()} if model.memory}
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
                self._drop(slot)

    def _unload_idle(self) -> None:
        while not self._closing.wait(self._idle / 4):
            self._drop_where(lambda slot: slot.idle and time.time() - (slot.last_use or 0) > self._idle)


def _waited(loading: "Future[Model]", meanwhile: Callable[[], None]) -> Model:
    while True:
        with suppress(TimeoutError):
            return loading.result(POLL)
        meanwhile()


def _known(error: BaseException, card: ModelCard) -> ModelError:
    if isinstance(error, ModelError):
        return error
    failure = LoadFailed(f"{card.id} did not load: {error!r}")
    failure.__cause__ = error
    return failure
