"""Glossary terms in sentences and in their translations."""

import pytest

from summarizer.translating.glossary import Term, contains_term, find_term, find_terms


@pytest.mark.parametrize(
    ("term", "text", "language", "expected"),
    [
        ("lawmaker", "Two Lawmakers spoke.", "en", ["Lawmakers"]),
        ("board of trustees", "The boards of trustees met.", "en", ["boards of trustees"]),
        ("parlementaire", "Les parlementaires votent.", "fr", ["parlementaires"]),
        ("Abgeordnete", "Zwei Abgeordneten sprachen.", "de", ["Abgeordneten"]),
        ("заложник", "Трёх заложников освободили.", "ru", ["заложников"]),
        ("推送", "已发送推送通知", "zh", ["推送"]),
        ("law", "The lawyer spoke.", "en", []),
        ("C++", "C++ and c++", "en", ["C++", "c++"]),
    ],
)
def test_inflected_terms_are_found(term: str, text: str, language: str, expected: list[str]):
    assert [text[span.start : span.end] for span in find_term(term, text, language)] == expected


def test_the_longest_term_is_found():
    terms = [Term("house", "maison"), Term("White House", "Maison-Blanche")]
    (use,) = find_terms("The White House said no.", terms, "en")
    assert use.term.target == "Maison-Blanche"


@pytest.mark.parametrize(
    ("text", "target", "language", "expected"),
    [
        ("Les plans de relance", "plan de relance", "fr", True),
        ("le conseil d’administration", "conseil d'administration", "fr", True),
        ("Le conseil", "conseil d'administration", "fr", False),
        ("校董会开会", "校董会", "zh", True),
    ],
)
def test_inflected_translations_are_accepted(text: str, target: str, language: str, *, expected: bool):
    assert contains_term(text, Term("", target), language) is expected


def test_each_use_needs_a_translation():
    assert not contains_term("Le plan", Term("", "plan"), "fr", times=2)
