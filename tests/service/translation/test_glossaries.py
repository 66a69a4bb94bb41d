"""The store of glossaries."""

from pathlib import Path

import pytest

from service.exceptions import UnknownGlossary
from service.translation.glossaries import Glossaries

EN_FR = ("en", "fr")


def test_glossaries_survive_a_restart(tmp_path: Path):
    before = Glossaries(tmp_path)
    created = before.create("me", "Desk", {EN_FR: {"lede": "chapô", "a\tb": "«ü»"}, ("en", "de"): {"lede": "Vorspann"}})
    before.rename("me", created.id, "News desk")
    before.replace_terms("me", created.id, ("en", "de"), {"desk": "Redaktion"})
    before.close()
    after = Glossaries(tmp_path)
    (stored,) = after.all("me")
    assert (stored.id, stored.name) == (created.id, "News desk")
    assert stored.dictionaries == {EN_FR: {"lede": "chapô", "a\tb": "«ü»"}, ("en", "de"): {"desk": "Redaktion"}}
    assert abs((stored.created - created.created).total_seconds()) < 0.001
    after.close()


def test_directions_and_glossaries_are_deleted(tmp_path: Path):
    glossaries = Glossaries(tmp_path)
    created = glossaries.create("me", "Desk", {EN_FR: {"a": "b"}, ("en", "de"): {"a": "c"}})
    glossaries.delete("me", created.id, EN_FR)
    assert list(glossaries.find("me", created.id).dictionaries) == [("en", "de")]
    with pytest.raises(UnknownGlossary):
        glossaries.delete("me", created.id, EN_FR)
    glossaries.delete("me", created.id)
    assert glossaries.all("me") == []
    glossaries.close()


def test_glossaries_are_visible_to_their_owner_only(tmp_path: Path):
    glossaries = Glossaries(tmp_path)
    created = glossaries.create("me", "Desk", {EN_FR: {"a": "b"}})
    assert glossaries.all("you") == []
    for act in (glossaries.find, glossaries.delete):
        with pytest.raises(UnknownGlossary):
            act("you", created.id)
    with pytest.raises(UnknownGlossary):
        glossaries.replace_terms("you", created.id, EN_FR, {})
    glossaries.close()
