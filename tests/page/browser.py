"""A browser with an editor before it, and all that the browser complained of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "build" / "screens"
"""Where each run leaves pictures of the states that it saw. Git ignores it."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""Nothing is asked of the network but the page, and no sandbox is needed for our own page, also as root."""


def chromium() -> str | None:
    """The path of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The browser while the block lasts, with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Editor:
    """Somebody at the page. `expected` are the complaints of the browser that a test provokes."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.expected: list[str] = []
        self.complaints: list[str] = []
        self.asked: list[Request] = []
        self.answered: list[Response] = []
        page.set_default_timeout(30_000)
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.on("request", self._ask)
        page.on("response", self._answer)

    def _ask(self, request: Request) -> None:
        self.asked.append(request)

    def _answer(self, response: Response) -> None:
        self.answered.append(response)

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    @property
    def unexpected(self) -> list[str]:
        """What the browser complained of that the test did not provoke, and requests to anywhere else."""
        heard = [text for text in self.complaints if not any(known in text for known in self.expected)]
        return heard + [request.url for request in self.asked if not request.url.startswith(self.address)]

    def open(self, path: str = "/") -> None:
        """Opens the page and waits until it knows its languages."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("#languages .pill >> nth=1")

    def paste(self, text: str) -> None:
        """Pastes an article, and waits until it was read."""
        self.page.focus("#text")
        self.page.evaluate(
            """text => {
                const carried = new DataTransfer();
                carried.setData("text/plain", text);
                const box = document.getElementById("text");
                const event = new ClipboardEvent("paste", {clipboardData: carried, bubbles: true, cancelable: true});
                box.dispatchEvent(event);
                box.setRangeText(text);
            }""",
            text,
        )
        self.wait("ready")

    def choose(self, *languages: str, formats: tuple[str, ...] = ("summary", "blurb")) -> None:
        """Chooses languages beside the article's own, and the formats."""
        for box in self.page.query_selector_all('[name="format"]'):
            box.set_checked(box.get_attribute("value") in formats)
        for language in languages:
            self.page.check(f'#languages [value="{language}"]')

    def write(self) -> None:
        """Presses the button, and waits for the end."""
        self.page.click("#write")
        self.wait("done")

    def wait(self, *phases: str) -> None:
        """Waits until the page is in one of these phases."""
        self.page.wait_for_selector(",".join(f'body[data-phase="{phase}"]' for phase in phases), state="attached")

    def lit(self) -> list[str]:
        """The stretches of the article that are lit up."""
        found: list[str] = self.page.evaluate("() => [...(CSS.highlights.get('evidence') ?? [])].map(String)")
        return found

    def shot(self, name: str, *, full: bool = False) -> None:
        """Keeps a picture of what is seen now."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=full, animations="disabled")

    def violations(self) -> list[Any]:
        """What axe-core finds wrong with the page as it is, in all of its rules."""
        found = Axe().run(self.page).response["violations"]
        return [
            (one["id"], [node["html"] for node in one["nodes"]], one["nodes"][0]["failureSummary"]) for one in found
        ]
