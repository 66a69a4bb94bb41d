"""Measures reading: extraction, pasted text, clean text, language detection, sentence boundaries, and speed.

    python -m benchmarks.reading            prints every figure with its floor; exit code 1 if one is below
    python -m benchmarks.reading --update   raises the floors to the measured figures, and never lowers one

The sets are test data in ../shared/eval (see its README), which is not distributed. Method:

- bodies: F1 of the bags of tokens (a token is a word, or one letter in scripts without spaces) of the extracted text
  and the gold body, and of trafilatura's default extraction for comparison.
- clean: the share of articles that are returned unchanged.
- languages: the accuracy of the primary tag on FLORES sentences over 40 characters, and on substrings of 20.
- sentences: F1 of the boundaries in paragraphs of five FLORES lines. Lines with several sentences, or without an end
  mark, would count correct boundaries as errors, so they are left out: in Chinese and Japanese, lines with a full stop
  inside; in all languages, lines of which five or more of the 16 translations have an end mark inside.
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
    """Returns the F1 of two bags of tokens."""
    tokens, gold_tokens = (Counter(_TOKEN.findall(one.casefold())) for one in (text, gold))
    common = (tokens & gold_tokens).total()
    return 2 * common / (tokens.total() + gold_tokens.total()) if common else 0.0


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def pages() -> Figures:
    """Measures the bodies of web pages."""
    ours, theirs = [], []
    for case in json.loads((EVAL / "pages/manifest.json").read_text("utf-8")):
        markup = (EVAL / "pages" / case["file"]).read_bytes()
        ours.append(f1(read(html=markup, url=case["url"] or None).text, case["gold_text"]))
        theirs.append(f1(trafilatura.extract(markup) or "", case["gold_text"]))
    return {"pages.mean": mean(ours), "pages.worst": min(ours), "pages.over_trafilatura": mean(ours) - mean(theirs)}


def pasted() -> Figures:
    """Measures the bodies in pasted pages."""
    scores, forbidden = [], 0
    for case in json.loads((EVAL / "pages/selectall/manifest.json").read_text("utf-8")):
        text = read(text=(EVAL / "pages/selectall" / Path(case["file"]).name).read_text("utf-8")).text
        scores.append(f1(text, case["gold_text"]))
        forbidden += sum(phrase in text for phrase in case.get("must_not_contain", []))
    return {"pasted.mean": mean(scores), "pasted.worst": min(scores), "pasted.free_of_debris": float(not forbidden)}


def clean() -> Figures:
    """Measures clean articles."""
    texts = [
        json.loads(line)["text"] for line in (EVAL / "summarisation/articles.jsonl").read_text("utf-8").splitlines()
    ]
    return {"clean.unchanged": mean([float(read(text=text).text == text) for text in texts])}


def flores() -> dict[str, list[str]]:
    """Returns the FLORES lines by language; all languages have the same lines in the same order."""
    lines: dict[str, list[str]] = {}
    for path in sorted((EVAL / "translation").glob("flores-dev.en-*.tsv")):
        rows = [line.split("\t") for line in path.read_text("utf-8").rstrip("\n").split("\n")[1:]]
        lines[path.stem.rpartition("-")[2]] = [row[2] for row in rows]
        lines["en"] = [row[1] for row in rows]
    return lines


def languages() -> Figures:
    """Measures language detection over all languages, and for the worst language."""
    full, substrings = {}, {}
    for language, lines in flores().items():
        texts = [line for line in lines if len(line) > 40]
        cut = [line[at : at + 20] for line in lines for at in range(0, len(line) - 19, 20)]
        full[language] = [float(primary(detect(text).language) == language) for text in texts]
        substrings[language] = [float(primary(detect(text).language) == language) for text in cut]
    return {
        "languages.sentences": mean([right for one in full.values() for right in one]),
        "languages.sentences_worst": min(map(mean, full.values())),
        "languages.pieces": mean([right for one in substrings.values() for right in one]),
        "languages.pieces_worst": min(map(mean, substrings.values())),
    }


def boundaries() -> Figures:
    """Measures sentence boundaries by language."""
    lines = flores()
    several = {place for place in range(200) if sum(bool(_INSIDE.search(one[place])) for one in lines.values()) >= 5}
    return {f"sentences.{tag}": _boundary_f1(tag, _single(tag, one, several)) for tag, one in lines.items()}


def _single(language: str, lines: list[str], several: set[int]) -> list[str]:
    dense = language in ("zh", "ja")
    usable = (line for place, line in enumerate(lines) if place not in several and _END.search(line))
    return [line for line in usable if not (dense and _INSIDE.search(line))]


def _boundary_f1(language: str, lines: list[str]) -> float:
    between = "" if language in ("zh", "ja") else " "
    correct = detected = expected = 0
    for first in range(0, len(lines) - 4, 5):
        group = lines[first : first + 5]
        gold, at = set(), 0
        for line in group[:-1]:
            gold.add(at + len(line))
            at += len(line) + len(between)
        ends = {sentence.span.end for sentence in sentences(between.join(group), language)[:-1]}
        correct, detected, expected = correct + len(gold & ends), detected + len(ends), expected + len(gold)
    return 2 * correct / (detected + expected)


def speed() -> Figures:
    """Measures the CPU seconds for 2 MB of pasted text and the seconds for a page of 1 MB, the best of three."""
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
    durations = []
    for _ in range(3):
        start = clock()
        job()
        durations.append(clock() - start)
    return min(durations)


def quality() -> Figures:
    """Returns all figures that do not depend on the machine and its load."""
    return {**pages(), **pasted(), **clean(), **languages(), **boundaries()}


def missed_floors(figures: Figures) -> Iterator[str]:
    """Yields a message for each figure below its floor; for seconds, above."""
    for name, floor in json.loads(FLOORS.read_text("utf-8")).items():
        value = figures.get(name, floor)
        if value > floor if name.startswith("seconds.") else value < floor:
            yield f"{name} is {value:.4f}; its floor is {floor}"


def update(figures: Figures) -> None:
    """Raises floors to the measured figures; limits in seconds are unchanged."""
    floors = json.loads(FLOORS.read_text("utf-8"))
    raised = {
        name: floor if name.startswith("seconds.") else max(floor, int(figures[name] * 10_000) / 10_000)
        for name, floor in floors.items()
    }
    FLOORS.write_text(json.dumps(raised, indent=2) + "\n", "utf-8")


def main() -> int:
    """Prints the figures; returns 1 if one is below its floor."""
    figures = {**quality(), **speed()}
    if "--update" in sys.argv:
        update(figures)
    floors = json.loads(FLOORS.read_text("utf-8"))
    for name, value in figures.items():
        print(f"{name:32} {value:8.4f}   floor {floors.get(name, '-')}")
    failures = list(missed_floors(figures))
    print(*failures, sep="\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
