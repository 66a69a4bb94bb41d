"""Superscripts, struck-out text and other inline markup."""

import pytest

from summarizer.reading.html import extract_fragment


def texts(markup: str) -> tuple[str, dict[str, str]]:
    """Returns the text of a paragraph, and the texts removed from it with the reasons."""
    blocks = extract_fragment(f"<p>{markup}</p>").blocks
    return "".join(block.text for block in blocks if not block.reason), {
        block.text: block.reason for block in blocks if block.reason
    }


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("to 10<sup>6</sup> people on 48 m<sup>2</sup>.", "to 10⁶ people on 48 m²."),
        ("about 1.5×10<sup>−3</sup> g and 2<sup>10</sup> bytes", "about 1.5×10⁻³ g and 2¹⁰ bytes"),
        (
            "<b>10</b><sup>9</sup> cells, 30 <a href='/km'>km<sup>2</sup></a>, 5 м<sup>3</sup>",
            "10⁹ cells, 30 km², 5 м³",
        ),
        ("x<sup>n</sup> and E = mc<sup>2</sup>, 4 W/m<sup>2</sup>", "xⁿ and E = mc², 4 W/m²"),
        ("Ca<sup>2+</sup> and the isotope <sup>14</sup>C in CO<sub>2</sub>", "Ca²⁺ and the isotope ¹⁴C in CO2"),
        ("5<sup>1</sup>/<sub>2</sub> cups, 101<sub>2</sub>", "5 1/2 cups, 101₂"),
        ("the 2<sup>nd</sup> and M<sup>me</sup> Roy of the XIX<sup>e</sup>", "the 2nd and Mme Roy of the XIXe"),
    ],
)
def test_superscripts_of_a_text_are_apart_from_numbers(markup: str, text: str) -> None:
    assert texts(markup) == (text, {})


@pytest.mark.parametrize(
    ("markup", "text", "mark"),
    [
        ("rose in 2020<sup>1</sup> to 7", "rose in 2020 to 7", "1"),
        ("he said.<sup>[3]</sup> Then", "he said. Then", "[3]"),
        ("30 m<sup><a href='#n4'>4</a></sup> deep", "30 m deep", "4"),
        ("the law<a href='#fn12'><sup>12</sup></a> says", "the law says", "12"),
        ("8,000<sup>*</sup> jobs", "8,000 jobs", "*"),
        ("20 %<sup>1, 2</sup> of all", "20 % of all", "1, 2"),
    ],
)
def test_footnote_marks_are_removed(markup: str, text: str, mark: str) -> None:
    assert texts(markup) == (text, {mark: "footnote mark"})


@pytest.mark.parametrize(
    ("markup", "text", "struck"),
    [
        ("The fine is <del>40</del> 50 euros.", "The fine is 50 euros.", "40"),
        ("<s>Two people died.</s> One person died.", "One person died.", "Two people died."),
        ("It costs <strike>9 <b>pounds</b></strike> nothing.", "It costs nothing.", "9 pounds"),
        ("On <span style='text-decoration: line-through'>Monday</span> Tuesday.", "On Tuesday.", "Monday"),
    ],
)
def test_struck_out_text_is_removed(markup: str, text: str, struck: str) -> None:
    assert texts(markup) == (text, {struck: "struck-out text"})


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("He called it bad, <code>x=1</code> too.", "He called it bad, x=1 too."),
        ("She said: <q>Never <q>ever</q> again</q> and left.", "She said: “Never ‘ever’ again” and left."),
        ("She said: <q>“Never”</q> and left.", "She said: “Never” and left."),
        ("The EU said <time>today</time> that <abbr>NATO</abbr> <kbd>acts</kbd>.", "The EU said today that NATO acts."),
        ("Main Street 5<br>12345 Newtown<br/>Phone 555", "Main Street 5\n12345 Newtown\nPhone 555"),
        ("an <x-tag>unknown</x-tag> element<!-- and 5 comments -->", "an unknown element"),
    ],
)
def test_inline_elements_stay_in_their_paragraph(markup: str, text: str) -> None:
    assert texts(markup) == (text, {})


def test_ruby_annotations_are_removed() -> None:
    ruby = "<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>で<ruby>雨<rt>あめ</rt></ruby>が降った。"
    assert texts(ruby) == ("東京で雨が降った。", {"とうきょう": "ruby annotation", "あめ": "ruby annotation"})
