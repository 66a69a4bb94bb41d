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


def cue(*lines: str, newline: str = "\n") -> bytes:
    """An SRT file with these lines in its first cue, and another cue."""
    rows = ("1", "00:00:01,000 --> 00:00:02,000", *lines, "", "2", "00:00:03,000 --> 00:00:04,000", "The end.", "")
    return newline.join(rows).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (
            ["Please welcome the mayor", "", "       of the small town, Abby."],
            ["Please welcome the mayor of the small town, Abby."],
        ),
        (["", "The bridge is closed."], ["The bridge is closed."]),
        (["The bridge", " ", "", "is", "closed."], ["The bridge is closed."]),
        (["It opened in", "1998"], ["It opened in 1998"]),
        (["ANNA: Hello there.", "BOB: Hi, Anna."], ["Hello there.", "Hi, Anna."]),
        (["<i>DR. O'NEIL (off): Hello</i>", "<i>there.</i>"], ['Hello<img id="c0"> <span id="c1">there.</span>']),
        (["- MAN 2: Hello.", "- I saw the old", "bridge."], ["Hello.", "- I saw the old bridge."]),
        (["Where is my mother?", "-She left in March."], ["Where is my mother?", "-She left in March."]),
        (["¿Quién?", "—¡Ella!"], ["¿Quién?", "—¡Ella!"]),
        (["[door slams]", "What was that?"], ["[door slams]", "What was that?"]),
        (["What was", "that?", "(thunder)"], ["What was that?", "(thunder)"]),
        (["Hello.", "Bob: Hi."], ["Hello.", "Bob: Hi."]),
        (["♪ La la", "la ♪", "♪ Oh ♪"], ["♪ La la la ♪", "♪ Oh ♪"]),
        (["The bridge", "- the old one - is closed."], ["The bridge - the old one - is closed."]),
        (["He told the", "Mayor: go away."], ["He told the Mayor: go away."]),
        (["WARNING: BRIDGE", "CLOSED"], ["WARNING: BRIDGE CLOSED"]),
    ],
)
def test_lines_of_a_cue(lines: list[str], texts: list[str], newline: str):
    content = cue(*lines, newline=newline)
    document = open_document("a.srt", content)
    assert list(document.texts) == [*texts, "The end."]
    assert rendered(document, translate=str).split() == content.split()


def test_lines_of_two_speakers_stay_two_lines():
    content = cue("ANNA: Hello there.", "BOB: Hi, Anna.")
    written = open_document("a.srt", content).write(["Bonjour à toi et aux autres.", "Salut.", "Fin."], "fr").decode()
    assert "\nANNA: Bonjour à toi et aux autres.\nBOB: Salut.\n" in written


def test_text_after_a_blank_line_in_webvtt_is_no_cue():
    document = open_document("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\nNOTE two\n\nthree\n")
    assert document.texts == ("One",)


def test_cues_follow_without_blank_lines():
    document = open_document("a.srt", b"1\n0:01 --> 0:02\nOne\n2\n0:03 --> 0:04\nTwo")
    assert document.texts == ("One", "Two")


def test_chinese_is_broken_between_letters():
    document = open_document("a.srt", cue("The bridge is closed", "since Monday."))
    written = document.write(["大桥从星期一起关闭，禁止通行。", "完"], "zh").decode()
    assert "\n大桥从星期一起\n关闭，禁止通行。\n" in written


def test_blank_lines_inside_a_cue_stay():
    content = cue("Please welcome the mayor", "", "       of the small town, Abby.")
    written = open_document("a.srt", content).write(["Veuillez accueillir le maire de la ville, Abby.", "Fin."], "fr")
    assert b"\nVeuillez accueillir le\n\n       maire de la ville, Abby.\n\n2\n" in written


@pytest.mark.parametrize(
    "piece", ["word\n", "word ", "<", "{\\", "- A\n", "A: b\n", "(\n", "2\n", "--> ", "-->\na\n\n"]
)
def test_hostile_subtitles_take_linear_time(piece: str):
    content = f"1\n0:01 --> 0:02\n{piece * 20_000}".encode()
    assert rendered(open_document("a.srt", content), translate=str).split()
