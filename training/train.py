"""Trains the adapter, or goes on where it was stopped.

    python -m training.train --minutes 8

Reads `shards` and `kept` under the settings' `work`, and leaves `checkpoint` there. It ends after so many minutes with
a checkpoint; the same command goes on as if it had never stopped: what a step does depends on its number alone.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence

import torch

from training import checkpoint, network, shards
from training.batches import batches
from training.encode import Encoder
from training.settings import Settings, Train, chosen, parser

SHOWN = 20
"""Steps between two lines of progress."""


class Run:
    """A model, its rows, and where its training stands."""

    def __init__(self, settings: Settings) -> None:
        """Loads all, from the last checkpoint where there is one. Raises ValueError where it has other settings."""
        self.settings = settings
        encoder = Encoder(settings.base)
        self._pad = encoder.pad
        self._rows = [row for row in encoder.rows(list(_examples(settings))) if len(row.ids) <= settings.train.longest]
        wanted = settings.train
        self._batches = batches([len(row.ids) for row in self._rows], wanted.tokens, settings.seed, wanted.epochs)
        self.model = network.adapted(network.load(settings.base), settings)
        self._optimizer = torch.optim.AdamW(
            network.trained(self.model).values(), wanted.rate, weight_decay=wanted.decay
        )
        self.standing = checkpoint.restore(settings.checkpoint, self.model, self._optimizer, settings)

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return min(len(self._batches), self.settings.train.steps or len(self._batches))

    def go_on(self, seconds: float = math.inf, until: int | None = None) -> None:
        """Trains until the end, so many seconds, or the step `until`, and leaves a checkpoint."""
        started, before = time.monotonic(), self.standing.seconds
        losses: list[float] = []
        last = min(self.steps, until or self.steps)
        self.model.train()
        while self.standing.step < last and time.monotonic() - started < seconds:
            losses.append(self._step(self._batches[self.standing.step], self.standing.step))
            self.standing.step += 1
            self.standing.seconds = before + time.monotonic() - started
            if self.standing.step % SHOWN == 0 or self.standing.step == last:
                self._tell(losses)
                losses = []
            if self.standing.step % self.settings.train.checkpoint_steps == 0:
                self._save()
        self._save()

    def _step(self, batch: Sequence[int], step: int) -> float:
        # Dropout's dice are thrown anew for each step, so that a resumed run throws the same.
        torch.manual_seed(self.settings.seed * 1_000_003 + step)
        wanted = self.settings.train
        for group in self._optimizer.param_groups:
            group["lr"] = rate(step, self.steps, wanted)
        found = network.loss(self.model, [self._rows[row] for row in batch], self._pad, wanted.chunk)
        found.backward()
        torch.nn.utils.clip_grad_norm_(network.trained(self.model).values(), wanted.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return float(found.detach())

    def _tell(self, losses: Sequence[float]) -> None:
        mean = sum(losses) / len(losses)
        self.standing.losses.append((self.standing.step, round(mean, 4)))
        each = self.standing.seconds / self.standing.step
        told = {"step": self.standing.step, "of": self.steps, "loss": round(mean, 4), "seconds a step": round(each, 3)}
        print(json.dumps(told | {"minutes left": round((self.steps - self.standing.step) * each / 60, 1)}), flush=True)

    def _save(self) -> None:
        checkpoint.save(self.settings.checkpoint, self.model, self._optimizer, self.standing, self.settings)


def rate(step: int, steps: int, settings: Train) -> float:
    """The learning rate of a step: up in a line, then down in a half cosine to `floor` of the highest."""
    warm = max(round(settings.warmup * steps), 1)
    if step < warm:
        return settings.rate * (step + 1) / warm
    done = (step - warm) / max(steps - warm, 1)
    return settings.rate * (settings.floor + (1 - settings.floor) * (1 + math.cos(math.pi * done)) / 2)


def _examples(settings: Settings) -> Iterator[shards.Example]:
    yield from shards.read(settings.shards)
    if (settings.kept / shards.MANIFEST).is_file():
        yield from shards.read(settings.kept)


def main() -> None:
    """Trains for as long as it is told to."""
    arguments = parser(__doc__)
    arguments.add_argument("--minutes", type=float, default=math.inf, help="stop with a checkpoint after so long")
    arguments.add_argument("--until", type=int, metavar="STEP", help="stop with a checkpoint at this step")
    wanted = arguments.parse_args()
    run = Run(chosen(wanted))
    run.go_on(60 * wanted.minutes, wanted.until)
    print(f"{run.standing.step} of {run.steps} steps done.", flush=True)


if __name__ == "__main__":
    main()
