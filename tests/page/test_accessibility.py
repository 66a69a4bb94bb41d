"""Accessibility: keyboard, light and dark mode, right to left, phones, every language, and the page's weight."""

import json
import re
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.routes import page as served
from summarizer.checking.findings import FindingKind
from tests.desk import ARTICLE, FIGURES
from tests.page.conftest import OpenPage

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_no_violations(open_page: OpenPage, look: str, language: str):
    editor = open_page(f"/?lang={language}", **LOOKS[look])
    assert editor.violations() == []
    editor.screenshot(f"empty-{look}-{language}")
    editor.paste(ARTICLE)
    editor.choose("ar", formats=("summary", "blurb", "translation"))
    editor.write()
    for summary in editor.page.locator("details").all():
        summary.evaluate("node => { node.open = true; }")
    editor.page.wait_for_selector("#cards .card >> nth=2")
    assert editor.violations() == []
    editor.screenshot(f"done-{look}-{language}", full=True)
    overflow = editor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0  # no horizontal scrolling


def test_the_page_works_with_the_keyboard_alone(open_page: OpenPage):
    editor = open_page()
    press, page = editor.page.keyboard.press, editor.page
    focused = "() => document.activeElement.id || document.activeElement.name || document.activeElement.className"

    def tab_to(target: str) -> None:
        for _ in range(60):
            press("Tab")
            if page.evaluate(focused) == target:
                return
        pytest.fail(f"{target} cannot be reached")

    press("Tab")
    assert page.evaluate(focused) == "skip"
    tab_to("sample")
    press("Enter")
    editor.wait("ready")
    tab_to("write")
    press("Enter")
    editor.wait("done")
    tab_to("sentence-en-0")
    assert len(editor.highlighted()) > 0
    press("Enter")
    assert page.evaluate(focused) == "back"
    press("Enter")
    assert page.evaluate(focused) == "sentence-en-0"
    tab_to("title-en")
    page.keyboard.type("Now: ")
    assert "Now: " in (page.locator("#blurb-of-en .ios").get_attribute("aria-label") or "")


def test_arabic_is_right_to_left_but_its_original_is_not(open_page: OpenPage):
    editor = open_page("/?lang=ar")
    page = editor.page
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    editor.paste(ARTICLE)
    editor.choose("ar", formats=("summary",))
    editor.write()
    assert page.locator("#article .body").get_attribute("dir") == "ltr"
    assert page.locator("#summary-of-ar .summary").get_attribute("dir") == "rtl"
    article, desk = page.locator(".source").bounding_box(), page.locator(".desk").bounding_box()
    assert article
    assert desk
    assert article["x"] > desk["x"]


def test_tapping_a_sentence_on_a_phone_leads_to_its_evidence_and_back(open_page: OpenPage):
    editor = open_page(**LOOKS["phone"])
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.write()
    editor.page.locator("#summary-of-en .sentence").get_by_text(FIGURES).tap()
    assert editor.highlighted() == [FIGURES]
    box = editor.page.locator(".highlighted").bounding_box()
    assert box
    assert 0 <= box["y"] < 844
    editor.screenshot("evidence-phone")
    editor.page.locator(".back").tap()
    assert editor.page.evaluate("document.activeElement.id") == "sentence-en-1"


@pytest.mark.parametrize("language", served.LANGUAGES)
def test_every_language_has_every_message(language: str):
    english, translated = served.load_messages("en"), served.load_messages(language)
    assert set(translated) == set(english)
    for key, message in english.items():
        forms = translated[key].values() if isinstance(translated[key], dict) else [translated[key]]
        for form in forms:
            fields = set(re.findall(r"{(\w+)}", message["other"] if isinstance(message, dict) else message))
            assert set(re.findall(r"{(\w+)}", form)) <= fields, key
        assert isinstance(translated[key], dict) == isinstance(message, dict)


def test_no_message_is_unused_or_missing():
    sources = [*(served.FOLDER / "js").glob("*.js"), served.FOLDER / "index.html"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'\bt\(\s*"(\w+)"', text)) | set(re.findall(r"\$([a-z_]+)", text))
    known = set(served.load_messages("en"))
    assert used - known - {"language", "direction", "languages", "data"} == set()
    unused = {key for key in known if not re.search(rf'["$]{key}\b', text)}
    assert {
        key for key in unused if not key.startswith(("profile_", "state_", "step_", "method_", "engine_"))
    } <= NOTICES


NOTICES = {
    "extracted",
    "glossary_term_missing",
    "incomplete",
    "placeholder_moved",
    "length_differs",
    "placeholder_missing",
    "names_differ",
    "numbers_differ",
    "dates_differ",
    "negation_differs",
    "heading_added",
    "repetition",
    "sentences_differ",
    "shortened",
    "untranslated",
    "wrong_language",
    *FindingKind,
}
"""The kinds of warnings and findings in responses."""


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "zh-TW", "zh"),
        ("", "de,*;q=0.1", "en"),
        ("?lang=es", "fr", "es"),
        ("?lang=tlh", "ar", "ar"),
    ],
)
def test_the_page_is_in_the_readers_language(client: TestClient, query: str, accepted: str, language: str):
    response = client.get(f"/{query}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}"' in response.text
    assert response.headers["vary"] == "Accept-Language"


def test_the_page_has_no_external_resources_and_no_inline_code(client: TestClient):
    response = client.get("/")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    module = client.get("/assets/js/main.js")
    assert module.headers["cache-control"] == "no-cache"
    assert client.get("/assets/js/main.js", headers={"If-None-Match": module.headers["etag"]}).status_code == 304
    elements: list[tuple[str, dict[str, str | None]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            elements.append((tag, dict(attrs)))

    Parser().feed(response.text)
    links = [value for _, attributes in elements for name, value in attributes.items() if name in {"src", "href"}]
    assert [link for link in links if link and ("//" in link or link.startswith("/"))] == []
    assert [
        tag
        for tag, attributes in elements
        if "style" in attributes or any(name.startswith("on") for name in attributes)
    ] == []
    assert [attributes for tag, attributes in elements if tag == "script" and "src" not in attributes] == [
        {"type": "application/json", "id": "page"}
    ]
    data = re.search(r'id="page">(.*?)</script>', response.text, re.DOTALL)
    assert data
    assert json.loads(data[1])["profiles"]["ios"] == {"title_max": 50, "body_max": 178, "segments": None}


def test_the_page_weighs_less_than_120_kilobytes(open_page: OpenPage, capsys: pytest.CaptureFixture[str]):
    editor = open_page()
    editor.page.click("#sample")
    editor.wait("ready")
    editor.choose("fr", formats=("summary", "blurb", "translation"))
    editor.write()
    assets = [response for response in editor.responses if "/v1/" not in response.url]
    weight = sum(len(response.body()) for response in assets)
    paint = editor.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    with capsys.disabled():
        sys.stdout.write(
            f"\nthe page: {weight:,} bytes in {len(assets)} files, first contentful paint {paint:.0f} ms\n"
        )
    assert weight < 120_000
