"""SRT and WebVTT."""

import pytest

from summarizer.files import open_document
from tests.summarizer.files.translator import rendered

SRT = """\ufeff1\r
00:00:01,000 --> 00:00:03,500 X1:40 X2:600\r
The <i>old</i> bridge\r
is closed.\r
\r
2\r
00:00:04,000 --> 00:00:05,000\r
{\\an8}<font color="#fff">Since Monday & today.</font>\r
\r
3\r
00:00:06,000 --> 00:00:07,000\r
- Really?\r
- Yes.\r
"""

VTT = """WEBVTT Bridge

STYLE
::cue { color: white }

NOTE not for viewers

intro
00:01.000 --> 00:03.000 line:0 align:start
<v Ada>It opens <c.loud>today</c>.

00:04.000 --> 00:05.000

00:06.000 --> 00:07.000
At <00:06.500>noon
"""


def test_only_the_words_of_srt_change():
    document = open_document("a.srt", SRT.encode())
    assert document.texts == (
        'The <span id="c0">old</span> bridge is closed.',
        '<img id="c0"><span id="c1">Since Monday &amp; today.</span>',
        "- Really?",
        "- Yes.",
    )
    expected = SRT.removeprefix("\ufeff")
    for words in ("The", "old", "bridge", "is closed", "Since Monday & today", "Really", "Yes"):
        expected = expected.replace(words, words.upper())
    assert rendered(document).decode() == expected


def test_only_the_words_of_webvtt_change():
    expected = VTT.replace("It opens", "IT OPENS").replace("today", "TODAY").replace("At", "AT").replace("noon", "NOON")
    assert rendered(open_document("a.vtt", VTT.encode())).decode() == expected


@pytest.mark.parametrize("text", [SRT.removeprefix("\ufeff"), VTT, "", "no subtitles", "a --> b"])
def test_identity_translation_reproduces_the_file(text: str):
    assert rendered(open_document("a.vtt", text.encode()), translate=str).decode() == text


def test_a_longer_translation_keeps_the_number_of_lines():
    long = rendered(
        open_document("a.srt", SRT.encode()),
        translate=lambda words: words.replace("bridge", "bridge " + "of stone " * 6),
    )
    first = long.decode().split("\r\n\r\n")[0].split("\r\n")[2:]
    assert len(first) == 2
    assert abs(len(first[0]) - len(first[1])) < 15


def test_an_arrow_in_a_translation_is_escaped():
    written = rendered(open_document("a.srt", SRT.encode()), translate=lambda words: words.replace("bridge", "-->"))
    assert written.count(b"-->") == 3


def test_a_lost_tag_does_not_affect_the_others():
    document = open_document("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<b>One</b> two\n")
    assert document.write(["Un deux</span>"], "fr").endswith(b"\nUn deux\n")
