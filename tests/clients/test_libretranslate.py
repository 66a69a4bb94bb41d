"""LibreTranslate's published clients against the service on a socket."""

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
    with refused.value as response:
        assert (response.code, json.load(response)) == (400, {"error": "xx is not supported"})


def test_libretranslate_ts(address: str):
    output = node("libretranslate.mjs", address, LEAD)
    assert output["translated"] == {"status": 200, "translatedText": FRENCH[LEAD], "alternatives": []}
    assert (output["detected"]["status"], output["detected"]["language"]) == (200, "en")
    assert [language["name"] for language in output["languages"]] == ["Chinese", "English", "French", "German"]
    assert output["refused"] == {"status": 500, "translatedText": "", "error": "xx is not supported"}
