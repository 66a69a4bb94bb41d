"""Takes the screenshots of the page in docs/images, with the texts below: `python -m tests.page.screenshots`."""

import os
import tempfile
from typing import Any

from playwright.sync_api import Browser

from models.engines.fake import FakeEngine, echo
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Markup, Prompt
from service.app import create_app
from service.settings import Settings
from tests.desk import Cards
from tests.page.browser import ROOT, Editor, chromium, launch
from tests.page.conftest import cards
from tests.service.serving import serving

IMAGES = ROOT / "docs" / "images"
MODEL = "example/desk"

FIRST = (
    "The United States and its allies said Tuesday they will intensify their campaign against Islamic State militants."
)
SECOND = "The coalition says the group has lost 40 percent of its territory in Iraq and 20 percent in Syria."
TITLE = "US allies vow to step up fight against IS"

TRANSLATIONS = {
    "French": {
        FIRST: "Les États-Unis et leurs alliés ont dit mardi qu’ils intensifieraient leur lutte contre l’organisation.",
        SECOND: "Selon la coalition, le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie.",
        TITLE: "Les alliés promettent d’intensifier la lutte",
    },
    "Arabic": {
        FIRST: "قالت الولايات المتحدة وحلفاؤها يوم الثلاثاء إنهم سيكثفون حملتهم على مسلحي تنظيم الدولة الإسلامية.",
        SECOND: "يقول التحالف إن التنظيم فقد 40 بالمئة من أراضيه في العراق و20 بالمئة في سوريا.",
        TITLE: "الحلفاء يتعهدون بتكثيف القتال ضد التنظيم",
    },
}


def answers(prompt: Prompt) -> str:
    """A summary and a headline of the sample, or their translations."""
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    if "TRANSLATE" in task:
        translations = next(texts for name, texts in TRANSLATIONS.items() if f"to {name}" in task)
        return translations.get(echo(prompt), echo(prompt))
    return TITLE if "HEADLINE" in task else f"{FIRST} {SECOND}"


def take(browser: Browser, address: str, name: str, language: str, path: str = "/", **options: Any) -> None:
    """Takes a screenshot of the edition in `language`, with the evidence of a sentence highlighted."""
    with browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1360, "height": 940}, **options}) as context:
        editor = Editor(context.new_page(), address)
        editor.open(path)
        editor.page.click("#sample")
        editor.wait("ready")
        editor.choose("ar" if language == "ar" else "fr")
        editor.write()
        editor.page.locator(f"#edition-{language}").evaluate("section => section.scrollIntoView()")
        editor.page.mouse.wheel(0, -30)
        editor.page.locator(f"#summary-of-{language} .sentence").nth(1).hover()
        editor.page.wait_for_timeout(400)  # until the transition of the colours ends
        editor.page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """Takes all screenshots."""
    path = chromium()
    assert path
    IMAGES.mkdir(parents=True, exist_ok=True)
    os.environ["LEDE_DATA"] = tempfile.mkdtemp()
    card = cards()[0].model_copy(update={"id": MODEL})
    loaded = LoadedEngine(FakeEngine(answer=answers, window=2048), lambda system, user, _: f"{system}\n{user}\n")
    app = create_app(Settings(model=MODEL), pool=Pool(Cards(card), lambda _card: loaded))
    with launch(path) as browser, serving(app) as address:
        take(browser, address, "page", "en")
        take(browser, address, "page-dark", "fr", color_scheme="dark")
        take(browser, address, "page-arabic", "ar", "/?lang=ar")
        phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
        take(browser, address, "page-phone", "en", **phone)


if __name__ == "__main__":
    main()
