"""The three writing endpoints, through the whole service in-process."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine, echo
from models.protocol import Markup, Prompt
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, SAMPLE, newsroom

DEBRIS = ("Embed", "0:00", "XS", "Accessibility links", "please wait", "No media source")


def post(client: TestClient, path: str, **body: Any) -> Any:
    answer = client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_summary_names_its_evidence_model_and_signature(client: TestClient):
    answer = post(client, "summaries", text=ARTICLE)
    assert answer["summary"] == f"{LEAD} {FIGURES}"
    assert [sentence["text"] for sentence in answer["sentences"]] == [LEAD, FIGURES]
    spans = [sentence["evidence"][0] for sentence in answer["sentences"]]
    assert [ARTICLE[span["start"] : span["end"]] for span in spans] == [LEAD, FIGURES]
    assert (answer["source_language"], answer["target_language"]) == ("en", "en")
    assert answer["model"] == "test/desk"
    assert answer["signature"].startswith("summarise:test/desk@unpinned#1|task:summary|length:short|")
    assert answer["cached"] is False
    assert {"reading", "loading", "writing", "total"} <= set(answer["timings_ms"])


@pytest.mark.parametrize(
    ("wanted", "expected"),
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
def test_a_summary_is_as_wanted(client: TestClient, wanted: dict[str, Any], expected: str):
    assert post(client, "summaries", text=ARTICLE, **wanted)["summary"] == expected


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


def test_numbers_the_article_does_not_hold_are_never_printed(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"The group has lost 75 percent. {FIGURES}"
    assert post(client, "summaries", text=ARTICLE)["summary"] == f"{FIGURES} {LEAD}"


def test_the_articles_own_sentences_stand_in_for_an_answer_that_does_not_hold(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: "The group has lost 75 percent."
    answer = post(client, "summaries", text=ARTICLE)
    assert answer["summary"] == f"{LEAD} {FIGURES}"
    assert [warning["kind"] for warning in answer["warnings"]] == ["extracted", "left_out"]
    assert {sentence["method"] for sentence in answer["sentences"]} == {"extracted"}


def test_an_answer_in_another_language_does_not_stand(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: FRENCH[LEAD]
    assert [w["kind"] for w in post(client, "summaries", text=ARTICLE)["warnings"]] == ["extracted", "left_out"]


def test_an_unfinished_sentence_is_dropped(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: f"{LEAD} The coalition says the group has"
    assert post(client, "summaries", text=ARTICLE)["summary"] == f"{LEAD} {FIGURES}"


def test_a_long_article_is_read_in_parts(client: TestClient, engine: FakeEngine):
    article = "\n\n".join(f"{LEAD} {FIGURES} {LIBYA}" for _ in range(100))
    assert LEAD in post(client, "summaries", text=article)["summary"]
    assert len(engine.prompts) > 3
    assert max(engine.count(echo(prompt)) for prompt in engine.prompts) < engine.window


def test_a_translation_keeps_paragraphs_and_spacing(client: TestClient):
    text = f"\n{LEAD}  {FIGURES}\n \n\n12:30\n{LIBYA}\n"
    answer = post(client, "translations", text=text, target_language="fr")
    (french,) = answer["translations"]
    assert french["text"] == f"\n{FRENCH[LEAD]}  {FRENCH[FIGURES]}\n \n\n12:30\n{FRENCH[LIBYA]}\n"
    assert french["warnings"] == []
    assert answer["source_language"] == "en"


def test_each_of_several_texts_has_its_own_language(client: TestClient):
    answer = post(client, "translations", texts=[LEAD, FRENCH[LIBYA], "42"], target_languages=["fr"])
    assert answer["translations"][0]["texts"] == [FRENCH[LEAD], FRENCH[LIBYA], "42"]
    assert answer["source_languages"][:2] == ["en", "fr"]
    assert answer["source_language"] is None


def test_a_sentence_that_comes_twice_is_translated_once(client: TestClient, engine: FakeEngine):
    post(client, "translations", text=f"{LEAD}\n{LEAD}", target_language="fr")
    assert len(engine.prompts) == 1


def test_a_changed_number_is_tried_again_and_told(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: FRENCH[FIGURES].replace("40", "14")
    (french,) = post(client, "translations", text=FIGURES, target_language="fr")["translations"]
    assert [warning["kind"] for warning in french["warnings"]] == ["numbers_differ"]
    assert len(engine.prompts) > 1


def test_what_stays_in_the_source_language_is_told(client: TestClient, engine: FakeEngine):
    engine._answer = lambda _prompt: LEAD
    (french,) = post(client, "translations", text=LEAD, target_language="fr")["translations"]
    assert [warning["kind"] for warning in french["warnings"]] == ["untranslated"]


def test_a_blurb_fits_its_screen_and_is_ready_to_send(client: TestClient):
    answer = post(
        client,
        "blurbs",
        text=ARTICLE,
        target_languages=["en", "fr"],
        profile="ios",
        link="https://example.org/a",
        topic="world",
    )
    english, french = answer["blurbs"]
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


def test_a_blurb_that_cannot_fit_says_so(client: TestClient):
    body = {"text": ARTICLE, "target_languages": ["en"], "profile": "custom", "title_max": 10, "body_max": 20}
    answer = client.post("/v1/blurbs", json=body)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:lede:problem:cannot-fit"
    assert "title_max" in answer.json()["hint"]


def test_alternatives_are_different(client: TestClient):
    (blurb,) = post(client, "blurbs", text=ARTICLE, target_languages=["en"], alternatives=3, body_max=200)["blurbs"]
    wordings = [(blurb["title"], blurb["body"]), *((a["title"], a["body"]) for a in blurb["alternatives"])]
    assert len(set(wordings)) == len(wordings)


def test_the_language_of_a_text(client: TestClient):
    answer = post(client, "language", text=FRENCH[LEAD])
    assert answer["language"] == "fr"
    assert answer["confidence"] > 0.8
    assert answer["candidates"][0]["language"] == "fr"


def test_lines_that_do_not_fit_in_a_language_are_written_shorter_in_it(client: TestClient, engine: FakeEngine):
    def answer(prompt: Prompt) -> str:
        asked = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        return "Les alliés avancent" if "HEADLINE in French" in asked else newsroom(prompt)

    engine._answer = answer
    body = {"text": ARTICLE, "target_languages": ["fr"], "profile": "custom", "title_max": 30, "body_max": 200}
    (french,) = post(client, "blurbs", **body)["blurbs"]
    assert french["title"] == "Les alliés avancent"
    assert french["body"] == FRENCH[LEAD]


def test_editions_hold_every_language_and_format(client: TestClient, engine: FakeEngine):
    answer = post(client, "editions", text=ARTICLE, target_languages=["en", "fr", "en"])
    english, french = answer["editions"]
    assert (english["target_language"], french["target_language"]) == ("en", "fr")
    assert english["summary"]["summary"] == f"{LEAD} {FIGURES}"
    assert french["summary"]["summary"] == f"{FRENCH[LEAD]} {FRENCH[FIGURES]}"
    assert french["blurb"]["title"] == "Les alliés promettent d'intensifier la lutte"
    assert french["translation"]["title"] is None
    assert french["translation"]["text"] == "\n\n".join(FRENCH[text] for text in (LEAD, FIGURES, LIBYA))
    assert english["translation"]["text"] == ARTICLE
    written = [prompt for prompt in engine.prompts if not any("TRANSLATE" in str(piece) for piece in prompt.pieces)]
    assert len(written) == 6  # one summary, three titles, two bodies: the second language writes nothing of its own
    assert [english["failures"], french["failures"]] == [[], []]


def test_an_edition_translates_the_title_too(client: TestClient):
    body = {"text": ARTICLE, "title": "Allies vow to step up fight", "target_languages": ["fr"]}
    (french,) = post(client, "editions", **body, formats=["translation"])["editions"]
    assert french["translation"]["title"] == "Les alliés promettent d'intensifier la lutte"


def test_editions_hold_only_the_formats_wanted(client: TestClient):
    (french,) = post(client, "editions", text=ARTICLE, target_languages=["fr"], formats=["summary"])["editions"]
    assert french["summary"]
    assert french["blurb"] is None
    assert french["translation"] is None


def test_a_format_that_fails_in_one_language_harms_no_other(client: TestClient):
    wishes = {"profile": "custom", "title_max": 30, "body_max": 200}
    answer = post(client, "editions", text=ARTICLE, target_languages=["fr", "en", "sw"], blurb=wishes)
    french, english, swahili = answer["editions"]
    assert english["blurb"]["title"] == "Allies vow to step up fight"
    assert french["summary"]
    assert french["blurb"] is None
    assert [(one["format"], one["error"]["status"]) for one in french["failures"]] == [("blurb", 422)]
    assert {one["format"] for one in swahili["failures"]} == {"summary", "blurb", "translation"}
    assert {one["error"]["type"] for one in swahili["failures"]} == {"urn:lede:problem:unsupported-direction"}


def test_a_blurb_that_fits_no_room_in_one_language_is_told_beside_the_others(client: TestClient):
    body = {"text": ARTICLE, "target_languages": ["fr", "en"], "profile": "custom", "title_max": 30, "body_max": 200}
    answer = post(client, "blurbs", **body)
    assert [blurb["target_language"] for blurb in answer["blurbs"]] == ["en"]
    assert [failure["target_language"] for failure in answer["failures"]] == ["fr"]


def test_an_answer_names_the_article_it_was_made_of(client: TestClient):
    one, same = (post(client, "summaries", text=ARTICLE)["article_sha256"] for _ in range(2))
    other = post(client, "blurbs", text=f"{ARTICLE} More.", target_languages=["en"])["article_sha256"]
    assert one == same != other
    assert len(one) == 64


def test_a_text_message_is_ready_with_its_segments(client: TestClient):
    (blurb,) = post(client, "blurbs", text=ARTICLE, target_languages=["en"], profile="sms")["blurbs"]
    assert blurb["payloads"]["sms"]["text"] == f"{blurb['title']}: {blurb['body']}"
    assert blurb["segments"] == 1


def test_a_translation_keeps_tags_and_comes_sentence_by_sentence(client: TestClient):
    page = f'<p class="lead">{LEAD} <b>{FIGURES}</b></p><pre>code</pre>'
    answer = post(client, "translations", text=page, format="html", target_language="fr")
    (french,) = answer["translations"]
    assert french["text"] == f'<p class="lead">{FRENCH[LEAD]} <b>{FRENCH[FIGURES]}</b></p><pre>code</pre>'
    assert [(pair["source"], pair["target"], pair["warnings"]) for pair in french["sentences"]] == [
        (LEAD, FRENCH[LEAD], []),
        (FIGURES, FRENCH[FIGURES], []),
    ]


def test_a_page_is_translated_whole_where_that_is_wanted(client: TestClient):
    page = f"<html><body><nav>12:30</nav><p>{LEAD}</p></body></html>"
    answer = post(client, "translations", html=page, format="html", target_language="fr")
    assert answer["translations"][0]["text"] == page.replace(LEAD, FRENCH[LEAD])


def test_sentences_of_several_texts_say_whose_they_are(client: TestClient):
    answer = post(client, "translations", texts=[LEAD, f"# {FIGURES}"], format="markdown", target_language="fr")
    assert answer["translations"][0]["texts"] == [FRENCH[LEAD], f"# {FRENCH[FIGURES]}"]
    assert [pair["index"] for pair in answer["translations"][0]["sentences"]] == [0, 1]


def test_words_that_are_prescribed_are_honoured_or_told(client: TestClient):
    wanted = {"text": LEAD, "target_language": "fr", "glossary": {"ally": "partenaire"}, "keep": ["United States"]}
    (french,) = post(client, "translations", **wanted)["translations"]
    assert "United States" in french["text"]
    assert "leurs partenaire ont dit" in french["text"]
    assert [warning["kind"] for warning in french["sentences"][0]["warnings"]] == ["placeholder_moved"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://example.org/a", "format": "html"},
        {"html": "<p>a</p>", "format": "markdown"},
        {"text": "a", "keep": [" "]},
    ],
)
def test_a_format_that_does_not_fit_is_refused(client: TestClient, wrong: dict[str, Any]):
    assert client.post("/v1/translations", json={"target_language": "fr", **wrong}).status_code == 422


def test_an_editions_glossary_is_that_of_its_language_in_all_formats(client: TestClient, engine: FakeEngine):
    def answer(prompt: Prompt) -> str:
        return (
            newsroom(prompt).replace("en Libye", "en Libye (Jamahiriya)")
            if "Jamahiriya" in str(prompt)
            else newsroom(prompt)
        )

    engine._answer = answer
    wishes = {"text": ARTICLE, "formats": ["translation", "blurb"], "keep": ["Rome"]}
    glossary = {"fr": {"Libya": "Jamahiriya"}}
    (french,) = post(client, "editions", **wishes, target_languages=["fr"], glossary=glossary)["editions"]
    assert "Jamahiriya" in french["translation"]["text"]
    assert "Rome" in french["translation"]["text"]


def test_a_sentence_that_stands_in_two_formats_is_translated_once(client: TestClient, engine: FakeEngine):
    post(client, "editions", text=ARTICLE, target_languages=["fr"])
    asked = [echo(prompt) for prompt in engine.prompts if any("TRANSLATE" in str(piece) for piece in prompt.pieces)]
    assert LEAD in asked
    assert len(asked) == len(set(asked))
