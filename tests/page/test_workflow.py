"""The page's workflow: load an article, choose options, read and edit the results."""

import json
from pathlib import Path

import pytest

from models.engines.fake import FakeEngine
from models.protocol import Prompt, Tokens
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA
from tests.page.conftest import OpenPage
from tests.summarizer.reading.documents import docx, pdf

BOILERPLATE = "Share\n\nAccessibility links\n\n{}\n\n0:00 / 3:12\n\nXS\nSM\nMD\nLG"


def test_an_article_is_summarised_translated_and_turned_into_notifications(open_page: OpenPage):
    editor = open_page()
    page = editor.page
    editor.screenshot("empty")
    editor.paste(ARTICLE)
    assert page.locator("#article .body p").all_inner_texts() == [LEAD, FIGURES, LIBYA]
    assert page.locator("#article-language").input_value() == "en"
    assert "BLEU 30.8" in page.locator('#languages label:has([value="fr"])').inner_text()
    assert "not measured" in page.locator('#languages label:has([value="de"])').inner_text()
    editor.choose("fr", formats=("summary", "blurb", "translation"))
    editor.screenshot("ready")
    editor.write()
    editor.screenshot("done", full=True)
    assert page.locator("#edition-en h2, #edition-fr h2").all_inner_texts() == ["English", "French"]
    assert page.locator("#summary-of-en .sentence").all_inner_texts() == [LEAD, FIGURES]
    assert page.locator("#summary-of-fr .sentence").all_inner_texts() == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert page.locator("#summary-of-fr .summary").get_attribute("lang") == "fr"
    rows = [row.locator("td").all_inner_texts() for row in page.locator("#translation-of-fr tbody tr").all()]
    assert rows == [[text, FRENCH[text]] for text in (LEAD, FIGURES, LIBYA)]
    assert page.locator("#translation-of-en").count() == 0
    assert "Done: 2 editions." in page.inner_text("#progress")


def test_a_sentence_highlights_its_evidence(open_page: OpenPage):
    editor = open_page()
    editor.paste(f"“🚋 tram,” said one.\n\n{ARTICLE}")  # offsets count characters, and the DOM counts UTF-16 units
    editor.write()
    sentence = editor.page.locator("#summary-of-en .sentence").get_by_text(LEAD)
    sentence.hover()
    assert editor.highlighted() == [LEAD]
    editor.screenshot("evidence")
    editor.page.mouse.move(0, 0)
    assert editor.highlighted() == []
    sentence.focus()
    assert editor.highlighted() == [LEAD]
    described = sentence.get_attribute("aria-describedby") or ""
    assert LEAD in editor.page.locator(f"#{described.split()[0]}").inner_text()
    sentence.click()
    assert editor.highlighted() == [LEAD]
    assert editor.page.locator(".highlighted").inner_text() == LEAD
    editor.page.keyboard.press("Enter")  # the link back has the focus
    assert sentence.evaluate("node => node === document.activeElement")


def test_editing_a_notification_updates_its_counts_and_payload(open_page: OpenPage):
    editor = open_page(permissions=["clipboard-read", "clipboard-write"])
    page = editor.page
    editor.paste(ARTICLE)
    editor.choose(formats=("blurb",))
    editor.write()
    blurb = page.locator("#blurb-of-en")
    title = blurb.get_by_label("Title")
    assert "27 of 50" in blurb.inner_text()
    assert "Allies vow" in (blurb.locator(".ios").get_attribute("aria-label") or "")
    title.fill("Les alliés 👩‍👩‍👧 promettent")
    assert "23 of 50" in blurb.inner_text()
    assert "Les alliés 👩‍👩‍👧 promettent" in blurb.locator(".android .notice").inner_text()
    blurb.get_by_role("button", name="Copy: Payload for APNs, en").click()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["aps"]["alert"]["title"] == "Les alliés 👩‍👩‍👧 promettent"
    size = len(json.dumps(copied, ensure_ascii=False, separators=(",", ":")).encode())
    assert f"{size} of 4,096 bytes" in blurb.inner_text()
    title.fill("x" * 51)
    assert title.get_attribute("aria-invalid") == "true"
    editor.screenshot("blurb-too-long", full=True)


def test_removed_text_is_listed(open_page: OpenPage):
    editor = open_page()
    editor.paste(BOILERPLATE.format(ARTICLE))
    assert "Share" not in editor.page.inner_text("#article .body")
    editor.page.click("#article .removed summary")
    assert "Accessibility links" in editor.page.inner_text("#article .removed")


def test_the_sample_article_is_loaded(open_page: OpenPage):
    editor = open_page()
    editor.page.click("#sample")
    editor.wait("ready")
    assert editor.page.inner_text("#article .title") == "Kerry: US Allies Will Destroy Islamic State"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("statement.docx", docx(LEAD, FIGURES, LIBYA)),
        ("statement.pdf", pdf([(LEAD, 20, 700, 9), (FIGURES, 20, 660, 9), (LIBYA, 20, 620, 9)])),
        ("statement.md", f"{LEAD}\n\n**{FIGURES}**\n\n{LIBYA}".encode()),
    ],
)
def test_a_file_is_loaded(open_page: OpenPage, tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    editor = open_page()
    editor.page.set_input_files("#file", tmp_path / name)
    editor.wait("ready")
    assert editor.page.locator("#article .body p").all_inner_texts() == [LEAD, FIGURES, LIBYA]


def test_a_dropped_file_is_loaded(open_page: OpenPage):
    editor = open_page()
    drop = """([kind, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "story.txt", {type: "text/plain"}));
        document.querySelector(".foot").dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true}));
    }"""
    editor.page.evaluate(drop, ["dragover", ARTICLE])
    assert editor.page.is_visible("#drop")
    editor.screenshot("dropping")
    editor.page.evaluate(drop, ["drop", ARTICLE])
    editor.wait("ready")
    assert not editor.page.is_visible("#drop")
    assert editor.page.locator("#article .body p").count() == 3


def test_the_language_is_corrected_and_another_is_added_by_name(open_page: OpenPage):
    editor = open_page()
    editor.paste(ARTICLE)
    editor.page.select_option("#article-language", "de")
    editor.page.wait_for_selector('#article .body[lang="de"]')
    assert "Original language: German" in editor.page.inner_text("#languages")
    editor.page.fill("#another", "arabic")
    editor.page.press("#another", "Tab")
    assert editor.page.is_checked('#languages [value="ar"]')
    editor.page.fill("#another", "Klingon")
    editor.page.press("#another", "Tab")
    assert "The model does not support Klingon." in editor.page.inner_text("#problem")


def prompt_text(prompt: Prompt) -> str:
    return "".join(piece.text for piece in prompt.pieces if not isinstance(piece, Tokens))


def test_warnings_are_shown_next_to_their_sentences(open_page: OpenPage, engine: FakeEngine):
    looping = FRENCH[LEAD].replace("campagne", "campagne campagne")
    engine._answer = lambda prompt: looping if "to French" in prompt_text(prompt) else LEAD
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("fr", formats=("summary", "translation"))
    editor.write()
    doubtful = editor.page.locator("#summary-of-fr .sentence.doubtful")
    warning = editor.page.locator("#summary-of-fr .warning").first
    assert "Words are repeated." in warning.inner_text()
    assert str(warning.get_attribute("id")) in (doubtful.first.get_attribute("aria-describedby") or "")
    assert editor.page.locator("#translation-of-fr tbody tr").first.locator(".warning").count() == 1
    editor.screenshot("warnings", full=True)


def test_results_are_restored_after_a_change_of_the_page_language(open_page: OpenPage):
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("fr", formats=("summary", "blurb", "translation"))
    editor.write()
    editor.page.click('nav [hreflang="fr"]')
    editor.wait("done")
    assert editor.page.inner_text("#edition-fr h2") == "Français"
    assert editor.page.locator("#summary-of-en .sentence").all_inner_texts() == [LEAD, FIGURES]
    assert editor.page.locator("#translation-of-fr tbody tr").count() == 3
    assert editor.page.is_checked('#languages [value="fr"]')


def test_cached_results_are_shown(open_page: OpenPage):
    editor = open_page()
    editor.paste(ARTICLE)
    editor.choose("fr", formats=("summary", "translation"))
    for _ in range(2):  # the second time the results come from the cache, in one event
        editor.write()
        assert editor.page.locator("#summary-of-fr .sentence").all_inner_texts() == [FRENCH[LEAD], FRENCH[FIGURES]]
        assert editor.page.locator("#translation-of-fr tbody tr").count() == 3
        editor.page.evaluate("document.getElementById('editions').replaceChildren()")
        editor.page.evaluate("document.body.dataset.phase = 'ready'")
