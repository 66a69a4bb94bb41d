"""The status view for operators."""

from fastapi import FastAPI

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE
from tests.page.conftest import OpenPage


def test_models_queue_cache_and_keys_are_shown_live_to_an_admin(open_page: OpenPage, app: FastAPI, engine: FakeEngine):
    editor = open_page()
    page = editor.page
    editor.expected = ["401", "403"]
    keys = app.state.authenticator.keys
    writer, admin = keys.create("Sports desk", "write"), keys.create("Operator", "admin")
    page.click("#to-admin")
    page.fill("dialog #key", writer)  # may use the service, but not see its status
    page.keyboard.press("Enter")
    page.get_by_text("has the scope write; this request needs admin").wait_for()
    page.fill("dialog #key", admin)
    page.keyboard.press("Enter")
    page.wait_for_selector("#admin .chart")
    assert page.locator("#admin-keys th").all_inner_texts() == ["Sports desk", "Operator"]
    assert not page.is_visible(".work")
    page.evaluate(
        "text => fetch('v1/jobs', {method: 'POST', body: JSON.stringify([{kind: 'summary', text}]), headers: "
        "{'Content-Type': 'application/json', Authorization: `Bearer ${sessionStorage.getItem('lede-key')}`}})",
        ARTICLE,
    )
    page.wait_for_selector("#admin-models .ready")  # the request loaded the model, which the next refresh shows
    page.wait_for_selector("#admin .chart polyline[points*=' ']")
    page.locator("#admin-jobs").get_by_text("1 of 1").wait_for()
    editor.screenshot("admin")
    assert editor.violations() == []
    page.click("#admin .button")
    page.wait_for_selector(".work")  # the event that closes the view comes after the click
