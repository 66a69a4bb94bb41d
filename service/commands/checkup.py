"""The checks of `lede doctor`: the machine, the settings and the models."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import psutil

from models.card import ModelCard
from models.errors import ModelError
from models.loading import Loader
from models.machine import FAST_INT8, instruction_sets
from models.settings_file import NAME
from models.store import Store
from service.settings import Settings
from summarizer.desk import Desk
from summarizer.errors import LedeError

SAMPLE = (
    "The city council voted on Tuesday to rebuild the old bridge over the river. The work will cost 12 million euros "
    "and take two years. Buses will cross by the northern bridge until then, the mayor said."
)

FAST = (*sorted(FAST_INT8), "asimddp", "i8mm")
"""Instruction sets with 8-bit dot products, by their Linux names; they speed up int8 models."""

USEFUL = ("avx2", "avx512f", *FAST)


@dataclass(frozen=True, slots=True)
class CheckupResult:
    """The result of one check. `hint` says how to solve a problem."""

    check: str
    status: Literal["ok", "warning", "error"]
    message: str
    hint: str = ""


def run_checks(*, writing: bool) -> Iterator[CheckupResult]:
    """Yields the result of each check when it is done. With `writing`, also loads the model and measures it."""
    yield _python()
    try:
        settings = Settings()
        desk = Desk(settings=settings)
        cards = desk.defaults()
    except ModelError as error:
        yield CheckupResult("Settings", "error", str(error), error.hint)
        return
    yield from _settings()
    yield _processor(settings)
    yield _memory(cards)
    yield _disk(settings, cards)
    yield from (_model(settings, card) for card in cards)
    if writing:
        yield _writing(desk)
    desk.close()


def _python() -> CheckupResult:
    message = f"{platform.python_version()} on {platform.system()} {platform.machine()}; Lede {version('lede')}"
    if sys.maxsize < 2**32:
        return CheckupResult("Python", "error", f"{message}, 32 bits", "Models need a 64-bit Python: install one.")
    return CheckupResult("Python", "ok", message)


def _settings() -> Iterator[CheckupResult]:
    known = {f"LEDE_{name.upper()}" for name in Settings.model_fields} | {"LEDE_SETTINGS"}
    unknown = sorted(name for name in os.environ if name.startswith("LEDE_") and name not in known)
    read = [name for name in (".env", NAME) if Path(name).is_file()]
    yield CheckupResult("Settings", "ok", f"the environment{''.join(f', {name}' for name in read)}")
    for name in unknown:
        yield CheckupResult(
            "Settings", "warning", f"{name} is set, but is not a setting", "`lede init -` lists the settings."
        )


def _processor(settings: Settings) -> CheckupResult:
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    flags = instruction_sets()
    has = [name for name in USEFUL if name in flags]
    sets = ", ".join(has) or "no known instruction sets"
    message = f"{cores} cores, {settings.threads or os.cpu_count()} threads for models; {sets}"
    if flags and not set(FAST) & set(has):
        return CheckupResult(
            "Processor", "warning", message, "It has no 8-bit dot products, so models run more slowly."
        )
    return CheckupResult("Processor", "ok", message)


def _memory(cards: list[ModelCard]) -> CheckupResult:
    memory, needed = psutil.virtual_memory(), sum(card.memory for card in cards)
    message = f"{_gb(memory.available)} of {_gb(memory.total)} free; the models need {_gb(needed)}"
    if memory.available > needed:
        return CheckupResult("Memory", "ok", message)
    hint = "Close other programs, or choose smaller models with LEDE_MODEL: `lede models list`."
    return CheckupResult("Memory", "error" if memory.total < needed else "warning", message, hint)


def _disk(settings: Settings, cards: list[ModelCard]) -> CheckupResult:
    home = settings.home
    place = next(folder for folder in (home, *home.parents) if folder.is_dir())
    loader = Loader(settings)
    needed = sum(card.download + card.parameters for card in cards if not loader.is_prepared(card))
    free = shutil.disk_usage(place).free
    message = f"{_gb(free)} free under {home}" + (
        f"; models to download and convert need {_gb(needed)}" if needed else ""
    )
    if not os.access(place, os.W_OK):
        return CheckupResult(
            "Disk", "error", f"{home} is not writable", "Set LEDE_HOME to a folder that you can write to."
        )
    if free < needed:
        return CheckupResult(
            "Disk", "error", message, "Free some space, or set LEDE_HOME to a folder on a larger disk."
        )
    return CheckupResult("Disk", "ok", message)


def _model(settings: Settings, card: ModelCard) -> CheckupResult:
    if Loader(settings).is_prepared(card):
        return CheckupResult("Model", "ok", f"{card.id} is installed ({card.licence})")
    if Store(settings.home).is_fetched(card):
        return CheckupResult(
            "Model", "warning", f"{card.id} is downloaded but not converted", "`lede models pull` converts it."
        )
    return CheckupResult(
        "Model", "error", f"{card.id} is not installed", f"Download it ({_gb(card.download)}): `lede models pull`."
    )


def _writing(desk: Desk) -> CheckupResult:
    try:
        loading = _timed(lambda: desk.warm(desk.model_for("summarise")))
        writing = _timed(lambda: desk.summarise(SAMPLE, language="en"))
    except (LedeError, ModelError) as error:
        return CheckupResult("Writing", "error", str(error), error.hint)
    message = f"loaded in {loading:.1f} s; a summary of {len(SAMPLE.split())} words took {writing:.1f} s"
    return CheckupResult("Writing", "ok", message)


def _timed(task: Callable[[], object]) -> float:
    started = time.monotonic()
    task()
    return time.monotonic() - started


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
