"""Settings to a pool, and a card to a loaded engine: which one, at what precision, from which files."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from models import conversion_process
from models.card import NATIVE, ChatPrompt, ModelCard
from models.catalogue import SHIPPED, Catalogue
from models.engines.fake import FakeEngine
from models.engines.remote import RemoteEngine
from models.engines.remote import chat as remote_chat
from models.errors import LoadFailed, ModelError
from models.files.progress import Progress, Silent
from models.machine import NATIVE_PRODUCTS, instructions
from models.model import Loaded
from models.pool import Pool
from models.scheduling.scheduler import Limits
from models.settings import ModelSettings
from models.store import Store

SHARE = 0.75
"""Part of the machine's memory that models may hold when no budget is set."""


def open_catalogue(settings: ModelSettings) -> Catalogue:
    """The cards that Lede ships, and the user's own. Raises BadCard."""
    catalogue = Catalogue(SHIPPED, *([settings.cards] if settings.cards else []))
    return catalogue if settings.adapter == "card" else catalogue.with_adapter(settings.adapter)


def open_pool(settings: ModelSettings, progress: Progress | None = None) -> Pool:
    """The pool that the settings describe. Nothing is loaded yet. Raises BadCard."""
    loader = Loader(settings, progress)
    budget = settings.memory_budget or int(psutil.virtual_memory().total * SHARE)
    limits = Limits(settings.queue, settings.hang_seconds)
    return Pool(open_catalogue(settings), loader, budget=budget, idle=settings.idle_unload, limits=limits)


class Loader:
    """Loads cards as the settings say."""

    def __init__(self, settings: ModelSettings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress or Silent()
        self._store = Store(settings.home, self._progress)

    def __call__(self, card: ModelCard) -> Loaded:
        """Fetches and converts what is missing (unless offline), and loads. Raises SourceError or LoadFailed."""
        engine = self._engine(card)
        try:
            if engine == "fake":
                return Loaded(FakeEngine(window=card.window), _plain_chat)
            if card.server and isinstance(card.prompt, ChatPrompt):
                return Loaded(RemoteEngine(card.server, window=card.window, template=card.prompt.template), remote_chat)
            ways = {"ctranslate2": self._converted, "native": self._native, "transformers": self._as_it_came}
            return ways[engine](card)
        except ModelError:
            raise
        except Exception as error:  # whatever a library raises, the caller learns which model and why
            raise LoadFailed(f"{card.id} does not load: {error}") from error

    def prepare(self, card: ModelCard) -> None:
        """Fetches and converts, without loading. Raises SourceError or LoadFailed."""
        engine = self._engine(card)
        if engine in _CONVERTED:
            self._folder(card, self._precision(engine))
        elif engine == "transformers":
            self._store.source(card, fetch=not self._settings.offline)

    def prepared(self, card: ModelCard) -> bool:
        """Whether the card would load without anything being fetched or converted first."""
        engine = self._engine(card)
        return engine in {"fake", "remote"} or (
            self._store.has(card, self._precision(engine)) if engine in _CONVERTED else self._store.fetched(card)
        )

    def _converted(self, card: ModelCard) -> Loaded:
        from models.engines.ctranslate2 import CTranslate2Engine  # noqa: PLC0415 - loaded when it is used
        from models.tokenizer import FOLDER, Tokenizer  # noqa: PLC0415 - transformers takes seconds to import

        precision = self._precision("ctranslate2")
        folder = self._folder(card, precision)
        tokenizer = Tokenizer(folder / FOLDER, ends=_ends(card))
        engine = CTranslate2Engine(
            folder,
            tokenizer,
            decoder_only=card.architecture == "decoder",
            window=card.window,
            device=self._settings.device,
            compute_type=precision,
            threads=max(self._threads // self._settings.copies, 1),
            copies=self._settings.copies,
        )
        return Loaded(engine, tokenizer.chat, self._settings.copies, f"ctranslate2 {precision}")

    def _native(self, card: ModelCard) -> Loaded:
        import torch  # noqa: PLC0415 - takes seconds to import

        from models.engines.native import kernels  # noqa: PLC0415
        from models.engines.native.engine import NativeEngine  # noqa: PLC0415
        from models.tokenizer import FOLDER, Tokenizer  # noqa: PLC0415

        folder = self._folder(card, NATIVE)
        device = "cuda" if self._settings.device != "cpu" and torch.cuda.is_available() else "cpu"
        tokenizer = Tokenizer(folder / FOLDER, ends=_ends(card))

        def loaded() -> Loaded:
            torch.set_num_threads(self._threads)
            choice = kernels.chosen(folder, device)
            engine = NativeEngine(
                folder, tokenizer, window=card.window, kernel=choice.kernel, cost=choice.cost, device=device
            )
            return Loaded(engine, tokenizer.chat, way=f"native {choice.kernel}")

        # By a thread that ends: OpenMP keeps the threads of one that does not, and those of the engine, once they are
        # more than the cores together, sleep whenever they wait for one another, a thousand times a step.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(loaded).result()

    def _as_it_came(self, card: ModelCard) -> Loaded:
        import torch  # noqa: PLC0415 - takes seconds to import

        from models.adapters.merging import Adapter  # noqa: PLC0415
        from models.engines.transformers import TransformersEngine  # noqa: PLC0415
        from models.tokenizer import Tokenizer  # noqa: PLC0415

        folder = self._store.source(card, fetch=not self._settings.offline)
        torch.set_num_threads(self._threads)
        tokenizer = Tokenizer(folder, gguf=card.gguf, ends=_ends(card))
        engine = TransformersEngine(
            folder,
            tokenizer,
            decoder_only=card.architecture == "decoder",
            window=card.window,
            gguf=card.gguf,
            device=self._settings.device,
            dtype=_DTYPES.get(self._settings.quantization, "auto"),
            adapter=Adapter.of(card),
        )
        return Loaded(engine, tokenizer.chat, way="transformers")

    def _folder(self, card: ModelCard, precision: str) -> Path:
        """The converted model, made apart if it is not here: what that takes is not held while serving."""
        if not self._store.has(card, precision):
            fetch = not self._settings.offline
            conversion_process.convert(card, self._settings.home, precision, self._progress, fetch=fetch)
        return self._store.converted(card, precision, fetch=False)

    def _engine(self, card: ModelCard) -> str:
        here = self._settings.engine not in {"card", "fake"}  # which is no word about models that run elsewhere
        if self._settings.engine != "card" and not (here and card.server):
            return self._settings.engine
        return "ctranslate2" if card.engine == "native" and not self._native_pays() else card.engine

    def _native_pays(self) -> bool:
        """CTranslate2 has every precision and processor; the native engine is the faster where both can."""
        fast = instructions() & NATIVE_PRODUCTS and not (self._settings.device != "cpu" and _has_gpu())
        return bool(fast) and self._settings.quantization in {"auto", "int8"}

    @property
    def _threads(self) -> int:
        return self._settings.threads or os.cpu_count() or 1

    def _precision(self, engine: str) -> str:
        if engine == "native":
            return NATIVE
        if self._settings.quantization != "auto":
            return self._settings.quantization
        return "int8_float16" if self._settings.device != "cpu" and _has_gpu() else "int8"


_CONVERTED = {"ctranslate2", "native"}
"""Engines that load what was made of a model's files, and not these."""

_DTYPES = {"float16": "float16", "bfloat16": "bfloat16", "float32": "float32"}


def _has_gpu() -> bool:
    import ctranslate2  # noqa: PLC0415 - loaded when it is used

    return bool(ctranslate2.get_cuda_device_count())


def _ends(card: ModelCard) -> tuple[str, ...]:
    return card.prompt.ends if isinstance(card.prompt, ChatPrompt) else ()


def _plain_chat(system: str, user: str, _options: dict[str, Any]) -> str:
    return f"{system}\n{user}\n"
