"""Drives the page in a browser as an editor does, and records errors, warnings and requests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "build" / "screens"
"""Each run writes screenshots of the page's states here. Git ignores the folder."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""No requests other than the page's; no sandbox, which root cannot have and our own page does not need."""


def chromium() -> str | None:
    """The path of Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launch(path: str) -> Iterator[Browser]:
    """Runs the browser with a fresh profile, and closes it at the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Editor:
    """A user of the page. `expected` lists parts of the browser's messages that a test provokes."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.expected: list[str] = []
        self.messages: list[str] = []
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        page.set_default_timeout(30_000)
        page.on("console", lambda message: self._on_message(message.type, message.text))
        page.on("pageerror", lambda error: self._on_message("error", str(error)))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_response(self, response: Response) -> None:
        self.responses.append(response)

    def _on_message(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.messages.append(text)

    @property
    def unexpected(self) -> list[str]:
        """Errors and warnings of the browser that the test did not provoke, and requests to other servers."""
        messages = [text for text in self.messages if not any(part in text for part in self.expected)]
        return messages + [request.url for request in self.requests if not request.url.startswith(self.address)]

    def open(self, path: str = "/") -> None:
        """Opens the page and waits until it shows its languages."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("#languages .pill >> nth=1")

    def paste(self, text: str) -> None:
        """Pastes an article and waits until it has been extracted."""
        self.page.focus("#text")
        self.page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                const box = document.getElementById("text");
                const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
                box.dispatchEvent(event);
                box.setRangeText(text);
            }""",
            text,
        )
        self.wait("ready")

    def choose(self, *languages: str, formats: tuple[str, ...] = ("summary", "blurb")) -> None:
        """Selects the formats, and further languages besides the article's own."""
        for box in self.page.query_selector_all('[name="format"]'):
            box.set_checked(box.get_attribute("value") in formats)
        for language in languages:
            self.page.check(f'#languages [value="{language}"]')

    def write(self) -> None:
        """Clicks the button and waits until everything is written."""
        self.page.click("#write")
        self.wait("done")

    def wait(self, *phases: str) -> None:
        """Waits until the page is in one of the phases."""
        self.page.wait_for_selector(",".join(f'body[data-phase="{phase}"]' for phase in phases), state="attached")

    def highlighted(self) -> list[str]:
        """The highlighted passages of the article."""
        passages: list[str] = self.page.evaluate("() => [...(CSS.highlights.get('evidence') ?? [])].map(String)")
        return passages

    def screenshot(self, name: str, *, full: bool = False) -> None:
        """Saves a screenshot of the page."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=full, animations="disabled")

    def violations(self) -> list[Any]:
        """Violations of any axe-core rule in the page's current state."""
        violations = Axe().run(self.page).response["violations"]
        return [
            (rule["id"], [node["html"] for node in rule["nodes"]], rule["nodes"][0]["failureSummary"])
            for rule in violations
        ]
