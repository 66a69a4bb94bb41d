"""The schema of a card: validation, families, and the generated documentation."""

import copy
import re
from typing import Any

import langcodes
import pytest
from pydantic import BaseModel, ValidationError

from models.card import ChatPrompt, ModelCard, TokensPrompt
from models.protocol import Decoding
from tests.models import reference

CHAT: dict[str, Any] = {
    "id": "somebody/a-model",
    "title": "A model",
    "licence": "MIT",
    "commercial_use": True,
    "tasks": ["summarise"],
    "architecture": "decoder",
    "parameters": 1,
    "download": 1,
    "memory": 1,
    "window": 100,
    "sources": {"hub": "somebody/a-model"},
    "languages": {"en": "English", "fr": "French"},
    "prompt": {"style": "chat", "turns": {"summarise": "{text}\n\nSummarise in {sentences}."}},
}
TRANSLATOR: dict[str, Any] = CHAT | {
    "tasks": ["translate"],
    "architecture": "encoder-decoder",
    "languages": {"en": "eng", "fr": "fra", "de": "deu"},
    "prompt": {"style": "tokens", "before": ["{source}"], "prefix": ["{target}"]},
}
FAMILY: dict[str, Any] = TRANSLATOR | {
    "id": "somebody/{source}-{target}",
    "family": True,
    "directions": ["en:fr", "fr:de"],
    "sources": {"hub": "somebody/{source}-{target}"},
}
WHEEL = {"package": "a", "version": "1", "member": "a/b", "size": 1, "sha256": "0" * 64}


def card(base: dict[str, Any] = CHAT, **changes: Any) -> ModelCard:
    return ModelCard.model_validate(copy.deepcopy(base) | changes)


def test_a_minimal_card_has_defaults() -> None:
    read = card()
    assert (read.engine, read.revision, read.slug, read.gguf) == ("ctranslate2", "unpinned", "somebody--a-model", None)
    assert read.decoding("summarise") == Decoding()


@pytest.mark.parametrize(
    ("base", "changes", "message"),
    [
        (CHAT, {"colour": "red"}, "Extra inputs are not permitted"),
        (CHAT, {"id": "../../etc/passwd"}, "String should match pattern"),
        (CHAT, {"tasks": []}, "at least 1 item"),
        (CHAT, {"tasks": ["sing"]}, "'summarise', 'headline' or 'translate'"),
        (CHAT, {"window": 0}, "greater than 0"),
        (CHAT, {"engine": "abacus"}, "Input should be 'ctranslate2', 'native'"),
        (CHAT, {"commercial_use": False}, "must say so in `notice`"),
        (CHAT, {"tasks": ["summarise", "headline"]}, "the prompt has no turn for headline"),
        (CHAT, {"architecture": "encoder-decoder"}, "requires a `tokens` prompt"),
        (CHAT, {"prompt": {"style": "song", "turns": {}}}, "expected tags"),
        (CHAT, {"prompt": {"style": "chat", "turns": {"summarise": "Summarise."}}}, "missing field {text}"),
        (CHAT, {"prompt": {"style": "chat", "turns": {"summarise": "{text} {target}"}}}, "unknown field {target}"),
        (CHAT, {"prompt": {"style": "chat", "turns": {"summarise": "{text} {"}}}, "Single '{' encountered"),
        (CHAT, {"presets": {"translate": {}}}, "`presets` names translate"),
        (CHAT, {"presets": {"summarise": {"beam_size": 9}}}, "less than or equal to 8"),
        (CHAT, {"presets": {"summarise": {"temprature": 1}}}, "Extra inputs are not permitted"),
        (CHAT, {"sources": {"revision": "main"}}, "String should match pattern"),
        (CHAT, {"sources": {"wheels": [WHEEL]}}, "name it in `files`"),
        (CHAT, {"sources": {"wheels": [WHEEL | {"sha256": "short"}]}}, "String should match pattern"),
        (CHAT, {"files": [{"name": "/etc/passwd"}]}, "String should match pattern"),
        (CHAT, {"files": [{"name": "../../secrets"}]}, "must be inside the model's folder"),
        (CHAT, {"directions": ["en>fr"]}, "String should match pattern"),
        (CHAT, {"directions": ["en:eo"]}, "`languages` has no code for eo"),
        (CHAT, {"extracts": ["eo"]}, "`languages` has no code for eo"),
        (CHAT, {"id": "somebody/{source}-en"}, "are required in the id of a family, and allowed only there"),
        (TRANSLATOR, {"prompt": {"style": "tokens", "before": ["{text}"]}}, "unknown field {text}"),
        (TRANSLATOR, {"prompt": {"style": "tokens", "text": "<2{target}>"}}, "missing field {text}"),
        (FAMILY, {"directions": []}, "a family must list its `directions`"),
        (FAMILY, {"id": "somebody/a-model"}, "are required in the id of a family, and allowed only there"),
        (FAMILY, {"sources": {"revision": "0" * 40}}, "cannot have a `revision`"),
    ],
)
def test_an_invalid_card_is_rejected_with_the_reason(
    base: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        card(base, **changes)
    assert message in str(refusal.value)


def test_a_licence_that_forbids_commercial_use_is_stated_in_capitals() -> None:
    assert card(commercial_use=False, notice="NOT FOR SALE").notice == "NOT FOR SALE"
    for shipped in reference.shipped():
        if "-NC" in shipped.licence:
            assert not shipped.commercial_use
        if not shipped.commercial_use:
            assert "NON-COMMERCIAL USE ONLY" in shipped.notice
            assert "NOT FOR COMMERCIAL USE" in shipped.title


def test_a_family_has_one_member_per_direction() -> None:
    english_french, french_german = card(FAMILY).models()
    assert (english_french.id, english_french.sources.hub) == ("somebody/eng-fra", "somebody/eng-fra")
    assert english_french.serves("en", "fr")
    assert not english_french.serves("fr", "en")
    assert not english_french.family
    assert french_german.directions == ("fr:de",)
    assert card().models() == (card(),)


@pytest.mark.parametrize(
    ("changes", "served"),
    [
        ({}, {("en", "fr"), ("fr", "en"), ("en", "de"), ("de", "en"), ("fr", "de"), ("de", "fr")}),
        ({"directions": ["en:fr"]}, {("en", "fr")}),
    ],
)
def test_a_translator_serves_its_languages_or_the_directions_it_lists(
    changes: dict[str, Any], served: set[tuple[str, str]]
) -> None:
    read = card(TRANSLATOR, **changes)
    tags = ("en", "fr", "de", "ja")
    assert {(source, target) for source in tags for target in tags if read.serves(source, target)} == served


def test_a_model_that_does_not_translate_serves_no_direction() -> None:
    assert not card().serves("en", "fr")


def test_a_preset_becomes_decoding_options() -> None:
    read = card(presets={"summarise": {"beam_size": 4, "max_tokens": 9}})
    assert read.decoding("summarise") == Decoding(beam_size=4, max_tokens=9)
    assert read.decoding("headline") == Decoding()


def test_every_field_is_described_and_the_page_is_current() -> None:
    parts: dict[str, type[BaseModel]] = reference.PARTS
    silent = [
        f"{part}: {name}"
        for part, model in parts.items()
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert silent == []
    page = reference.DOCS.read_text("utf-8")
    assert page.endswith(reference.section()), "run `python -m tests.models.reference`"


def test_the_example_card_on_the_page_is_valid() -> None:
    example = re.search(r"```toml\n(.*?)```", reference.DOCS.read_text("utf-8"), re.DOTALL)
    assert example is not None
    read = reference.parse(example.group(1))
    assert read.serves("en", "fr")


@pytest.mark.parametrize("shipped", reference.shipped(), ids=lambda shipped: shipped.id)
def test_tags_are_canonical(shipped: ModelCard) -> None:
    assert {tag: langcodes.standardize_tag(tag) for tag in shipped.languages} == {tag: tag for tag in shipped.languages}
    if any(tag.split("-")[0] == "zh" for tag in shipped.languages):
        assert "zh" in shipped.languages
    assert ("no" in shipped.languages) == ("nb" in shipped.languages)


@pytest.mark.parametrize("shipped", reference.shipped(), ids=lambda shipped: shipped.id)
def test_the_numbers_of_a_card_are_consistent(shipped: ModelCard) -> None:
    assert shipped.memory > shipped.parameters  # one byte per weight at int8, and working memory
    known = [file.size for file in shipped.files if file.size]
    assert shipped.download > sum(known) or (shipped.download == sum(known) and len(known) == len(shipped.files))
    assert all(
        shipped.decoding(task).max_tokens < shipped.window or shipped.architecture == "encoder-decoder"
        for task in shipped.tasks
    )


@pytest.mark.parametrize("shipped", reference.shipped(), ids=lambda shipped: shipped.id)
def test_codes_in_prompts_are_distinct(shipped: ModelCard) -> None:
    spelt = shipped.prompt
    if isinstance(spelt, ChatPrompt):
        assert all(code[0].isupper() and " " not in code[:1] for code in shipped.languages.values())
    if isinstance(spelt, TokensPrompt) and any(
        "{target}" in part for part in (*spelt.before, *spelt.prefix, spelt.text)
    ):
        twice = len(shipped.languages) - len(set(shipped.languages.values()))
        assert twice == ("no" in shipped.languages)  # nb and no have the same code in every model that supports either


def test_a_task_is_sampled_if_its_temperature_is_above_zero():
    read = card(presets={"summarise": {"temperature": 0.7}})
    assert read.is_sampled("summarise")
    assert not read.is_sampled("headline")
    assert not card(presets={"summarise": {"temperature": 0}}).is_sampled("summarise")
