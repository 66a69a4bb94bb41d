"""LibreTranslate's clients, as their registries give them, against the service over a socket."""

import json
from urllib.error import HTTPError

import pytest
from libretranslatepy import LibreTranslateAPI

from tests.clients.node import node
from tests.desk import FRENCH, LEAD


def test_libretranslatepy(address: str):
    client = LibreTranslateAPI(address, api_key="any")
    assert client.translate(LEAD, "en", "fr") == FRENCH[LEAD]
    assert client.detect(LEAD)[0]["language"] == "en"
    assert {language["code"] for language in client.languages()} == {"de", "en", "fr", "zh-Hans"}
    with pytest.raises(HTTPError) as refused:
        client.translate(LEAD, "en", "xx")
    with refused.value as answer:
        assert (answer.code, json.load(answer)) == (400, {"error": "xx is not supported"})


def test_libretranslate_ts(address: str):
    told = node("libretranslate.mjs", address, LEAD)
    assert told["translated"] == {"status": 200, "translatedText": FRENCH[LEAD], "alternatives": []}
    assert (told["detected"]["status"], told["detected"]["language"]) == (200, "en")
    assert [language["name"] for language in told["languages"]] == ["Chinese", "English", "French", "German"]
    assert told["refused"] == {"status": 500, "translatedText": "", "error": "xx is not supported"}
