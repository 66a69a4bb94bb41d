"""The state of the desk, for those who look after it."""

from fastapi import FastAPI

from models.engines.fake import FakeEngine
from tests.desk import ARTICLE
from tests.page.conftest import Opener


def test_models_queue_cache_and_keys_are_shown_live_to_an_admin(at: Opener, app: FastAPI, engine: FakeEngine):
    editor = at()
    page = editor.page
    editor.expected = ["401", "403"]
    keys = app.state.door.keys
    writer, admin = keys.create("Sports desk", "write"), keys.create("Operator", "admin")
    page.click("#to-admin")
    page.fill("dialog #key", writer)  # reaches the desk, and not its state
    page.keyboard.press("Enter")
    page.get_by_text("this takes the scope admin").wait_for()
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
    page.wait_for_selector(
        "#admin-models .own"
    )  # the model was loaded by the request, and this is seen at the next look
    page.wait_for_selector("#admin .chart polyline[points*=' ']")
    page.locator("#admin-jobs").get_by_text("1 of 1").wait_for()
    editor.shot("admin")
    assert editor.violations() == []
    page.click("#admin .button")
    page.wait_for_selector(".work")  # the way back is an event, which comes after the click
