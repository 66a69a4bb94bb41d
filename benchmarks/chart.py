"""Draws the figures of benchmarks.engine as a bar chart.

python -m benchmarks.chart docs/performance.json docs/images/engines.svg
"""

import argparse
import json
from html import escape
from pathlib import Path

TITLES = {
    "prompt of 512, tokens/s": "prefill of a prompt of 512 tokens, tokens/s",
    "1 at once, tokens/s": "decoding, batch of 1, tokens/s",
    "16 at once, tokens/s": "decoding, batch of 16, tokens/s",
    "16 translations, tokens/s with prompts": "16 translations including prompts, tokens/s",
}
"""The titles of the figures in the chart; for all of them, higher is better."""

COLOURS = {"native": "#b3261e", "ctranslate2": "#5b6b7a", "llama-cpp": "#8a9aa8", "transformers": "#b9c4cc"}
NAMES = {
    "native": "Lede",
    "ctranslate2": "CTranslate2",
    "llama-cpp": "llama-cpp-python",
    "transformers": "transformers",
}

WIDTH, LABELS, BAR, GAP = 720, 130, 16, 34


def main() -> None:
    """Writes the chart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    arguments.picture.write_text(chart(json.loads(arguments.figures.read_text("utf-8"))), "utf-8")


def chart(figures: dict[str, dict[str, float]]) -> str:
    """Returns the figures of several engines as SVG for light and dark pages."""
    parts, top = [], 10
    for figure, title in TITLES.items():
        values = {engine: figures[engine][figure] for engine in NAMES if figure in figures.get(engine, {})}
        parts.append(f'<text x="0" y="{top + 12}" font-weight="bold">{escape(title)}</text>')
        top += 20
        for engine, value in values.items():
            parts.append(_bar(engine, value, value / max(values.values()), top))
            top += BAR + 4
        top += GAP - 20
    size = f'viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}"'
    font = 'font-family="system-ui, sans-serif" font-size="13" fill="#1d2328"'
    body = f'<rect width="{WIDTH}" height="{top}" fill="#fff"/><g transform="translate(10 0)">{"".join(parts)}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">{body}</svg>\n'


def _bar(engine: str, value: float, share: float, top: int) -> str:
    length = round(share * (WIDTH - LABELS - 90))
    return (
        f'<text x="0" y="{top + 12}">{NAMES[engine]}</text>'
        f'<rect x="{LABELS}" y="{top}" width="{length}" height="{BAR}" fill="{COLOURS[engine]}"/>'
        f'<text x="{LABELS + length + 6}" y="{top + 12}">{value:.0f}</text>'
    )


if __name__ == "__main__":
    main()
