import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from summarizer import languages
from summarizer.errors import UnknownLanguage


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("EN_us", "en-US"),
        ("zh-hans", "zh-Hans"),
        ("eng", "en"),
        (" fr ", "fr"),
        ("iw", "he"),
        ("pt-br", "pt-BR"),
        ("sr-latn", "sr-Latn"),
    ],
)
def test_tags_are_canonicalized(tag: str, expected: str) -> None:
    assert languages.canonical(tag) == expected


@pytest.mark.parametrize("tag", ["", "klingon", "xx-yy", "en-QQQQ", "e", "français"])
def test_an_invalid_tag_is_refused_with_a_hint(tag: str) -> None:
    with pytest.raises(UnknownLanguage) as caught:
        languages.canonical(tag)
    assert "zh-Hans" in caught.value.hint


@pytest.mark.parametrize(
    ("tag", "spoken", "expected"),
    [
        ("pt-BR", "en", "Brazilian Portuguese"),
        ("zh-Hant", "en", "Traditional Chinese"),
        ("de", "fr", "allemand"),
        ("sr-Latn", "en", "Serbian (Latin)"),
        ("guw", "kab", "guw"),
    ],
)
def test_names(tag: str, spoken: str, expected: str) -> None:
    assert languages.name(tag, spoken) == expected


@pytest.mark.parametrize(
    ("tag", "script", "spaced", "direction"),
    [
        ("en", "Latn", True, "ltr"),
        ("ar", "Arab", True, "rtl"),
        ("he", "Hebr", True, "rtl"),
        ("zh", "Hans", False, "ltr"),
        ("zh-TW", "Hant", False, "ltr"),
        ("ja", "Jpan", False, "ltr"),
        ("th", "Thai", False, "ltr"),
        ("ko", "Kore", True, "ltr"),
        ("pa-Arab", "Arab", True, "rtl"),
    ],
)
def test_scripts(tag: str, script: str, spaced: bool, direction: str) -> None:  # noqa: FBT001  # a table's column
    assert (languages.script(tag), languages.is_spaced(tag), languages.direction(tag)) == (script, spaced, direction)


@pytest.mark.parametrize(
    ("tag", "available", "expected"),
    [
        ("zh-Hans", ["en", "zh"], "zh"),
        ("zh-Hant", ["en", "zh"], None),
        ("pt-BR", ["pt-PT", "pt-BR"], "pt-BR"),
        ("pt-BR", ["pt"], "pt"),
        ("pt", ["pt-BR"], "pt-BR"),
        ("sr-Latn", ["sr-Cyrl"], None),
        ("fr", ["en"], None),
    ],
)
def test_the_closest_available_tag(tag: str, available: list[str], expected: str | None) -> None:
    assert languages.closest(tag, available) == expected


@pytest.fixture
def _fast_switching() -> Iterator[None]:
    """Switches threads as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_fast_switching")
def test_script_is_thread_safe() -> None:
    barrier = Barrier(8)

    def script(tag: str) -> str:
        barrier.wait()
        return languages.script(tag)

    with ThreadPoolExecutor(8) as threads:
        for n in range(30):
            assert list(threads.map(script, [f"fr-x-a{n}"] * 8)) == ["Latn"] * 8
