"""Glossaries that the service keeps."""

from pathlib import Path

import pytest

from service.exceptions import UnknownGlossary
from service.translation.glossaries import Glossaries

EN_FR = ("en", "fr")


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path):
    before = Glossaries(tmp_path)
    made = before.create("me", "Desk", {EN_FR: {"lede": "chapô", "a\tb": "«ü»"}, ("en", "de"): {"lede": "Vorspann"}})
    before.rename("me", made.id, "News desk")
    before.put("me", made.id, ("en", "de"), {"desk": "Redaktion"})
    before.close()
    after = Glossaries(tmp_path)
    (found,) = after.all("me")
    assert (found.id, found.name) == (made.id, "News desk")
    assert found.dictionaries == {EN_FR: {"lede": "chapô", "a\tb": "«ü»"}, ("en", "de"): {"desk": "Redaktion"}}
    assert abs((found.created - made.created).total_seconds()) < 0.001
    after.close()


def test_what_is_dropped_is_gone(tmp_path: Path):
    kept = Glossaries(tmp_path)
    made = kept.create("me", "Desk", {EN_FR: {"a": "b"}, ("en", "de"): {"a": "c"}})
    kept.drop("me", made.id, EN_FR)
    assert list(kept.find("me", made.id).dictionaries) == [("en", "de")]
    with pytest.raises(UnknownGlossary):
        kept.drop("me", made.id, EN_FR)
    kept.drop("me", made.id)
    assert kept.all("me") == []
    kept.close()


def test_nobody_sees_another_s(tmp_path: Path):
    kept = Glossaries(tmp_path)
    made = kept.create("me", "Desk", {EN_FR: {"a": "b"}})
    assert kept.all("you") == []
    for act in (kept.find, kept.drop):
        with pytest.raises(UnknownGlossary):
            act("you", made.id)
    with pytest.raises(UnknownGlossary):
        kept.put("you", made.id, EN_FR, {})
    kept.close()
