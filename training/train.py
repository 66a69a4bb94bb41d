"""Trains the adapter, or resumes training.

    python -m training.train --minutes 8

Reads `shards` and `rehearsal` under the settings' `work`, and writes `checkpoint` there. Stops after that many minutes
with a checkpoint; the same command resumes without any difference, because a step depends only on its number.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence

import torch

from training import checkpoint, network, shards
from training.batches import batches
from training.encode import Encoder
from training.settings import TrainingSettings, TrainSettings, argument_parser, settings_from

PROGRESS_STEPS = 20
"""Steps between progress lines."""


class Run:
    """A model, its rows, and the progress of its training."""

    def __init__(self, settings: TrainingSettings) -> None:
        """Loads everything, from the last checkpoint if any. Raises ValueError if that has other settings."""
        self.settings = settings
        encoder = Encoder(settings.base)
        self._pad = encoder.pad_id
        self._rows = [
            row for row in encoder.encode(list(_examples(settings))) if len(row.ids) <= settings.train.longest
        ]
        train = settings.train
        self._batches = batches([len(row.ids) for row in self._rows], train.tokens, settings.seed, train.epochs)
        self.model = network.add_adapter(network.load(settings.base), settings)
        self._optimizer = torch.optim.AdamW(
            network.adapter_parameters(self.model).values(), train.rate, weight_decay=train.decay
        )
        self.state = checkpoint.restore(settings.checkpoint, self.model, self._optimizer, settings)

    @property
    def steps(self) -> int:
        """The total number of steps."""
        return min(len(self._batches), self.settings.train.steps or len(self._batches))

    def train(self, seconds: float = math.inf, until: int | None = None) -> None:
        """Trains to the end, for this many seconds, or to the step `until`, and writes a checkpoint."""
        started, before = time.monotonic(), self.state.seconds
        losses: list[float] = []
        last = min(self.steps, until or self.steps)
        self.model.train()
        while self.state.step < last and time.monotonic() - started < seconds:
            losses.append(self._step(self._batches[self.state.step], self.state.step))
            self.state.step += 1
            self.state.seconds = before + time.monotonic() - started
            if self.state.step % PROGRESS_STEPS == 0 or self.state.step == last:
                self._report(losses)
                losses = []
            if self.state.step % self.settings.train.checkpoint_steps == 0:
                self._save()
        self._save()

    def _step(self, batch: Sequence[int], step: int) -> float:
        # Dropout is seeded for each step, so that a resumed run is identical.
        torch.manual_seed(self.settings.seed * 1_000_003 + step)
        train = self.settings.train
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(step, self.steps, train)
        loss = network.loss(self.model, [self._rows[row] for row in batch], self._pad, train.chunk)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.adapter_parameters(self.model).values(), train.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _report(self, losses: Sequence[float]) -> None:
        mean = sum(losses) / len(losses)
        self.state.losses.append((self.state.step, round(mean, 4)))
        each = self.state.seconds / self.state.step
        progress = {"step": self.state.step, "of": self.steps, "loss": round(mean, 4), "seconds a step": round(each, 3)}
        print(json.dumps(progress | {"minutes left": round((self.steps - self.state.step) * each / 60, 1)}), flush=True)

    def _save(self) -> None:
        checkpoint.save(self.settings.checkpoint, self.model, self._optimizer, self.state, self.settings)


def learning_rate(step: int, steps: int, settings: TrainSettings) -> float:
    """Returns the learning rate of a step: linear warm-up, then a half cosine down to `floor` of the maximum."""
    warm = max(round(settings.warmup * steps), 1)
    if step < warm:
        return settings.rate * (step + 1) / warm
    done = (step - warm) / max(steps - warm, 1)
    return settings.rate * (settings.floor + (1 - settings.floor) * (1 + math.cos(math.pi * done)) / 2)


def _examples(settings: TrainingSettings) -> Iterator[shards.Example]:
    yield from shards.read(settings.shards)
    if (settings.rehearsal_shards / shards.MANIFEST).is_file():
        yield from shards.read(settings.rehearsal_shards)


def main() -> None:
    """Trains for as long as requested."""
    parser = argument_parser(__doc__)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop with a checkpoint after this time")
    parser.add_argument("--until", type=int, metavar="STEP", help="stop with a checkpoint at this step")
    arguments = parser.parse_args()
    run = Run(settings_from(arguments))
    run.train(60 * arguments.minutes, arguments.until)
    print(f"{run.state.step} of {run.steps} steps done.", flush=True)


if __name__ == "__main__":
    main()
