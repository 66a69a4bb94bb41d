"""XLIFF 1.2 and 2."""

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
      <segment id="s2" state="initial"><source>Since Monday.</source><target> </target></segment>
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
    source = source.replace(b' state="initial"', b"")
    assert stripped == source.replace(b"<target> </target>", b"").replace(b"<target>Fait.</target>", b"")


def xliff_2(*segments: str) -> bytes:
    body = "".join(f"<segment {segment}</segment>" for segment in segments)
    return f"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr">
        <file id="f"><unit id="u">{body}</unit></file></xliff>""".encode()


def targets(content: bytes) -> list[str]:
    return ["".join(target.itertext()) for target in etree.fromstring(content).iterfind(".//{*}target")]


EXISTING = xliff_2(
    "><source>The office is closed.</source><target>HUMAN 1</target>",
    ' state="translated"><source>Come in.</source><target><ph id="1"/>HUMAN 2</target>',
    ' state="initial"><source>Good day.</source><target>HUMAN 3</target>',
    ' state="initial"><source>Not yet.</source><target>Not yet.</target>',
    "><source>Never.</source><target/>",
    ' state="final"><source>Done.</source><target>HUMAN 4</target>',
)


def test_existing_targets_are_kept():
    document = open_document("a.xlf", EXISTING, "fr")
    assert document.texts == ("Not yet.", "Never.")
    assert targets(rendered(document)) == ["HUMAN 1", "HUMAN 2", "HUMAN 3", "NOT YET.", "NEVER.", "HUMAN 4"]


def test_existing_targets_are_replaced_on_request_unless_they_are_final():
    written = targets(rendered(open_document("a.xlf", EXISTING, "fr", replace=True)))
    assert written == ["THE OFFICE IS CLOSED.", "COME IN.", "GOOD DAY.", "NOT YET.", "NEVER.", "HUMAN 4"]


def test_existing_targets_in_another_language_are_not_mixed_with_new_ones():
    with pytest.raises(NotText, match="translations into fr, which would be kept, and the target language is de"):
        open_document("a.xlf", EXISTING, "de")
    without_final = EXISTING.replace(b"final", b"translated")
    assert len(open_document("a.xlf", without_final, "de", replace=True).texts) == 6


XLIFF_1 = b"""<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">
  <file original="a.html" source-language="en" target-language="fr" datatype="html">
    <header><tool tool-id="t"/></header>
    <body>
      <trans-unit id="1" resname="title">
        <source>The <g id="1">old <mrk mtype="term">bridge</mrk></g> is<x id="2"/> closed &amp; empty.</source>
        <note>Keep it short.</note>
        <alt-trans><source>The old bridge</source><target>Le vieux pont</target></alt-trans>
      </trans-unit>
      <group translate="no"><trans-unit id="2"><source>LEDE</source></trans-unit></group>
      <group>
        <trans-unit id="3" approved="yes"><source>Done.</source><target>Fait.</target></trans-unit>
        <trans-unit id="4"><source>Open.</source><target state="needs-review-translation">Ouvert.</target></trans-unit>
        <trans-unit id="5"><source>New.</source><target state="new">New.</target></trans-unit>
        <trans-unit id="6"><source>Shut.</source><target state="signed-off">Clos.</target></trans-unit>
      </group>
      <trans-unit id="7"><source>Call <mrk mtype="protected">Lede Inc</mrk><x id="1" ctype="lb"/><bx id="2"
        rid="1"/>now<ex id="3" rid="1"/><ph id="4">%d</ph>.</source><target/></trans-unit>
      <trans-unit id="8"><source>One. Two.</source><seg-source><mrk mtype="seg" mid="0">One.</mrk> <mrk mtype="seg"
        mid="1">Two.</mrk></seg-source></trans-unit>
    </body>
  </file>
</xliff>
"""


@pytest.mark.parametrize(
    ("content", "sign"),
    [
        (XLIFF_1, "x:"),
        (XLIFF_1.replace(b"document:1.2", b"document:1.1"), "{*}"),
        (XLIFF_1.replace(b'xmlns="urn:oasis:names:tc:xliff:document:1.2" ', b""), ""),
    ],
)
def test_version_1_2(content: bytes, sign: str):
    document = open_document("a.xliff", content, "fr")
    assert document.languages == ("en", "fr")
    assert document.texts == (
        'The <span id="c0">old <span id="c1">bridge</span></span> is<img id="c2"> closed &amp; empty.',
        "New.",
        'Call <code id="c0">Lede Inc</code><br id="c1"><img id="c2">now<img id="c3"><img id="c4">.',
        '<span id="c0">One.</span> <span id="c1">Two.</span>',
    )
    names = {"x": "urn:oasis:names:tc:xliff:document:1.2"}
    written = etree.fromstring(rendered(document))
    assert [one.get("target-language") for one in written.findall(f"{sign}file", names)] == ["fr"]
    units = {one.get("id"): one.find(f"{sign}target", names) for one in written.iterfind(f".//{sign}trans-unit", names)}
    texts = {key: None if target is None else "".join(target.itertext()) for key, target in units.items()}
    assert texts == {
        "1": "THE OLD BRIDGE IS CLOSED & EMPTY.",
        "2": None,
        "3": "Fait.",
        "4": "Ouvert.",
        "5": "NEW.",
        "6": "Clos.",
        "7": "CALL Lede IncNOW%d.",
        "8": "ONE. TWO.",
    }
    assert [child.get("mid") for child in units["8"]] == ["0", "1"]
    assert [etree.QName(child).localname for child in units["7"]] == ["mrk", "x", "bx", "ex", "ph"]
    assert [units[key].get("state") for key in ("1", "4", "5", "7")] == [
        "translated",
        "needs-review-translation",
        "translated",
        "translated",
    ]
    assert etree.QName(units["1"].getnext()).localname == "note"


def test_version_1_2_targets_are_replaced_on_request_unless_they_are_final():
    written = targets(rendered(open_document("a.xlf", XLIFF_1, "fr", replace=True)))
    assert written[1:6] == ["Le vieux pont", "Fait.", "OPEN.", "NEW.", "Clos."]


def test_text_that_is_protected_in_version_2_is_not_translated():
    document = open_document("a.xlf", xliff_2('><source>By <mrk id="m" translate="no">us &amp; co</mrk>.</source>'))
    assert document.texts == ('By <code id="c0">us &amp; co</code>.',)
    assert targets(rendered(document)) == ["BY us & co."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<xliff", "not XML"),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:3.0" version="3.0"/>', r"not XLIFF 1\.2 or 2"),
        (b"<html/>", r"not XLIFF 1\.2 or 2"),
    ],
)
def test_a_malformed_file_is_refused(content: bytes, message: str):
    with pytest.raises(NotText, match=message):
        open_document("a.xliff", content)


def test_external_entities_are_not_read(tmp_path: object):
    content = b'<!DOCTYPE xliff [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + XLIFF.split(b"?>", 1)[1].strip()
    content = content.replace(b"Since Monday.", b"Since &a; Monday.")
    assert b"root:" not in rendered(open_document("a.xlf", content), translate=str)
