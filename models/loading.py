"""Opens a pool from the settings, and loads a card's engine: which engine, which precision, which files."""

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
from models.engines.remote import join_turns as remote_chat
from models.errors import LoadFailed, ModelError
from models.files.progress import NoProgress, Progress
from models.machine import NATIVE_INT8, instruction_sets
from models.model import LoadedEngine
from models.pool import Pool
from models.scheduling.scheduler import SchedulerLimits
from models.settings import ModelSettings
from models.store import Store

COPIES = 1
"""Batches that a CTranslate2 model works on at the same time; they share its threads."""

MEMORY_SHARE = 0.75
"""The share of the machine's memory that models may use when no budget is set."""


def open_catalogue(settings: ModelSettings) -> Catalogue:
    """Returns the cards that Lede ships, and the user's own. Raises BadCard."""
    folders = [SHIPPED, *([settings.cards] if settings.cards else [])]
    catalogue = Catalogue(*folders, fast=settings.fast, mirror=settings.firefox_mirror)
    if settings.lexicon == "none":
        catalogue = catalogue.without_lexicons()
    return catalogue if settings.adapter == "card" else catalogue.with_adapter(settings.adapter)


def open_pool(settings: ModelSettings, progress: Progress | None = None) -> Pool:
    """Returns the pool for the settings, without loading any model. Raises BadCard."""
    loader = Loader(settings, progress)
    budget = settings.memory_budget or int(psutil.virtual_memory().total * MEMORY_SHARE)
    limits = SchedulerLimits(settings.queue, settings.hang_seconds)
    return Pool(open_catalogue(settings), loader, budget=budget, idle=settings.idle_unload, limits=limits)


class Loader:
    """Loads cards according to the settings."""

    def __init__(self, settings: ModelSettings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress or NoProgress()
        self._store = Store(settings.home, self._progress)

    def __call__(self, card: ModelCard) -> LoadedEngine:
        """Fetches and converts the model if needed (unless offline), and loads it. Raises SourceError or LoadFailed."""
        engine = self._engine(card)
        try:
            if engine == "fake":
                return LoadedEngine(FakeEngine(window=card.window), _plain_chat)
            if card.server and isinstance(card.prompt, ChatPrompt):
                return LoadedEngine(
                    RemoteEngine(card.server, window=card.window, template=card.prompt.template), remote_chat
                )
            loaders = {
                "ctranslate2": self._load_ctranslate2,
                "marian": self._load_marian,
                "native": self._load_native,
                "transformers": self._load_transformers,
            }
            return loaders[engine](card)
        except ModelError:
            raise
        except Exception as error:  # libraries raise anything: name the model and the reason
            raise LoadFailed(f"{card.id} could not be loaded: {error}") from error

    def prepare(self, card: ModelCard) -> None:
        """Fetches and converts the model without loading it. Raises SourceError or LoadFailed."""
        engine = self._engine(card)
        if engine in _CONVERTING_ENGINES:
            self._converted_folder(card, self._precision(engine))
        elif engine in {"transformers", "marian"}:
            self._store.source_folder(card, fetch=not self._settings.offline)

    def is_prepared(self, card: ModelCard) -> bool:
        """Returns whether the card would load without fetching or converting anything."""
        engine = self._engine(card)
        return engine in {"fake", "remote"} or (
            self._store.is_converted(card, self._precision(engine))
            if engine in _CONVERTING_ENGINES
            else self._store.is_fetched(card)
        )

    def _load_ctranslate2(self, card: ModelCard) -> LoadedEngine:
        from models.engines.ctranslate2 import CTranslate2Engine  # noqa: PLC0415 - loaded when it is used
        from models.tokenizer import FOLDER, Tokenizer  # noqa: PLC0415 - transformers takes seconds to import

        precision = self._precision("ctranslate2")
        folder = self._converted_folder(card, precision)
        tokenizer = Tokenizer(folder / FOLDER, stop_tokens=_stop_tokens(card))
        engine = CTranslate2Engine(
            folder,
            tokenizer,
            decoder_only=card.architecture == "decoder",
            window=card.window,
            device=self._settings.device,
            compute_type=precision,
            threads=max(self._threads // COPIES, 1),
            copies=COPIES,
        )
        return LoadedEngine(engine, tokenizer.chat, COPIES, f"ctranslate2 {precision}")

    def _load_native(self, card: ModelCard) -> LoadedEngine:
        import torch  # noqa: PLC0415 - takes seconds to import

        from models.engines.native import kernels  # noqa: PLC0415
        from models.engines.native.engine import NativeEngine  # noqa: PLC0415
        from models.tokenizer import FOLDER, Tokenizer  # noqa: PLC0415

        folder = self._converted_folder(card, NATIVE)
        device = "cuda" if self._settings.device != "cpu" and torch.cuda.is_available() else "cpu"
        tokenizer = Tokenizer(folder / FOLDER, stop_tokens=_stop_tokens(card))

        def load() -> LoadedEngine:
            torch.set_num_threads(self._threads)
            choice = kernels.load_choice(folder, device)
            engine = NativeEngine(
                folder, tokenizer, window=card.window, kernel=choice.kernel, cost=choice.cost, device=device
            )
            return LoadedEngine(engine, tokenizer.chat, backend=f"native {choice.kernel}")

        # In a thread that ends: OpenMP keeps the thread team of one that lives on. Once there are more OpenMP threads
        # than cores, those of the engine sleep whenever they wait for one another, a thousand times per step.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(load).result()

    def _load_marian(self, card: ModelCard) -> LoadedEngine:
        import torch  # noqa: PLC0415 - takes seconds to import

        from models.engines.marian.engine import MarianEngine  # noqa: PLC0415

        folder = self._store.source_folder(card, fetch=not self._settings.offline)
        device = "cuda" if self._settings.device != "cpu" and torch.cuda.is_available() else "cpu"

        def load() -> LoadedEngine:
            torch.set_num_threads(self._threads)
            engine = MarianEngine(folder, window=card.window, device=device)
            return LoadedEngine(engine, _plain_chat, backend=f"marian {device}")

        with ThreadPoolExecutor(1) as executor:  # see `_load_native`
            return executor.submit(load).result()

    def _load_transformers(self, card: ModelCard) -> LoadedEngine:
        import torch  # noqa: PLC0415 - takes seconds to import

        from models.adapters.merging import Adapter  # noqa: PLC0415
        from models.engines.transformers import TransformersEngine  # noqa: PLC0415
        from models.tokenizer import Tokenizer  # noqa: PLC0415

        folder = self._store.source_folder(card, fetch=not self._settings.offline)
        torch.set_num_threads(self._threads)
        tokenizer = Tokenizer(folder, gguf=card.gguf, stop_tokens=_stop_tokens(card))
        engine = TransformersEngine(
            folder,
            tokenizer,
            decoder_only=card.architecture == "decoder",
            window=card.window,
            gguf=card.gguf,
            device=self._settings.device,
            dtype=_DTYPES.get(self._settings.quantization, "auto"),
            adapter=Adapter.for_card(card),
        )
        return LoadedEngine(engine, tokenizer.chat, backend="transformers")

    def _converted_folder(self, card: ModelCard, precision: str) -> Path:
        """Returns the folder of the converted model; converts in another process, which then frees its memory."""
        if not self._store.is_converted(card, precision):
            fetch = not self._settings.offline
            conversion_process.convert(card, self._settings.home, precision, self._progress, fetch=fetch)
        return self._store.converted_folder(card, precision, fetch=False)

    def _engine(self, card: ModelCard) -> str:
        # The setting does not apply to remote models, nor to Marian's, which only one engine supports.
        local = self._settings.engine not in {"card", "fake"}
        if self._settings.engine != "card" and not (local and (card.server or card.engine == "marian")):
            return self._settings.engine
        return "ctranslate2" if card.engine == "native" and not self._native_is_faster() else card.engine

    def _native_is_faster(self) -> bool:
        """CTranslate2 supports all precisions and processors; the native engine is faster where both work."""
        fast = instruction_sets() & NATIVE_INT8 and not (self._settings.device != "cpu" and _has_gpu())
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


_CONVERTING_ENGINES = {"ctranslate2", "native"}
"""Engines that load a converted model instead of the original files."""

_DTYPES = {"float16": "float16", "bfloat16": "bfloat16", "float32": "float32"}


def _has_gpu() -> bool:
    import ctranslate2  # noqa: PLC0415 - loaded when it is used

    return bool(ctranslate2.get_cuda_device_count())


def _stop_tokens(card: ModelCard) -> tuple[str, ...]:
    return card.prompt.stop_tokens if isinstance(card.prompt, ChatPrompt) else ()


def _plain_chat(system: str, user: str, _options: dict[str, Any]) -> str:
    return f"{system}\n{user}\n"
