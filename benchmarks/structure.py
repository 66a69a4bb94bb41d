"""Measures whether translations by the bundled model preserve markup and placeholders and use glossary terms.

    python -m benchmarks.structure fr zh --limit 10

Prints each failed case of structure.toml, then the rates with their floors; fails if one is below.
"""

import argparse
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from summarizer.desk import Desk
from summarizer.options import TranslationOptions
from summarizer.translating.formats.tags import tokens
from summarizer.translating.glossary import Term, contains_term

CASES = Path(__file__).parent / "structure.toml"

FLOORS = {"html": 1.0, "markdown": 1.0, "words": 0.98}


def main() -> None:
    """Translates the cases and prints the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+", metavar="LANGUAGE")
    parser.add_argument("--limit", type=int, default=1000, help="Maximum number of cases of each kind.")
    arguments = parser.parse_args()
    cases, desk = read_cases(), Desk()
    preserved, total = Counter[str](), Counter[str]()
    for target in arguments.targets:
        for kind in FLOORS:
            rows = [row for row in cases[kind] if kind != "words" or target in row["glossary"]][: arguments.limit]
            for row, text in zip(rows, translate_cases(desk, kind, rows, target), strict=True):
                total[kind] += 1
                if preserves(kind, row, text, target):
                    preserved[kind] += 1
                else:
                    print(f"{target} {kind}: {row['text']}\n  -> {text}", flush=True)
    desk.close()
    low = False
    for kind, floor in FLOORS.items():
        rate = preserved[kind] / total[kind] if total[kind] else 1.0
        low |= rate < floor
        print(f"{kind}: {preserved[kind]} of {total[kind]} kept, {rate:.1%} (floor {floor:.0%})")
    sys.exit(low)


def read_cases() -> dict[str, list[dict[str, Any]]]:
    """Returns the cases by kind; `words` have a glossary for each target language, and placeholders."""
    return tomllib.loads(CASES.read_text("utf-8"))


def translate_cases(desk: Desk, kind: str, rows: list[dict[str, Any]], target: str) -> list[str]:
    """Translates the English cases into a language."""
    if kind != "words":
        options = TranslationOptions("html" if kind == "html" else "markdown")
        texts = [row["text"] for row in rows]
        return list(desk.translate(texts, target, options=options, source_language="en").translations[0].texts)
    translations: list[str] = []
    for row in rows:
        options = TranslationOptions("text", tuple(row["glossary"][target].items()), tuple(row.get("keep", ())))
        translations += desk.translate(row["text"], target, options=options, source_language="en").translations[0].texts
    return translations


def preserves(kind: str, row: dict[str, Any], text: str, target: str) -> bool:
    """Returns whether a translation has the structure of its case, or its glossary terms, and all placeholders."""
    if any(text.count(token) < row["text"].count(token) for token in row.get("keep", ())):
        return False
    if kind == "html":
        return html(row["text"]) == html(text)
    if kind == "markdown":
        return markdown(row["text"]) == markdown(text)
    return all(contains_term(text, Term(*pair), target) for pair in row["glossary"][target].items())


def html(page: str) -> Counter[str]:
    """Returns the tags and comments of a page with their ancestors, without translated attributes."""
    counts, path = Counter[str](), list[str]()
    for token in tokens(page):
        if token.name and not token.closes:
            tag = re.sub(r'\s(?:alt|title|placeholder|aria-label|content|value)="[^"]*"', "", token.raw)
            counts["/".join([*path, tag])] += 1
            if token.name not in {"br", "img", "hr", "meta", "input"}:
                path.append(token.name)
        elif token.name and token.name in path:
            while path.pop() != token.name:
                pass
            counts["/".join([*path, token.raw])] += 1
        elif not token.is_text:
            counts[token.raw] += 1
    return counts


def markdown(document: str) -> list[Any]:
    """Returns the blocks of a document in order, and the inline markup of each block in any order."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    outline: list[Any] = []
    for block in parser.parse(document):
        outline.append((block.type, block.markup, block.info, "" if block.type == "inline" else block.content))
        inside = [child for child in block.children or () if not child.type.startswith(("text", "softbreak"))]
        outline.append(
            sorted((t.type, t.markup, str(t.attrs.get("href")), t.content * (t.type == "code_inline")) for t in inside)
        )
    return outline


if __name__ == "__main__":
    main()
