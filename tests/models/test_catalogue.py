"""The catalogue: shipped cards, user cards, and invalid cards."""

import re
from pathlib import Path

import pytest
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M100
from transformers.models.mbart50.tokenization_mbart50 import FAIRSEQ_LANGUAGE_CODES as MBART50
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB

from models.catalogue import SHIPPED, Catalogue, read_card_file
from models.errors import BadCard, UnknownModel

BUNDLED = "Qwen/Qwen2.5-Coder-1.5B-Instruct"


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue(SHIPPED)


@pytest.mark.parametrize(
    "model_id",
    [
        BUNDLED,
        "facebook/m2m100_418M",
        "facebook/nllb-200-distilled-600M",
        "facebook/mbart-large-50-many-to-many-mmt",
        "Helsinki-NLP/opus-mt-en-fr",
        "Helsinki-NLP/opus-mt-zh-en",
        "Helsinki-NLP/opus-mt-en-zh",
        "google/madlad400-3b-mt",
        "csebuetnlp/mT5_multilingual_XLSum",
        "facebook/bart-large-cnn",
        "Qwen/Qwen3-1.7B",
        "google/gemma-3-1b-it",
    ],
)
def test_well_known_models_have_cards(shipped: Catalogue, model_id: str) -> None:
    card = shipped[model_id]
    assert card.id == model_id
    assert card.title
    assert card.licence


def test_ids_are_sorted_and_no_family_member_replaces_another_card(shipped: Catalogue) -> None:
    assert list(shipped) == sorted(shipped)
    written = [card.id for path in SHIPPED.glob("*.toml") for card in read_card_file(path)]
    assert sorted(written) == list(shipped)
    assert all(BUNDLED in catalogue for catalogue in (shipped, Catalogue(SHIPPED, Path("nowhere"))))


@pytest.mark.parametrize(
    ("model_id", "codes"),
    [
        ("facebook/m2m100_418M", set(M2M100["m2m100"])),
        ("facebook/nllb-200-distilled-600M", set(NLLB)),
        ("facebook/mbart-large-50-many-to-many-mmt", set(MBART50)),
    ],
)
def test_a_translator_has_every_code_of_its_tokenizer(shipped: Catalogue, model_id: str, codes: set[str]) -> None:
    assert set(shipped[model_id].languages.values()) == codes


@pytest.mark.parametrize(
    ("model_id", "simplified", "traditional"),
    [
        ("facebook/m2m100_418M", "zh", None),
        ("facebook/nllb-200-distilled-600M", "zho_Hans", "zho_Hant"),
        ("facebook/mbart-large-50-many-to-many-mmt", "zh_CN", None),
        ("Helsinki-NLP/opus-mt-en-zh", "cmn_Hans", "cmn_Hant"),
        ("google/madlad400-3b-mt", "zh", "zh_Hant"),
        ("Qwen/Qwen3-1.7B", "Simplified Chinese", "Traditional Chinese"),
        (BUNDLED, "Simplified Chinese", None),
    ],
)
def test_zh_is_simplified_chinese_everywhere(
    shipped: Catalogue, model_id: str, simplified: str, traditional: str | None
) -> None:
    languages = shipped[model_id].languages
    assert (languages["zh"], languages.get("zh-Hant")) == (simplified, traditional)


@pytest.mark.parametrize(
    ("tag", "code"),
    [("ar", "arb_Arab"), ("fa", "pes_Arab"), ("sr", "srp_Cyrl"), ("ks", "kas_Arab"), ("ks-Deva", "kas_Deva"),
     ("ku", "kmr_Latn"), ("ckb", "ckb_Arab"), ("fil", "tgl_Latn"), ("no", "nob_Latn"), ("sq", "als_Latn")],
)  # fmt: skip
def test_a_language_maps_to_the_variety_that_nllb_has(shipped: Catalogue, tag: str, code: str) -> None:
    assert shipped["facebook/nllb-200-distilled-600M"].languages[tag] == code


def test_user_cards_replace_shipped_ones_and_add_new_ones(tmp_path: Path) -> None:
    text = (SHIPPED / "bart-large-cnn.toml").read_text("utf-8")
    (tmp_path / "bart.toml").write_text(text.replace("window = 1024", "window = 512"), "utf-8")
    (tmp_path / "new.toml").write_text(text.replace("facebook/bart-large-cnn", "me/user_card", 1), "utf-8")
    catalogue = Catalogue(SHIPPED, tmp_path)
    assert catalogue["facebook/bart-large-cnn"].window == 512
    assert catalogue["me/user_card"].window == 1024
    assert len(catalogue) == len(Catalogue(SHIPPED)) + 1


def test_an_unknown_model_is_reported_with_a_hint(shipped: Catalogue) -> None:
    with pytest.raises(UnknownModel, match="no model 'gpt-99'") as error:
        shipped["gpt-99"]
    assert "lede models list" in error.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id = ", r"user_card\.toml: Invalid value"),
        (b"\xff\xfe", r"user_card\.toml: .*can't decode"),
        (b'id = "me/user_card"', r"user_card\.toml: .*licence: Field required"),
    ],
)
def test_an_invalid_card_is_reported_with_file_and_field(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "user_card.toml").write_bytes(content)
    with pytest.raises(BadCard, match=message):
        Catalogue(tmp_path)


def test_an_unreadable_card_is_reported_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BadCard, match=re.escape(str(tmp_path / "folder.toml"))):
        Catalogue(tmp_path)
