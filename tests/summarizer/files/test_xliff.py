"""XLIFF 2."""

import pytest
from lxml import etree

from summarizer.errors import NotText
from summarizer.files import open_document
from tests.summarizer.files.translator import rendered

XLIFF = b"""<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en">
  <file id="f1">
    <unit id="1" name="title">
      <notes><note>Keep it short.</note></notes>
      <originalData><data id="d1">&lt;br/&gt;</data></originalData>
      <segment id="s1"><source>The <pc id="1" type="fmt">old <mrk id="m" type="term">bridge</mrk></pc> is<ph id="2"
        dataRef="d1"/> closed &amp; empty.</source></segment>
      <ignorable><source> </source></ignorable>
      <segment id="s2" state="initial"><source>Since Monday.</source><target>Old words</target></segment>
      <segment id="s3" state="final"><source>Done.</source><target>Fait.</target></segment>
    </unit>
    <unit id="2" translate="no"><segment><source>LEDE</source></segment></unit>
  </file>
</xliff>
"""
NAMES = {"x": "urn:oasis:names:tc:xliff:document:2.0"}


def test_targets_get_translations_with_inline_codes():
    document = open_document("a.xlf", XLIFF)
    assert document.languages == ("en", None)
    assert len(document.texts) == 2
    written = etree.fromstring(rendered(document, "fr-CA"))
    assert written.get("trgLang") == "fr-CA"
    first, second, third = written.findall(".//x:segment/x:target", NAMES)
    assert "".join(first.itertext()) == "THE OLD BRIDGE IS CLOSED & EMPTY."
    (bold,) = first.findall("x:pc", NAMES)
    assert (bold.get("id"), bold.get("type"), bold.tail) == ("1", "fmt", " IS")
    assert bold.find("x:mrk", NAMES).text == "BRIDGE"
    assert first.find("x:ph", NAMES).get("dataRef") == "d1"
    assert (second.text, third.text) == ("SINCE MONDAY.", "Fait.")
    assert [segment.get("state") for segment in written.iterfind(".//x:unit[@id='1']/x:segment", NAMES)] == [
        "translated",
        "translated",
        "final",
    ]


def test_everything_else_is_unchanged():
    written = rendered(open_document("a.xlf", XLIFF), translate=str)
    source = etree.tostring(etree.fromstring(XLIFF), method="c14n")
    for target in (root := etree.fromstring(written)).iter(f"{{{NAMES['x']}}}target"):
        target.getparent().remove(target)
    root.attrib.pop("trgLang")
    stripped = etree.tostring(root, method="c14n").replace(b' state="translated"', b"")
    assert stripped == source.replace(b' state="initial"', b"").replace(b"<target>Old words</target>", b"").replace(
        b"<target>Fait.</target>", b""
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<xliff", "not XML"),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>', "not XLIFF 2"),
        (b"<html/>", "not XLIFF 2"),
    ],
)
def test_a_malformed_file_is_refused(content: bytes, message: str):
    with pytest.raises(NotText, match=message):
        open_document("a.xliff", content)


def test_external_entities_are_not_read(tmp_path: object):
    content = b'<!DOCTYPE xliff [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + XLIFF.split(b"?>", 1)[1].strip()
    content = content.replace(b"Since Monday.", b"Since &a; Monday.")
    assert b"root:" not in rendered(open_document("a.xlf", content), translate=str)
