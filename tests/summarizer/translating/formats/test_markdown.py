"""Markdown: what is translated, and that everything else is preserved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Span
from summarizer.translating.formats.markdown import parse
from summarizer.translating.passages import Passage, join, passages, plain_text, render


def _spaced(text: str) -> str:
    """The text with trailing spaces, which editors would remove."""
    return text.replace("␠", " ")


DOCUMENT = _spaced("""---
title: Front matter
---
# A *bold* title #

Some **words** and [a _link_](http://x.org/a(b) "Tip"), `co  de`, an ![image](i.png) and <http://a.b>␠␠
on two lines, ~~struck~~, [by name][ref] and [ref], 5 \\* 3 &amp; <b>tags</b>.

> - quoted item
>   going on␠␠
>   and on
1. first
2. second

| one | two \\| three |
|-----|:-------------:|
| `x` | a **b** c     |

```python
print("code")
```

    indented code

<div>a block of html</div>

Setext
======

[ref]: http://z.org "Title"
""")

SHOUTED = _spaced("""---
title: Front matter
---
# A *BOLD* TITLE #

SOME **WORDS** AND [A _LINK_](http://x.org/a(b) "Tip"), `co  de`, AN ![IMAGE](i.png) AND <http://a.b>␠␠
ON TWO LINES, ~~STRUCK~~, [BY NAME][ref] AND [REF][ref], 5 \\* 3 &amp; <b>TAGS</b>.

> - QUOTED ITEM GOING ON␠␠
>   AND ON
1. FIRST
2. SECOND

| ONE | TWO \\| THREE |
|-----|:-------------:|
| `x` | A **B** C     |

```python
print("code")
```

    indented code

<div>a block of html</div>

SETEXT
======

[ref]: http://z.org "Title"
""")


def changed(document: str, change: str = "upper") -> str:
    markup = parse(document)
    done: dict[Passage, str] = {}
    for passage in reversed(list(passages(markup))):
        places = [Span(mark.start, mark.end) for mark in passage.marks]
        escaped = render(passage, getattr(passage.text, change)(), places, done)
        done[passage] = passage.raw if escaped is None else escaped
    return join(markup, done)


def test_prose_is_translated_and_everything_else_is_preserved():
    assert changed(DOCUMENT) == SHOUTED


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("1. a", "1\\. a"),
        ("# a", "\\# a"),
        ("a *b* c", "a \\*b\\* c"),
        ("[a](b)", "\\[a\\](b)"),
        ("- a", "\\- a"),
        ("a", "a"),
    ],
)
def test_a_translation_adds_no_markup(text: str, escaped: str):
    (passage,) = passages(parse("words"))
    assert render(passage, text, (), {}) == escaped


def test_emphasis_between_letters_gets_spaces_if_needed():
    (passage,) = passages(parse("He said **“no”** then."))
    assert render(passage, "他说“不”然后", [Span(2, 5)], {}) == "他说 **“不”** 然后"


def test_markup_that_cannot_be_preserved_is_reported():
    (passage,) = passages(parse("A **word**."))
    assert render(passage, "Un mot.", [Span(3, 3)], {}) is None


PIECES = st.sampled_from(
    [
        "# ",
        "- ",
        "> ",
        "1. ",
        "**",
        "*",
        "_",
        "`",
        "[",
        "](x)",
        "![",
        "| ",
        "|---|",
        "\n",
        "\n\n",
        "    ",
        "```\n",
        "<b>",
        "</b>",
        "\\",
        "&amp;",
        "~~",
        "word",
        "two words",
        "  \n",
        "[r]",
        "[r]: x\n",
        "---\n",
        "<http://a.b>",
        "é",
        "中文",
        "\t",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_any_document_is_reproduced_without_an_error(document: str):
    assert join(parse(document), {}) == document
    changed(document)
    plain_text(parse(document))


def test_lines_may_end_in_carriage_returns():
    for newline in ("\r", "\r\n"):
        document = "---\ntitle: a\n---\n# One\n\nTwo  \nthree\n\n> Four\n> five\n".replace("\n", newline)
        assert plain_text(parse(document)).split("\n") == ["One", "Two", "three", "Four five"]
        assert join(parse(document), {}) == document
