"""DeepL's published clients against the service on a socket."""

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
    single = client.translate_text(LEAD, target_lang="FR", formality="prefer_more")
    assert isinstance(single, deepl.TextResult)
    assert (single.text, single.detected_source_lang, single.billed_characters) == (FRENCH[LEAD], "EN", len(LEAD))
    several = client.translate_text([LEAD, FIGURES], source_lang="EN", target_lang="FR", model_type="latency_optimized")
    assert isinstance(several, list)
    assert [result.text for result in several] == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert several[0].model_type_used == "latency_optimized"
    assert client.translate_text([], target_lang="FR") == []
    with pytest.raises(deepl.DeepLException, match="'context' is not supported"):
        client.translate_text(LEAD, target_lang="FR", context="News.")


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
    glossary = client.create_glossary("Desk", "EN", "FR", {"lede": "chapô", "desk": "rédaction"})
    assert (glossary.name, glossary.ready, glossary.source_lang, glossary.target_lang, glossary.entry_count) == (
        "Desk",
        True,
        "EN",
        "FR",
        2,
    )
    assert [listed.glossary_id for listed in client.list_glossaries()] == [glossary.glossary_id]
    assert client.get_glossary(glossary.glossary_id).creation_time == glossary.creation_time
    assert client.get_glossary_entries(glossary) == {"lede": "chapô", "desk": "rédaction"}
    pairs = {(pair.source_lang, pair.target_lang) for pair in client.get_glossary_languages()}
    assert ("EN", "FR") in {(source.upper(), target.upper()) for source, target in pairs}
    client.delete_glossary(glossary)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary(glossary.glossary_id)


def test_glossaries_of_several_directions(client: deepl.DeepLClient):
    parts = [
        MultilingualGlossaryDictionaryEntries("EN", "FR", {"lede": "chapô"}),
        MultilingualGlossaryDictionaryEntries("EN", "DE", {"lede": "Vorspann"}),
    ]
    glossary = client.create_multilingual_glossary("Desk", parts)
    assert {(part.target_lang.lower(), part.entry_count) for part in glossary.dictionaries} == {("fr", 1), ("de", 1)}
    client.update_multilingual_glossary_name(glossary, "News desk")
    more = MultilingualGlossaryDictionaryEntries("EN", "FR", {"desk": "rédaction"})
    client.update_multilingual_glossary_dictionary(glossary, more)
    (dictionary,) = client.get_multilingual_glossary_entries(glossary, "EN", "FR").dictionaries
    assert str(dictionary.entries) == "lede\tchapô\ndesk\trédaction"
    assert client.replace_multilingual_glossary_dictionary(glossary, more).entry_count == 1
    client.delete_multilingual_glossary_dictionary(glossary, source_lang="EN", target_lang="de")
    (remaining,) = client.list_multilingual_glossaries()
    assert (remaining.name, [part.target_lang.lower() for part in remaining.dictionaries]) == ("News desk", ["fr"])
    client.delete_multilingual_glossary(glossary)
    assert client.list_multilingual_glossaries() == []


def test_translation_with_a_glossary(client: deepl.DeepLClient):
    glossary = client.create_glossary("Desk", "EN", "FR", {"Libya": "Libye"})
    text = client.translate_text(LEAD, source_lang="EN", target_lang="FR", glossary=glossary)
    assert isinstance(text, deepl.TextResult)
    assert text.text == FRENCH[LEAD]
    with pytest.raises(deepl.DeepLException, match="No dictionary found"):
        client.translate_text(LEAD, source_lang="EN", target_lang="DE", glossary=glossary.glossary_id)


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


def test_errors_have_deepl_s_format(client: deepl.DeepLClient):
    with pytest.raises(deepl.DeepLException, match="Bad request, message: CY is not supported"):
        client.translate_text(LEAD, target_lang="cy")
    with pytest.raises(deepl.DeepLException, match="'formality' is not supported"):
        client.translate_text(LEAD, target_lang="FR", formality="more")


def test_a_response_that_takes_longer_than_the_client_s_timeout(
    client: deepl.DeepLClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    """The client's timeout is ten seconds, here shorter; without the spaces it would retry five times and fail."""
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 0.6)
    monkeypatch.setattr(keep_alive, "INTERVAL", 0.1)
    engine._delay = 1.5 / len(FRENCH[LEAD].split())
    result = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(result, deepl.TextResult)
    assert result.text == FRENCH[LEAD]
    assert len(engine.prompts) == 1


def test_retries_join_the_first_request(client: deepl.DeepLClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch):
    """The spaces do not arrive in time: the client retries, and receives the result of its first request."""
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 0.3)
    engine._delay = 1.0 / len(FRENCH[LEAD].split())
    result = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(result, deepl.TextResult)
    assert (result.text, len(engine.prompts)) == (FRENCH[LEAD], 1)


def test_deepl_node(address: str):
    output = node("deepl.mjs", address, LEAD, FIGURES)
    assert (output["one"]["text"], output["one"]["detectedSourceLang"]) == (FRENCH[LEAD], "en")
    assert [result["text"] for result in output["several"]] == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert [language["code"] for language in output["sources"]] == ["de", "en", "fr", "zh"]
    assert "en-US" in {language["code"] for language in output["targets"]}
    assert output["usage"]["character"]["count"] == 0
    assert "cy is not supported" in output["refused"]
    assert output["entries"] == {"lede": "chapô"}
    assert output["document"] == FRENCH[LEAD]
