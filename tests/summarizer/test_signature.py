"""Signatures contain everything that determines a result."""

from typing import Any

from summarizer.options import SummaryOptions
from summarizer.signature import fingerprint, signature
from tests.desk import card


def test_every_difference_changes_the_signature():
    first = signature({"summarise": card()}, task="summary", options=SummaryOptions())
    assert first == signature({"summarise": card()}, task="summary", options=SummaryOptions())
    others = [
        signature({"summarise": card("test/other")}, task="summary", options=SummaryOptions()),
        signature({"summarise": card()}, task="summary", options=SummaryOptions(length="long")),
        signature({"summarise": card()}, task="summary", options=SummaryOptions(max_words=9)),
        signature({"summarise": card()}, task="summary", options=SummaryOptions(target_language="fr")),
        signature({"summarise": card(), "translate": card()}, task="summary", options=SummaryOptions()),
    ]
    assert len({first, *others}) == len(others) + 1


def test_a_signature_has_the_version_of_lede():
    assert signature({"summarise": card()}).endswith("|lede:0.1.0")


def test_a_card_s_digest_changes_only_with_fields_that_influence_the_output():
    digest = fingerprint(card())
    changes: dict[str, Any] = {"window": 1024, "direct": ("en:fr",), "extracts": ("en",), "presets": {}}
    for field, value in changes.items():
        assert fingerprint(card().model_copy(update={field: value})) != digest
    descriptive: dict[str, Any] = {"title": "Another", "memory": 1, "notice": "Mind."}
    assert fingerprint(card().model_copy(update=descriptive)) == digest
