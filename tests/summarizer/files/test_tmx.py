"""TMX."""

import pytest
from lxml import etree

from summarizer.errors import NotText
from summarizer.files import open_document
from tests.summarizer.files.translator import rendered

TMX = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
  <header srclang="en" adminlang="en" datatype="plaintext" segtype="sentence" o-tmf="x" creationtool="x"
    creationtoolversion="1"/>
  <body>
    <tu tuid="1">
      <prop type="desk">Foreign</prop>
      <tuv xml:lang="en-US"><seg>The <bpt i="1">&lt;b&gt;</bpt>old<ept i="1">&lt;/b&gt;</ept> bridge</seg></tuv>
      <tuv xml:lang="de"><seg>Die alte Br\xc3\xbccke</seg></tuv>
    </tu>
    <tu tuid="2">
      <tuv xml:lang="en"><seg>Closed</seg></tuv>
      <tuv xml:lang="FR"><seg>Ouvert</seg></tuv>
    </tu>
    <tu tuid="3"><tuv xml:lang="de"><seg>Nur deutsch</seg></tuv></tu>
  </body>
</tmx>
"""
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def test_each_unit_gets_a_target_variant():
    document = open_document("a.tmx", TMX)
    assert document.languages == ("en", None)
    assert document.texts == ('The <img id="c0">old<img id="c1"> bridge', "Closed")
    written = rendered(document)
    assert b'<!DOCTYPE tmx SYSTEM "tmx14.dtd">' in written
    first, second, third = etree.fromstring(written).iter("tu")
    assert [variant.get(LANG) for variant in first.findall("tuv")] == ["en-US", "de", "fr"]
    target = first.findall("tuv")[-1].find("seg")
    assert [(child.tag, child.text, child.tail) for child in target] == [
        ("bpt", "<b>", "OLD"),
        ("ept", "</b>", " BRIDGE"),
    ]
    assert [(one.get(LANG), one.findtext("seg")) for one in second.findall("tuv")] == [
        ("en", "Closed"),
        ("FR", "CLOSED"),
    ]
    assert len(third.findall("tuv")) == 1
    assert first.findtext("prop") == "Foreign"


@pytest.mark.parametrize(
    ("target", "texts"),
    [
        ("fr", 1),  # the second unit has FR
        ("fr-CA", 1),  # French of any region
        ("de", 1),  # the first unit has German
        ("es", 2),
    ],
)
def test_existing_variants_are_kept(target: str, texts: int):
    document = open_document("a.tmx", TMX, target)
    assert (len(document.texts), document.has_targets) == (texts, texts < 2)
    written = rendered(document, target)
    assert b"<seg>Ouvert</seg>" in written
    assert "<seg>Die alte Brücke</seg>".encode() in written
    assert written.count(b"<tuv") == 5 + texts


def test_existing_variants_are_replaced_on_request():
    written = rendered(open_document("a.tmx", TMX, "fr", replace=True), "fr")
    assert b"<seg>Ouvert</seg>" not in written
    assert b"<seg>CLOSED</seg>" in written
    assert written.count(b"<tuv") == 6


def test_a_variant_of_another_region_is_not_a_target():
    document = open_document("a.tmx", TMX.replace(b'"FR"', b'"fr-CH"'), "fr-CA")
    assert len(document.texts) == 2


def test_an_empty_variant_is_filled():
    written = rendered(open_document("a.tmx", TMX.replace(b"Ouvert", b" "), "fr"))
    assert written.count(b"<tuv") == 6
    assert b'<tuv xml:lang="FR"><seg>CLOSED</seg>' in written


def test_unknown_languages():
    assert len(open_document("a.tmx", TMX.replace(b'"FR"', b'"???"'), "fr").texts) == 2
    with pytest.raises(NotText, match="unknown language"):
        open_document("a.tmx", TMX.replace(b'srclang="en"', b'srclang="???"'), "fr")


def test_the_first_variant_is_the_source_if_any_language_may_be():
    document = open_document("a.tmx", TMX.replace(b'srclang="en"', b'srclang="*all*"'))
    assert (len(document.texts), document.languages) == (3, (None, None))


def test_a_malformed_file_is_refused():
    with pytest.raises(NotText, match="not TMX"):
        open_document("a.tmx", b"<tmx/>")
