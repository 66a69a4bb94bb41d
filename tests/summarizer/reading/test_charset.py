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


@pytest.mark.parametrize("label", ["x-nonsense", "utf-7\0", "base64", "punycode"])
def test_an_invalid_label_is_ignored(label: str) -> None:
    assert decode(RUSSIAN.encode(), label) == RUSSIAN


def test_binary_data_is_rejected() -> None:
    with pytest.raises(NotText):
        decode(bytes(range(256)) * 20)
