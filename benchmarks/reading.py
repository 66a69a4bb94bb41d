"""How well Lede reads: extraction, pasted text, clean text, languages, sentence ends, and speed.

    python -m benchmarks.reading            prints every figure beside its floor; exit code 1 where one is missed
    python -m benchmarks.reading --update   raises the floors to what was measured, and never lowers one

The sets are test data that is not shipped: they are looked for in ../shared/eval (see its README). Method:

- bodies: F1 of the bags of tokens (a token is a word, or one letter of a script without spaces) of the article's text
  and of the gold body; beside it trafilatura's own default on the same pages.
- clean: the share of articles that come back unchanged, byte for byte.
- languages: the share of FLORES sentences over 40 characters, and of their pieces of 20, whose primary tag is told.
- sentences: F1 of the boundaries in paragraphs of five FLORES lines. Lines that hold several sentences, or end without
  an end mark, would count right answers as wrong, so they are left out: in Chinese and Japanese those with a full stop
  inside; in all languages those where five or more of the 16 translations have an end mark inside.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import regex
import trafilatura

from summarizer.languages import primary
from summarizer.reading import detect, read, sentences

EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval"
FLOORS = Path(__file__).with_name("reading_floors.json")

_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}]+", regex.VERSION1
)
_INSIDE = regex.compile(r"[.!?؟۔।…][\"”“»')]*\s+\P{Ll}|[。！？](?![\"”」』）)]*$)")
_END = regex.compile(r"[.!?؟۔।…。！？][\"”“»')」』）]*$")

Figures = dict[str, float]


def f1(text: str, gold: str) -> float:
    """The F1 of two bags of tokens."""
    ours, theirs = (Counter(_TOKEN.findall(one.casefold())) for one in (text, gold))
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def pages() -> Figures:
    """Bodies of whole pages."""
    ours, theirs = [], []
    for case in json.loads((EVAL / "pages/manifest.json").read_text("utf-8")):
        markup = (EVAL / "pages" / case["file"]).read_bytes()
        ours.append(f1(read(html=markup, url=case["url"] or None).text, case["gold_text"]))
        theirs.append(f1(trafilatura.extract(markup) or "", case["gold_text"]))
    return {"pages.mean": mean(ours), "pages.worst": min(ours), "pages.over_trafilatura": mean(ours) - mean(theirs)}


def pasted() -> Figures:
    """Bodies in text that was selected in a browser."""
    scores, forbidden = [], 0
    for case in json.loads((EVAL / "pages/selectall/manifest.json").read_text("utf-8")):
        text = read(text=(EVAL / "pages/selectall" / Path(case["file"]).name).read_text("utf-8")).text
        scores.append(f1(text, case["gold_text"]))
        forbidden += sum(phrase in text for phrase in case.get("must_not_contain", []))
    return {"pasted.mean": mean(scores), "pasted.worst": min(scores), "pasted.free_of_debris": float(not forbidden)}


def clean() -> Figures:
    """Articles without anything round them."""
    texts = [
        json.loads(line)["text"] for line in (EVAL / "summarisation/articles.jsonl").read_text("utf-8").splitlines()
    ]
    return {"clean.unchanged": mean([float(read(text=text).text == text) for text in texts])}


def flores() -> dict[str, list[str]]:
    """The FLORES lines by language, the same line at the same place in each."""
    lines: dict[str, list[str]] = {}
    for path in sorted((EVAL / "translation").glob("flores-dev.en-*.tsv")):
        rows = [line.split("\t") for line in path.read_text("utf-8").rstrip("\n").split("\n")[1:]]
        lines[path.stem.rpartition("-")[2]] = [row[2] for row in rows]
        lines["en"] = [row[1] for row in rows]
    return lines


def languages() -> Figures:
    """The share of texts whose language is told, over all languages, and for the worst of them."""
    whole, pieces = {}, {}
    for language, lines in flores().items():
        texts = [line for line in lines if len(line) > 40]
        cut = [line[at : at + 20] for line in lines for at in range(0, len(line) - 19, 20)]
        whole[language] = [float(primary(detect(text).language) == language) for text in texts]
        pieces[language] = [float(primary(detect(text).language) == language) for text in cut]
    return {
        "languages.sentences": mean([right for one in whole.values() for right in one]),
        "languages.sentences_worst": min(map(mean, whole.values())),
        "languages.pieces": mean([right for one in pieces.values() for right in one]),
        "languages.pieces_worst": min(map(mean, pieces.values())),
    }


def boundaries() -> Figures:
    """The F1 of sentence ends, by language."""
    lines = flores()
    several = {place for place in range(200) if sum(bool(_INSIDE.search(one[place])) for one in lines.values()) >= 5}
    return {f"sentences.{tag}": _boundary_f1(tag, _single(tag, one, several)) for tag, one in lines.items()}


def _single(language: str, lines: list[str], several: set[int]) -> list[str]:
    dense = language in ("zh", "ja")
    kept = (line for place, line in enumerate(lines) if place not in several and _END.search(line))
    return [line for line in kept if not (dense and _INSIDE.search(line))]


def _boundary_f1(language: str, lines: list[str]) -> float:
    between = "" if language in ("zh", "ja") else " "
    right = found = wanted = 0
    for first in range(0, len(lines) - 4, 5):
        group = lines[first : first + 5]
        gold, at = set(), 0
        for line in group[:-1]:
            gold.add(at + len(line))
            at += len(line) + len(between)
        ends = {sentence.span.end for sentence in sentences(between.join(group), language)[:-1]}
        right, found, wanted = right + len(gold & ends), found + len(ends), wanted + len(gold)
    return 2 * right / (found + wanted)


def speed() -> Figures:
    """Seconds of the processor for 2 MB of pasted text, and of the clock for a page of 1 MB, the best of three."""
    lines = (f"This is sentence {n} of an article, which goes on for a while and then ends." for n in range(400))
    article = "\n".join(lines) + "\n"
    text = ("Share\nHome\nNews\nSport\nWeather\nTravel\nMore\n" + article) * 75
    paragraphs = "".join(
        f"<p>{n} {'A sentence of an article that goes on for a while. ' * 9}</p>" for n in range(2_100)
    )
    page = f"<html><head><title>News</title></head><body><article>{paragraphs}</article></body></html>"
    read(html=page)
    return {
        "seconds.text_2mb": _seconds(time.process_time, lambda: read(text=text[:2_000_000])),
        "seconds.page_1mb": _seconds(time.perf_counter, lambda: read(html=page[:1_000_000])),
    }


def _seconds(clock: Callable[[], float], job: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        begun = clock()
        job()
        taken.append(clock() - begun)
    return min(taken)


def quality() -> Figures:
    """Every figure that does not depend on the machine or on what else it does."""
    return {**pages(), **pasted(), **clean(), **languages(), **boundaries()}


def missed(figures: Figures) -> Iterator[str]:
    """What falls below its floor (for seconds: rises above), in words."""
    for name, floor in json.loads(FLOORS.read_text("utf-8")).items():
        value = figures.get(name, floor)
        if value > floor if name.startswith("seconds.") else value < floor:
            yield f"{name} is {value:.4f}; its floor is {floor}"


def update(figures: Figures) -> None:
    """Raises the floors that were surpassed. Those of seconds stay as they were set."""
    floors = json.loads(FLOORS.read_text("utf-8"))
    raised = {
        name: floor if name.startswith("seconds.") else max(floor, int(figures[name] * 10_000) / 10_000)
        for name, floor in floors.items()
    }
    FLOORS.write_text(json.dumps(raised, indent=2) + "\n", "utf-8")


def main() -> int:
    """Prints the figures; 1 where a floor is missed."""
    figures = {**quality(), **speed()}
    if "--update" in sys.argv:
        update(figures)
    floors = json.loads(FLOORS.read_text("utf-8"))
    for name, value in figures.items():
        print(f"{name:32} {value:8.4f}   floor {floors.get(name, '-')}")
    faults = list(missed(figures))
    print(*faults, sep="\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
