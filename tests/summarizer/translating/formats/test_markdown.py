"""Markdown: what is translated of it, and that nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Span
from summarizer.translating.formats.markdown import parse
from summarizer.translating.passages import Passage, join, passages, plain_text, render


def _spaced(text: str) -> str:
    """The text with the spaces at its ends of lines, which editors would take away."""
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
        spelt = render(passage, getattr(passage.text, change)(), places, done)
        done[passage] = passage.raw if spelt is None else spelt
    return join(markup, done)


def test_prose_is_translated_and_all_else_stays():
    assert changed(DOCUMENT) == SHOUTED


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("1. a", "1\\. a"),
        ("# a", "\\# a"),
        ("a *b* c", "a \\*b\\* c"),
        ("[a](b)", "\\[a\\](b)"),
        ("- a", "\\- a"),
        ("a", "a"),
    ],
)
def test_a_translation_makes_no_markup(text: str, spelt: str):
    (passage,) = passages(parse("words"))
    assert render(passage, text, (), {}) == spelt


def test_emphasis_between_letters_that_would_undo_it_is_given_room():
    (passage,) = passages(parse("He said **“no”** then."))
    assert render(passage, "他说“不”然后", [Span(2, 5)], {}) == "他说 **“不”** 然后"


def test_what_cannot_be_spelt_is_told():
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
def test_any_document_comes_back_and_nothing_raises(document: str):
    assert join(parse(document), {}) == document
    changed(document)
    plain_text(parse(document))
