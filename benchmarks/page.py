"""Measures the loading of the web page: `python -m benchmarks.page`. Needs Chromium.

Opens the page on loopback twenty times, each in a new profile, and prints its first contentful paint and size. Fails if
the median is over 300 ms or the total size over 120 kB. The limits are for an otherwise idle machine.
"""

import statistics
import sys

from service.app import create_app
from service.settings import Settings
from tests.page.browser import Editor, chromium, launch
from tests.service.serving import serving

RUNS, PAINT, WEIGHT = 20, 300, 120_000


def main() -> None:
    """Measures and prints; exits with 1 if a limit is exceeded."""
    path = chromium()
    if path is None:
        sys.exit("There is no Chromium on this machine.")
    paints, weight = [], 0
    with launch(path) as browser, serving(create_app(Settings(engine="fake", preload=False))) as address:
        for _ in range(RUNS):
            with browser.new_context() as context:
                editor = Editor(context.new_page(), address)
                editor.open()
                paints.append(
                    editor.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                )
                weight = sum(len(answer.body()) for answer in editor.responses if "/v1/" not in answer.url)
    median = statistics.median(paints)
    print(f"first contentful paint: median {median:.0f} ms, {min(paints):.0f} to {max(paints):.0f}, of {RUNS}")
    print(f"size: {weight:,} bytes")
    if median > PAINT or weight > WEIGHT:
        sys.exit(1)


if __name__ == "__main__":
    main()
