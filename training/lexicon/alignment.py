"""Word alignment with eflomal (Östling and Tiedemann, 2016), symmetrized by grow-diag.

eflomal is a sampler that reads its seed from /dev/urandom and has no option for it. To be reproducible it runs in a
mount namespace in which /dev/urandom is a fixed file, with one thread.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.lexicon.tokenization import Sentence

OPTIONS = "--model 3 --length 0.5"
"""Of eflomal-align: half of its default number of iterations."""

SEED = b"Lede news lexicon"
"""What eflomal reads from /dev/urandom; zeros would make its generator return nothing but zeros."""

Links = frozenset[tuple[int, int]]
"""Pairs of a token's index in the first sentence and one in the second."""

_SEEDED = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /dev/urandom && exec "$@"']
_NEIGHBOURS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]


def align(first: Sequence[Sentence], second: Sequence[Sentence], *, final: bool = False) -> Iterator[Links]:
    """Yields the links of each sentence pair; `final` selects grow-diag-final-and.

    Raises CalledProcessError if eflomal fails or the system does not allow mount namespaces.
    """
    with tempfile.TemporaryDirectory() as folder:
        forward, backward = _run(Path(folder), first, second)
        with forward.open(encoding="ascii") as one, backward.open(encoding="ascii") as other:
            for left, right in zip(one, other, strict=True):
                yield symmetrize(_parse(left), _parse(right), final=final)


def _run(folder: Path, first: Sequence[Sentence], second: Sequence[Sentence]) -> tuple[Path, Path]:
    source, target, forward, backward, seed = (
        folder / name for name in ("source", "target", "forward", "backward", "seed")
    )
    source.write_text("".join(" ".join(sentence.tokens) + "\n" for sentence in first), "utf-8")
    target.write_text("".join(" ".join(sentence.tokens) + "\n" for sentence in second), "utf-8")
    seed.write_bytes(SEED)
    files: list[str | Path] = ["-s", source, "-t", target, "-f", forward, "-r", backward]
    command: list[str | Path] = [*_SEEDED, seed, "eflomal-align", *OPTIONS.split(), *files]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})  # noqa: S603 - a fixed command
    return forward, backward


def _parse(line: str) -> Links:
    return frozenset((int(one), int(other)) for one, _, other in (link.partition("-") for link in line.split()))


def symmetrize(forward: Links, backward: Links, *, final: bool = False) -> Links:
    """Combines the links of both directions by grow-diag, or grow-diag-final-and (Koehn, Och and Marcu, 2003)."""
    links, union = set(forward & backward), forward | backward
    left, right = {one for one, _ in links}, {other for _, other in links}

    def add(link: tuple[int, int]) -> None:
        links.add(link)
        left.add(link[0])
        right.add(link[1])

    queue = sorted(links)
    while queue:
        one, other = queue.pop(0)
        for down, across in _NEIGHBOURS:
            link = one + down, other + across
            if link in union and link not in links and (link[0] not in left or link[1] not in right):
                add(link)
                queue.append(link)
    for link in [*sorted(forward), *sorted(backward)] if final else ():
        if link[0] not in left and link[1] not in right:
            add(link)
    return frozenset(links)
