"""For everybody: by keyboard, in light and dark, from either side, on a phone, in each of its languages."""

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
from tests.page.conftest import Opener

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(at: Opener, look: str, language: str):
    editor = at(f"/?lang={language}", **LOOKS[look])
    assert editor.violations() == []
    editor.shot(f"empty-{look}-{language}")
    editor.paste(ARTICLE)
    editor.choose("ar", formats=("summary", "blurb", "translation"))
    editor.write()
    for summary in editor.page.locator("details").all():
        summary.evaluate("node => { node.open = true; }")
    editor.page.wait_for_selector("#cards .card >> nth=2")
    assert editor.violations() == []
    editor.shot(f"done-{look}-{language}", full=True)
    wide = editor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0  # nothing is cut off or has to be scrolled to sidewards


def test_the_whole_way_goes_by_keyboard_alone(at: Opener):
    editor = at()
    press, page = editor.page.keyboard.press, editor.page
    focused = "() => document.activeElement.id || document.activeElement.name || document.activeElement.className"

    def tab_to(wanted: str) -> None:
        for _ in range(60):
            press("Tab")
            if page.evaluate(focused) == wanted:
                return
        pytest.fail(f"{wanted} cannot be reached")

    press("Tab")
    assert page.evaluate(focused) == "skip"
    tab_to("sample")
    press("Enter")
    editor.wait("ready")
    tab_to("write")
    press("Enter")
    editor.wait("done")
    tab_to("sentence-en-0")
    assert len(editor.lit()) > 0
    press("Enter")
    assert page.evaluate(focused) == "back"
    press("Enter")
    assert page.evaluate(focused) == "sentence-en-0"
    tab_to("title-en")
    page.keyboard.type("Now: ")
    assert "Now: " in (page.locator("#blurb-of-en .ios").get_attribute("aria-label") or "")


def test_arabic_runs_from_right_to_left_and_its_original_does_not(at: Opener):
    editor = at("/?lang=ar")
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


def test_on_a_phone_a_touched_sentence_leads_to_its_evidence_and_back(at: Opener):
    editor = at(**LOOKS["phone"])
    editor.paste(ARTICLE)
    editor.choose(formats=("summary",))
    editor.write()
    editor.page.locator("#summary-of-en .sentence").get_by_text(FIGURES).tap()
    assert editor.lit() == [FIGURES]
    box = editor.page.locator(".lit").bounding_box()
    assert box
    assert 0 <= box["y"] < 844
    editor.shot("evidence-phone")
    editor.page.locator(".back").tap()
    assert editor.page.evaluate("document.activeElement.id") == "sentence-en-1"


@pytest.mark.parametrize("language", served.LANGUAGES)
def test_every_language_has_every_word(language: str):
    english, words = served.words("en"), served.words(language)
    assert set(words) == set(english)
    for key, said in english.items():
        forms = words[key].values() if isinstance(words[key], dict) else [words[key]]
        for form in forms:
            fields = set(re.findall(r"{(\w+)}", said["other"] if isinstance(said, dict) else said))
            assert set(re.findall(r"{(\w+)}", form)) <= fields, key
        assert isinstance(words[key], dict) == isinstance(said, dict)


def test_no_word_is_left_over_and_none_is_missing():
    sources = [*(served.FOLDER / "js").glob("*.js"), served.FOLDER / "index.html"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    said = set(re.findall(r'say\(\s*"(\w+)"', text)) | set(re.findall(r"\$([a-z_]+)", text))
    known = set(served.words("en"))
    assert said - known - {"language", "direction", "languages", "data"} == set()
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
    "repetition",
    "sentences_differ",
    "shortened",
    "untranslated",
    "wrong_language",
    *FindingKind,
}
"""Kinds of warnings and findings, which answers name."""


@pytest.mark.parametrize(
    ("asked", "accepted", "given"),
    [
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "zh-TW", "zh"),
        ("", "de,*;q=0.1", "en"),
        ("?lang=es", "fr", "es"),
        ("?lang=tlh", "ar", "ar"),
    ],
)
def test_the_page_speaks_the_readers_language(client: TestClient, asked: str, accepted: str, given: str):
    answer = client.get(f"/{asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{given}"' in answer.text
    assert answer.headers["vary"] == "Accept-Language"


def test_nothing_in_the_page_comes_from_elsewhere_or_stands_inline(client: TestClient):
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    module = client.get("/assets/js/main.js")
    assert module.headers["cache-control"] == "no-cache"
    assert client.get("/assets/js/main.js", headers={"If-None-Match": module.headers["etag"]}).status_code == 304
    found: list[tuple[str, dict[str, str | None]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Parser().feed(answer.text)
    links = [value for _, attributes in found for name, value in attributes.items() if name in {"src", "href"}]
    assert [link for link in links if link and ("//" in link or link.startswith("/"))] == []
    assert [
        tag for tag, attributes in found if "style" in attributes or any(name.startswith("on") for name in attributes)
    ] == []
    assert [attributes for tag, attributes in found if tag == "script" and "src" not in attributes] == [
        {"type": "application/json", "id": "page"}
    ]
    data = re.search(r'id="page">(.*?)</script>', answer.text, re.DOTALL)
    assert data
    assert json.loads(data[1])["profiles"]["ios"] == {"title_max": 50, "body_max": 178, "segments": None}


def test_all_that_the_page_loads_weighs_less_than_120_kilobytes(at: Opener, capsys: pytest.CaptureFixture[str]):
    editor = at()
    editor.page.click("#sample")
    editor.wait("ready")
    editor.choose("fr", formats=("summary", "blurb", "translation"))
    editor.write()
    own = [answer for answer in editor.answered if "/v1/" not in answer.url]
    weight = sum(len(answer.body()) for answer in own)
    paint = editor.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    with capsys.disabled():
        sys.stdout.write(f"\nthe page: {weight:,} bytes in {len(own)} files, first contentful paint {paint:.0f} ms\n")
    assert weight < 120_000
