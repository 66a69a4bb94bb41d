import pytest

from summarizer.errors import NotText
from summarizer.reading.charset import decode

RUSSIAN = "Городской совет сообщил в понедельник, что мост будет закрыт ещё месяц. " * 5


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_encodings_are_detected(charset: str) -> None:
    assert decode(RUSSIAN.encode(charset)) == RUSSIAN


@pytest.mark.parametrize(
    "head",
    ['<meta charset="windows-1251">', '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'],
)
def test_a_charset_declared_in_the_page_is_used(head: str) -> None:
    assert RUSSIAN in decode((head + RUSSIAN).encode("cp1251"))


def test_the_header_wins_over_the_page_unless_the_bytes_contradict_it() -> None:
    assert decode(('<meta charset="utf-8">' + RUSSIAN).encode("koi8-r"), "koi8-r").endswith(RUSSIAN)
    assert decode(RUSSIAN.encode(), "ascii") == RUSSIAN


def test_labels_follow_the_whatwg_encoding_standard() -> None:
    assert decode("“déjà” – 5 €".encode("cp1252"), "ISO-8859-1") == "“déjà” – 5 €"
    assert decode("这里是镕基".encode("gb18030"), "gb2312") == "这里是镕基"


def test_an_undeclared_charset_is_detected() -> None:
    assert decode(RUSSIAN.encode("cp1251")) == RUSSIAN


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1252", "Le café est fermé à cause de la grève."),
        ("cp1252", "A eleição não será já, disse João."),
        ("cp1252", "Är det så?"),
        ("cp1252", "Für die Bürger ändert sich nichts"),
        ("cp1252", "¿Qué pasó en la reunión de mañana?"),
        ("cp1252", "La città è più bella."),
        ("cp1252", "Hon åkte till Malmö i går.\nDe kom hem på lördag."),
        ("cp1252", "It costs £5, he said, “or €6” – not more."),
        ("cp850", "Le café est fermé à cause de la grève."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("cp1250", "Az árvíztűrő tükörfúrógép működik."),
        ("cp1250", "Zażółć gęślą jaźń, powiedział minister."),
        ("iso8859_2", "Zażółć gęślą jaźń, powiedział minister."),
        ("cp1254", "Çalışmalar bugün başladı, dedi belediye başkanı."),
        ("cp1257", "Tiltas šiandien uždarytas, pranešė miesto taryba, tačiau žmonės ėjo."),
        ("cp1251", "Городской совет закрыл мост."),
        ("cp949", "시는 오늘 다리를 폐쇄했다고 밝혔다."),
        ("gb18030", "市政府宣布大桥今天关闭。"),
    ],
)
def test_a_short_text_is_in_a_charset_that_its_language_uses(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text
    assert decode(("Plain words come first.\r\n" * 30 + text).encode(charset)).endswith(text)


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii\0", "x-nonsense", "utf-32"])
def test_a_strictly_declared_charset_that_does_not_fit_is_refused(declared: str) -> None:
    with pytest.raises(NotText, match="declared charset"):
        decode("Le café est fermé à cause de la grève.".encode("cp1252"), declared, strict=True)


def test_a_strictly_declared_charset_that_fits_is_used() -> None:
    assert decode(RUSSIAN.encode("koi8-r"), "koi8-r", strict=True) == RUSSIAN
    assert decode(RUSSIAN.encode(), "us-ascii", strict=True) == RUSSIAN
    assert decode("à la".encode("cp1252"), None, strict=True) == "à la"


@pytest.mark.parametrize("label", ["x-nonsense", "utf-7\0", "base64", "punycode"])
def test_an_invalid_label_is_ignored(label: str) -> None:
    assert decode(RUSSIAN.encode(), label) == RUSSIAN


def test_binary_data_is_rejected() -> None:
    with pytest.raises(NotText):
        decode(bytes(range(256)) * 20)
