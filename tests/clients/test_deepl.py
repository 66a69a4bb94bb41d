"""DeepL's clients, as their registries give them, against the service over a socket."""

import html
import io

import deepl
import pytest
from deepl.api_data import MultilingualGlossaryDictionaryEntries
from docx import Document as Word

from models.engines.fake import FakeEngine
from service.compat import keep_alive
from tests.clients.node import node
from tests.desk import FIGURES, FRENCH, LEAD


@pytest.fixture
def client(address: str) -> deepl.DeepLClient:
    return deepl.DeepLClient("any-key", server_url=address)


def test_translate(client: deepl.DeepLClient):
    one = client.translate_text(LEAD, target_lang="FR", formality="prefer_more", context="News.")
    assert isinstance(one, deepl.TextResult)
    assert (one.text, one.detected_source_lang, one.billed_characters) == (FRENCH[LEAD], "EN", len(LEAD))
    several = client.translate_text([LEAD, FIGURES], source_lang="EN", target_lang="FR", model_type="latency_optimized")
    assert isinstance(several, list)
    assert [made.text for made in several] == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert several[0].model_type_used == "latency_optimized"
    assert client.translate_text([], target_lang="FR") == []


def test_languages(client: deepl.DeepLClient):
    assert [language.code for language in client.get_source_languages()] == ["DE", "EN", "FR", "ZH"]
    targets = client.get_target_languages()
    assert [language.code for language in targets] == ["DE", "EN-GB", "EN-US", "FR", "ZH", "ZH-HANS"]
    assert not any(language.supports_formality for language in targets)


def test_usage(client: deepl.DeepLClient):
    usage = client.get_usage()
    assert usage.character.valid
    assert not usage.any_limit_reached


def test_glossaries_of_one_direction(client: deepl.DeepLClient):
    made = client.create_glossary("Desk", "EN", "FR", {"lede": "chapô", "desk": "rédaction"})
    assert (made.name, made.ready, made.source_lang, made.target_lang, made.entry_count) == (
        "Desk",
        True,
        "EN",
        "FR",
        2,
    )
    assert [one.glossary_id for one in client.list_glossaries()] == [made.glossary_id]
    assert client.get_glossary(made.glossary_id).creation_time == made.creation_time
    assert client.get_glossary_entries(made) == {"lede": "chapô", "desk": "rédaction"}
    pairs = {(pair.source_lang, pair.target_lang) for pair in client.get_glossary_languages()}
    assert ("EN", "FR") in {(source.upper(), target.upper()) for source, target in pairs}
    client.delete_glossary(made)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary(made.glossary_id)


def test_glossaries_of_several_directions(client: deepl.DeepLClient):
    parts = [
        MultilingualGlossaryDictionaryEntries("EN", "FR", {"lede": "chapô"}),
        MultilingualGlossaryDictionaryEntries("EN", "DE", {"lede": "Vorspann"}),
    ]
    made = client.create_multilingual_glossary("Desk", parts)
    assert {(one.target_lang.lower(), one.entry_count) for one in made.dictionaries} == {("fr", 1), ("de", 1)}
    client.update_multilingual_glossary_name(made, "News desk")
    more = MultilingualGlossaryDictionaryEntries("EN", "FR", {"desk": "rédaction"})
    client.update_multilingual_glossary_dictionary(made, more)
    (found,) = client.get_multilingual_glossary_entries(made, "EN", "FR").dictionaries
    assert str(found.entries) == "lede\tchapô\ndesk\trédaction"
    assert client.replace_multilingual_glossary_dictionary(made, more).entry_count == 1
    client.delete_multilingual_glossary_dictionary(made, source_lang="EN", target_lang="de")
    (left,) = client.list_multilingual_glossaries()
    assert (left.name, [one.target_lang.lower() for one in left.dictionaries]) == ("News desk", ["fr"])
    client.delete_multilingual_glossary(made)
    assert client.list_multilingual_glossaries() == []


def test_a_glossary_in_use(client: deepl.DeepLClient):
    made = client.create_glossary("Desk", "EN", "FR", {"Libya": "Libye"})
    text = client.translate_text(LEAD, source_lang="EN", target_lang="FR", glossary=made)
    assert isinstance(text, deepl.TextResult)
    assert text.text == FRENCH[LEAD]
    with pytest.raises(deepl.DeepLException, match="No dictionary found"):
        client.translate_text(LEAD, source_lang="EN", target_lang="DE", glossary=made.glossary_id)


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.docx"])
def test_documents(client: deepl.DeepLClient, name: str):
    handle = client.translate_document_upload(CONTENT[name], target_lang="FR", filename=name)
    while not (status := client.translate_document_get_status(handle)).done:
        assert status.ok, status.error_message
    out = io.BytesIO()
    client.translate_document_download(handle, output_file=out)
    assert (status.billed_characters or 0) >= len(LEAD)
    assert FRENCH[LEAD] in _words(name, out.getvalue())


def _words(name: str, content: bytes) -> str:
    if name != "a.docx":
        return html.unescape(content.decode())
    return "\n".join(paragraph.text for paragraph in Word(io.BytesIO(content)).paragraphs)


def _word() -> bytes:
    word, out = Word(), io.BytesIO()
    word.add_paragraph(LEAD)
    word.save(out)
    return out.getvalue()


CONTENT = {"a.txt": LEAD.encode(), "a.html": f"<h1>Allies</h1><p>{LEAD}</p>".encode(), "a.docx": _word()}


def test_errors_are_deepl_s(client: deepl.DeepLClient):
    with pytest.raises(deepl.DeepLException, match="Bad request, message: CY is not supported"):
        client.translate_text(LEAD, target_lang="cy")
    with pytest.raises(deepl.DeepLException, match="'formality' is not supported"):
        client.translate_text(LEAD, target_lang="FR", formality="more")


def test_an_answer_that_takes_longer_than_the_client_waits(
    client: deepl.DeepLClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    """The client waits ten seconds for a byte, here one; without the spaces it would ask six times, and fail."""
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 0.6)
    monkeypatch.setattr(keep_alive, "INTERVAL", 0.1)
    engine._delay = 1.5 / len(FRENCH[LEAD].split())
    made = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(made, deepl.TextResult)
    assert made.text == FRENCH[LEAD]
    assert len(engine.prompts) == 1


def test_repeated_requests_are_one_piece_of_work(
    client: deepl.DeepLClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    """A proxy that hides the spaces: the client asks again, and finds what it asked for first."""
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 0.3)
    engine._delay = 1.0 / len(FRENCH[LEAD].split())
    made = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(made, deepl.TextResult)
    assert (made.text, len(engine.prompts)) == (FRENCH[LEAD], 1)


def test_deepl_node(address: str):
    told = node("deepl.mjs", address, LEAD, FIGURES)
    assert (told["one"]["text"], told["one"]["detectedSourceLang"]) == (FRENCH[LEAD], "en")
    assert [made["text"] for made in told["several"]] == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert [language["code"] for language in told["sources"]] == ["de", "en", "fr", "zh"]
    assert "en-US" in {language["code"] for language in told["targets"]}
    assert told["usage"]["character"]["count"] == 0
    assert "cy is not supported" in told["refused"]
    assert told["entries"] == {"lede": "chapô"}
    assert told["document"] == FRENCH[LEAD]
