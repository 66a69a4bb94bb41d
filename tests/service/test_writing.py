"""The writing endpoints, through the complete service in-process."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine, echo
from models.protocol import Markup, Prompt
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, SAMPLE, answer_prompt

DEBRIS = ("Embed", "0:00", "XS", "Accessibility links", "please wait", "No media source")


def post(client: TestClient, path: str, **body: Any) -> Any:
    response = client.post(f"/v1/{path}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_summary_has_evidence_model_and_signature(client: TestClient):
    response = post(client, "summaries", text=ARTICLE)
    assert response["summary"] == f"{LEAD} {FIGURES}"
    assert [sentence["text"] for sentence in response["sentences"]] == [LEAD, FIGURES]
    spans = [sentence["evidence"][0] for sentence in response["sentences"]]
    assert [ARTICLE[span["start"] : span["end"]] for span in spans] == [LEAD, FIGURES]
    assert (response["source_language"], response["target_language"]) == ("en", "en")
    assert response["model"] == "test/desk"
    assert response["signature"].startswith("summarise:test/desk@unpinned#1|task:summary|length:short|")
    assert response["cached"] is False
    assert {"reading", "loading", "writing", "total"} <= set(response["timings_ms"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"max_sentences": 1}, LEAD),
        ({"max_words": 18}, LEAD),
        ({"length": "long"}, f"{LEAD} {FIGURES} {LIBYA}"),
        ({"style": "bullets"}, f"• {LEAD}\n• {FIGURES}"),
        ({"style": "headline"}, "Allies vow to step up fight"),
        ({"target_language": "fr"}, f"{FRENCH[LEAD]} {FRENCH[FIGURES]}"),
        ({"target_language": "FR-fr"}, f"{FRENCH[LEAD]} {FRENCH[FIGURES]}"),
    ],
)
def test_the_options_of_a_summary(client: TestClient, options: dict[str, Any], expected: str):
    assert post(client, "summaries", text=ARTICLE, **options)["summary"] == expected


def test_a_page_is_summarised(client: TestClient):
    paragraphs = "".join(f"<p>{text}</p>" for text in (LEAD, FIGURES, LIBYA))
    page = f"<html><body><nav>Home | Sport</nav><article><h1>Allies</h1>{paragraphs}</article></body></html>"
    assert LEAD in post(client, "summaries", html=page)["summary"]


def test_debris_reaches_neither_summary_nor_blurb(client: TestClient):
    article = SAMPLE.read_text("utf-8")
    summary = post(client, "summaries", text=article, length="long")["summary"]
    (blurb,) = post(client, "blurbs", text=article, target_languages=["en"], alternatives=5)["blurbs"]
    written = [summary, blurb["title"], blurb["body"], *(line for a in blurb["alternatives"] for line in a.values())]
    assert not [debris for debris in DEBRIS for text in written if debris in text]


def test_numbers_that_the_article_does_not_mention_are_never_returned(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"The group has lost 75 percent. {FIGURES}"
    assert post(client, "summaries", text=ARTICLE)["summary"] == f"{FIGURES} {LEAD}"


def test_an_unsupported_completion_is_replaced_by_extracted_sentences(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: "The group has lost 75 percent."
    response = post(client, "summaries", text=ARTICLE)
    assert response["summary"] == f"{LEAD} {FIGURES}"
    assert [warning["kind"] for warning in response["warnings"]] == ["extracted", "left_out"]
    assert {sentence["method"] for sentence in response["sentences"]} == {"extracted"}


def test_a_completion_in_another_language_is_rejected(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: FRENCH[LEAD]
    assert [w["kind"] for w in post(client, "summaries", text=ARTICLE)["warnings"]] == ["extracted", "left_out"]


def test_an_unfinished_sentence_is_dropped(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"{LEAD} The coalition says the group has"
    assert post(client, "summaries", text=ARTICLE)["summary"] == f"{LEAD} {FIGURES}"


def test_a_long_article_is_summarised_in_parts(client: TestClient, engine: FakeEngine):
    article = "\n\n".join(f"{LEAD} {FIGURES} {LIBYA}" for _ in range(100))
    assert LEAD in post(client, "summaries", text=article)["summary"]
    assert len(engine.prompts) > 3
    assert max(engine.count(echo(prompt)) for prompt in engine.prompts) < engine.window


def test_a_translation_keeps_paragraphs_and_spacing(client: TestClient):
    text = f"\n{LEAD}  {FIGURES}\n \n\n12:30\n{LIBYA}\n"
    response = post(client, "translations", text=text, target_language="fr")
    (french,) = response["translations"]
    assert french["text"] == f"\n{FRENCH[LEAD]}  {FRENCH[FIGURES]}\n \n\n12:30\n{FRENCH[LIBYA]}\n"
    assert french["warnings"] == []
    assert response["source_language"] == "en"


def test_mixed_language_lists(client: TestClient):
    response = post(client, "translations", texts=[LEAD, FRENCH[LIBYA], "42"], target_languages=["fr"])
    assert response["translations"][0]["texts"] == [FRENCH[LEAD], FRENCH[LIBYA], "42"]
    assert response["source_languages"][:2] == ["en", "fr"]
    assert response["source_language"] is None


def test_a_repeated_sentence_is_translated_once(client: TestClient, engine: FakeEngine):
    post(client, "translations", text=f"{LEAD}\n{LEAD}", target_language="fr")
    assert len(engine.prompts) == 1


def test_a_changed_number_is_retried_and_reported(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: FRENCH[FIGURES].replace("40", "14")
    (french,) = post(client, "translations", text=FIGURES, target_language="fr")["translations"]
    assert [warning["kind"] for warning in french["warnings"]] == ["numbers_differ"]
    assert len(engine.prompts) > 1


def test_an_untranslated_sentence_is_reported(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: LEAD
    (french,) = post(client, "translations", text=LEAD, target_language="fr")["translations"]
    assert [warning["kind"] for warning in french["warnings"]] == ["untranslated"]


def test_a_blurb_fits_its_screen_and_is_ready_to_send(client: TestClient):
    response = post(
        client,
        "blurbs",
        text=ARTICLE,
        target_languages=["en", "fr"],
        profile="ios",
        link="https://example.org/a",
        topic="world",
    )
    english, french = response["blurbs"]
    assert english["title"] == "Allies vow to step up fight"
    assert english["body"] == LEAD
    assert french["title"] == "Les alliés promettent d'intensifier la lutte"
    for blurb in (english, french):
        assert blurb["characters"]["title"] == len(blurb["title"]) <= 50
        assert blurb["characters"]["body"] == len(blurb["body"]) <= 178
        assert blurb["payloads"]["apns"]["aps"]["alert"] == {"title": blurb["title"], "body": blurb["body"]}
        assert blurb["payloads"]["fcm"]["message"]["topic"] == "world"
        assert blurb["payloads"]["webpush"]["data"] == {"link": "https://example.org/a"}
        sent = json.dumps(blurb["payloads"]["apns"], ensure_ascii=False, separators=(",", ":"))
        assert blurb["bytes"]["apns"] == len(sent.encode())


@pytest.mark.parametrize(
    ("link", "fcm_options"),
    [
        ("https://news.example/1", True),
        ("newsapp://story/5", False),
        ("http://news.example/1", False),
        ("newsapp:story", False),
    ],
)
def test_only_https_links_are_in_the_options_of_fcm(client: TestClient, link: str, *, fcm_options: bool):
    (blurb,) = post(client, "blurbs", text=ARTICLE, target_languages=["en"], link=link)["blurbs"]
    message = blurb["payloads"]["fcm"]["message"]
    assert message["data"] == blurb["payloads"]["webpush"]["data"] == {"link": link}
    assert blurb["payloads"]["apns"]["link"] == link
    assert message.get("webpush") == ({"fcm_options": {"link": link}} if fcm_options else None)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "not a url", "/x", "", "https://", "news.example/1", "data:text/html,x", "https://a b/"],
)
def test_links_that_are_not_urls_are_rejected(client: TestClient, link: str):
    body = {"text": ARTICLE, "target_languages": ["en"], "link": link}
    response = client.post("/v1/blurbs", json=body)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["link"]


def test_a_blurb_that_cannot_fit_is_rejected(client: TestClient):
    body = {"text": ARTICLE, "target_languages": ["en"], "profile": "custom", "title_max": 10, "body_max": 20}
    response = client.post("/v1/blurbs", json=body)
    assert response.status_code == 422
    assert response.json()["type"] == "urn:lede:problem:cannot-fit"
    assert "title_max" in response.json()["hint"]


def test_alternatives_are_different(client: TestClient):
    (blurb,) = post(client, "blurbs", text=ARTICLE, target_languages=["en"], alternatives=3, body_max=200)["blurbs"]
    wordings = [(blurb["title"], blurb["body"]), *((a["title"], a["body"]) for a in blurb["alternatives"])]
    assert len(set(wordings)) == len(wordings)


def test_the_language_of_a_text(client: TestClient):
    response = post(client, "language", text=FRENCH[LEAD])
    assert response["language"] == "fr"
    assert response["confidence"] > 0.8
    assert response["candidates"][0]["language"] == "fr"


def test_lines_that_do_not_fit_after_translation_are_rewritten(client: TestClient, engine: FakeEngine):
    def answer(prompt: Prompt) -> str:
        instructions = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        return "Les alliés avancent" if "HEADLINE in French" in instructions else answer_prompt(prompt)

    engine._answer = answer
    body = {"text": ARTICLE, "target_languages": ["fr"], "profile": "custom", "title_max": 30, "body_max": 200}
    (french,) = post(client, "blurbs", **body)["blurbs"]
    assert french["title"] == "Les alliés avancent"
    assert french["body"] == FRENCH[LEAD]


def test_editions_contain_every_language_and_format(client: TestClient, engine: FakeEngine):
    response = post(client, "editions", text=ARTICLE, target_languages=["en", "fr", "en"])
    english, french = response["editions"]
    assert (english["target_language"], french["target_language"]) == ("en", "fr")
    assert english["summary"]["summary"] == f"{LEAD} {FIGURES}"
    assert french["summary"]["summary"] == f"{FRENCH[LEAD]} {FRENCH[FIGURES]}"
    assert french["blurb"]["title"] == "Les alliés promettent d'intensifier la lutte"
    assert french["translation"]["title"] is None
    assert french["translation"]["text"] == "\n\n".join(FRENCH[text] for text in (LEAD, FIGURES, LIBYA))
    assert english["translation"]["text"] == ARTICLE
    written = [prompt for prompt in engine.prompts if not any("TRANSLATE" in str(piece) for piece in prompt.pieces)]
    assert len(written) == 6  # one summary, three titles, two bodies: nothing is written for the second language
    assert [english["failures"], french["failures"]] == [[], []]


def test_an_edition_translates_the_title_too(client: TestClient):
    body = {"text": ARTICLE, "title": "Allies vow to step up fight", "target_languages": ["fr"]}
    (french,) = post(client, "editions", **body, formats=["translation"])["editions"]
    assert french["translation"]["title"] == "Les alliés promettent d'intensifier la lutte"


def test_editions_contain_only_the_requested_formats(client: TestClient):
    (french,) = post(client, "editions", text=ARTICLE, target_languages=["fr"], formats=["summary"])["editions"]
    assert french["summary"]
    assert french["blurb"] is None
    assert french["translation"] is None


def test_a_failed_format_affects_no_other(client: TestClient):
    options = {"profile": "custom", "title_max": 30, "body_max": 200}
    response = post(client, "editions", text=ARTICLE, target_languages=["fr", "en", "sw"], blurb=options)
    french, english, swahili = response["editions"]
    assert english["blurb"]["title"] == "Allies vow to step up fight"
    assert french["summary"]
    assert french["blurb"] is None
    assert [(failure["format"], failure["error"]["status"]) for failure in french["failures"]] == [("blurb", 422)]
    assert {failure["format"] for failure in swahili["failures"]} == {"summary", "blurb", "translation"}
    assert {failure["error"]["type"] for failure in swahili["failures"]} == {"urn:lede:problem:unsupported-direction"}


def test_a_blurb_that_cannot_fit_in_one_language_is_a_failure(client: TestClient):
    body = {"text": ARTICLE, "target_languages": ["fr", "en"], "profile": "custom", "title_max": 30, "body_max": 200}
    response = post(client, "blurbs", **body)
    assert [blurb["target_language"] for blurb in response["blurbs"]] == ["en"]
    assert [failure["target_language"] for failure in response["failures"]] == ["fr"]


def test_a_response_has_the_hash_of_the_article(client: TestClient):
    first, second = (post(client, "summaries", text=ARTICLE)["article_sha256"] for _ in range(2))
    other = post(client, "blurbs", text=f"{ARTICLE} More.", target_languages=["en"])["article_sha256"]
    assert first == second != other
    assert len(first) == 64


def test_a_text_message_has_its_segment_count(client: TestClient):
    (blurb,) = post(client, "blurbs", text=ARTICLE, target_languages=["en"], profile="sms")["blurbs"]
    assert blurb["payloads"]["sms"]["text"] == f"{blurb['title']}: {blurb['body']}"
    assert blurb["segments"] == 1


def test_a_translation_preserves_tags_and_lists_sentences(client: TestClient):
    page = f'<p class="lead">{LEAD} <b>{FIGURES}</b></p><pre>code</pre>'
    response = post(client, "translations", text=page, format="html", target_language="fr")
    (french,) = response["translations"]
    assert french["text"] == f'<p class="lead">{FRENCH[LEAD]} <b>{FRENCH[FIGURES]}</b></p><pre>code</pre>'
    assert [(pair["source"], pair["target"], pair["warnings"]) for pair in french["sentences"]] == [
        (LEAD, FRENCH[LEAD], []),
        (FIGURES, FRENCH[FIGURES], []),
    ]


def test_an_html_page_can_be_translated_completely(client: TestClient):
    page = f"<html><body><nav>12:30</nav><p>{LEAD}</p></body></html>"
    response = post(client, "translations", html=page, format="html", target_language="fr")
    assert response["translations"][0]["text"] == page.replace(LEAD, FRENCH[LEAD])


def test_sentences_of_several_texts_have_an_index(client: TestClient):
    response = post(client, "translations", texts=[LEAD, f"# {FIGURES}"], format="markdown", target_language="fr")
    assert response["translations"][0]["texts"] == [FRENCH[LEAD], f"# {FRENCH[FIGURES]}"]
    assert [pair["index"] for pair in response["translations"][0]["sentences"]] == [0, 1]


def test_prescribed_terms_are_applied_or_reported(client: TestClient):
    fields = {"text": LEAD, "target_language": "fr", "glossary": {"ally": "partenaire"}, "keep": ["United States"]}
    (french,) = post(client, "translations", **fields)["translations"]
    assert "United States" in french["text"]
    assert "leurs partenaire ont dit" in french["text"]
    assert [warning["kind"] for warning in french["sentences"][0]["warnings"]] == ["placeholder_moved"]


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://example.org/a", "format": "html"},
        {"html": "<p>a</p>", "format": "markdown"},
        {"text": "a", "keep": [" "]},
    ],
)
def test_an_invalid_format_is_rejected(client: TestClient, fields: dict[str, Any]):
    assert client.post("/v1/translations", json={"target_language": "fr", **fields}).status_code == 422


def test_the_glossary_of_a_language_applies_to_all_formats(client: TestClient, engine: FakeEngine):
    def answer(prompt: Prompt) -> str:
        return (
            answer_prompt(prompt).replace("en Libye", "en Libye (Jamahiriya)")
            if "Jamahiriya" in str(prompt)
            else answer_prompt(prompt)
        )

    engine._answer = answer
    fields = {"text": ARTICLE, "formats": ["translation", "blurb"], "keep": ["Rome"]}
    glossary = {"fr": {"Libya": "Jamahiriya"}}
    (french,) = post(client, "editions", **fields, target_languages=["fr"], glossary=glossary)["editions"]
    assert "Jamahiriya" in french["translation"]["text"]
    assert "Rome" in french["translation"]["text"]


def test_a_sentence_in_two_formats_is_translated_once(client: TestClient, engine: FakeEngine):
    post(client, "editions", text=ARTICLE, target_languages=["fr"])
    translated = [
        echo(prompt) for prompt in engine.prompts if any("TRANSLATE" in str(piece) for piece in prompt.pieces)
    ]
    assert LEAD in translated
    assert len(translated) == len(set(translated))
