"""DeepL's clients, as their registries give them, against the service over a socket."""

import deepl
import pytest

from models.engines.fake import FakeEngine
from service.compat import shared
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
    monkeypatch.setattr(shared, "PATIENCE", 0.1)
    engine._delay = 1.5 / len(FRENCH[LEAD].split())
    made = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(made, deepl.TextResult)
    assert made.text == FRENCH[LEAD]
    assert len(engine.seen) == 1


def test_repeated_requests_are_one_piece_of_work(
    client: deepl.DeepLClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    """A proxy that hides the spaces: the client asks again, and finds what it asked for first."""
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 0.3)
    engine._delay = 1.0 / len(FRENCH[LEAD].split())
    made = client.translate_text(LEAD, target_lang="FR")
    assert isinstance(made, deepl.TextResult)
    assert (made.text, len(engine.seen)) == (FRENCH[LEAD], 1)


def test_deepl_node(address: str):
    told = node("deepl.mjs", address, LEAD, FIGURES)
    assert (told["one"]["text"], told["one"]["detectedSourceLang"]) == (FRENCH[LEAD], "en")
    assert [made["text"] for made in told["several"]] == [FRENCH[LEAD], FRENCH[FIGURES]]
    assert [language["code"] for language in told["sources"]] == ["de", "en", "fr", "zh"]
    assert "en-US" in {language["code"] for language in told["targets"]}
    assert told["usage"]["character"]["count"] == 0
    assert "cy is not supported" in told["refused"]
