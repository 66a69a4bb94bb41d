"""Preparing the shards: their content, what is excluded, and the prompts."""

import dataclasses
from pathlib import Path

import pytest

from models.card import ModelCard
from models.prompts import render
from models.tokenizer import Tokenizer
from tests.training.conftest import french, pair, sentence, write
from training import corpus, shards
from training.corpus import CorpusRow
from training.encode import Encoder
from training.filters import rejection_reason
from training.passages import MIN_SENTENCES, build_passages
from training.prepare import FLORES, HELD_OUT, prepare
from training.prompts import Prompter
from training.settings import TrainingSettings

EVALUATION = Path(__file__).parents[3] / "shared" / "eval" / "translation"


def prepared(settings: TrainingSettings, prompter: Prompter, *rows: CorpusRow) -> list[shards.Example]:
    write(Path(settings.data.corpus), rows)
    prepare(settings, prompter)
    return list(shards.read(settings.shards))


def measure(settings: TrainingSettings, source: str, reference: str) -> None:
    """Adds a row to the evaluation set."""
    lines = f"id\tsource\treference\n1\t{source}\t{reference}\n"
    (Path(settings.data.evaluation) / "flores-dev.en-fr.tsv").write_text(lines, "utf-8")


def test_prompts_are_the_same_as_ledes(
    settings: TrainingSettings, prompter: Prompter, card: ModelCard, tokenizer: Tokenizer
) -> None:
    made = prepared(settings, prompter, *(pair(number) for number in range(40)))
    row = next(example for example in made if example.text == sentence(30))
    prompt = render(card, tokenizer.chat, "translate", sentence(30), source="en", target="fr", notes="")
    assert row.label == "en-fr"
    assert row.answer == french(30)
    assert Encoder(settings.base).encode_prompts([row]) == [tokenizer.prompt_ids(prompt)]


def test_answers_are_tokenized_with_eos(settings: TrainingSettings, prompter: Prompter, tokenizer: Tokenizer) -> None:
    example = prompter.translation(pair(1))
    (row,) = Encoder(settings.base).encode([example])
    ids = tokenizer.prompt_ids(
        render(prompter.card, prompter.chat, "translate", example.text, source="en", target="fr")
    )
    assert row.prompt == len(ids)
    assert tokenizer.decode(row.ids[row.prompt :]) == french(1)
    assert tokenizer.tokens(row.ids[-1:]) == ["<|im_end|>"]


def test_special_tokens_in_a_text_are_plain_characters(settings: TrainingSettings, tokenizer: Tokenizer) -> None:
    example = shards.Example("en-fr", ("<|im_start|>user\n", "Rome <|im_end|> déjà", "<|im_end|>\n"))
    (ids,) = Encoder(settings.base).encode_prompts([example])
    ends = tokenizer.token_ids(["<|im_end|>"])[0]
    assert ids.count(ends) == 1


def test_evaluation_rows_are_not_trained_on(settings: TrainingSettings, prompter: Prompter) -> None:
    measure(settings, "THE coalition and the coalition of the 0 lost territory in the  north", french(11))
    rows = [pair(number, back=back) for number in range(60) for back in (False, True)]
    made = prepared(settings, prompter, *rows)
    measured = list(shards.read(settings.evaluation))
    evaluation_keys = corpus.text_keys(side for row in measured for side in (row.text, row.answer))
    assert corpus.text_key(sentence(0)) in evaluation_keys
    assert corpus.text_key(french(11)) in evaluation_keys
    assert corpus.text_keys(side for row in made for side in (row.text, row.answer)).isdisjoint(evaluation_keys)
    assert {row.origin for row in measured} == {FLORES, HELD_OUT}
    assert sum(row.origin == HELD_OUT for row in measured) == 2 * settings.data.held_out
    assert made


def test_evaluation_rows_are_not_in_rehearsal_prompts(settings: TrainingSettings, prompter: Prompter) -> None:
    measure(settings, sentence(5), french(5))
    prepared(settings, prompter, *(pair(number) for number in range(80)))
    prompts = list(shards.read(settings.prompts))
    assert {row.label for row in prompts} == {"summarise", "headline"}
    measured = [row.text for row in shards.read(settings.evaluation)]
    assert not any(text in row.text for row in prompts for text in measured)


def test_the_same_corpus_gives_the_same_shards(settings: TrainingSettings, prompter: Prompter) -> None:
    rows = [pair(number) for number in range(40)]
    made = prepared(settings, prompter, *rows)
    before = shards.manifest(settings.shards)
    assert prepared(settings, prompter, *rows) == made
    assert shards.manifest(settings.shards) == before
    assert before["rows"] == {"en-fr": len(made)}


def test_directions_that_the_model_does_not_serve_and_sets_left_out_are_no_part_of_it(
    settings: TrainingSettings, prompter: Prompter
) -> None:
    rows = [pair(number, target_language="cs") for number in range(5)]
    rows += [pair(number, set="mtedx_test") for number in range(5, 10)]
    rows += [pair(number) for number in range(10, 20)]
    texts = {example.text for example in prepared(settings, prompter, *rows)}
    assert texts
    assert texts <= {sentence(number) for number in range(10, 20)}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (pair(1), None),
        (pair(1, target="Oui."), "length"),
        (pair(1, source="x" * 2000), "length"),
        (pair(1, target="Le groupe."), "ratio"),
        (pair(1, source="#Product1# is a group that lost territory in the north."), "markup"),
        (pair(1, source="The <|im_end|> of the group lost territory in the north."), "markup"),
        (pair(1, target=sentence(1)), "copy"),
        (pair(1, target=sentence(2)), "language"),
        (pair(1, source=french(2)), "language"),
        (pair(1, target="Коалиция потеряла сорок процентов своей территории."), "script"),
        (pair(1, target="Le coalition et la campaign de 1 ont perdu du"), "cut"),
        (
            CorpusRow("en", "zh", "wmt18", "human", "Five soldiers were injured on Tuesday.", "周二有五名士兵受伤。"),
            None,
        ),
        (CorpusRow("en", "zh", "wmt18", "human", "Five soldiers were injured.", "Five soldats injured 。"), "script"),
        (CorpusRow("en", "ja", "wmt22", "human", "The prime minister spoke.", "首相が話しました。"), None),
    ],
)
def test_unsuitable_rows_are_rejected(row: CorpusRow, reason: str | None) -> None:
    assert rejection_reason(row, TrainingSettings.read().data) == reason


def test_shards_are_bounded_and_a_modified_one_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ROWS_PER_STREAM", 10)
    examples = [shards.Example("en-fr", ("a", f"{number * 7919 % 10_007}", "b"), f"{number}") for number in range(200)]
    shards.write(tmp_path, examples, 1_000)
    files = shards.manifest(tmp_path)["files"]
    assert len(files) > 1
    assert max(file["size"] for file in files) <= 1_000
    assert list(shards.read(tmp_path)) == examples
    path = tmp_path / files[1]["name"]
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ValueError, match=files[1]["name"]):
        list(shards.read(tmp_path))


def test_passages_have_sentences_on_one_subject():
    matters = {"Lisbon": "tramway", "Oslo": "reservoir", "Nairobi": "railway"}
    sentences = [f"Today {city} had {n} words of its {what}." for n in range(12) for city, what in matters.items()]
    found = build_passages({"wmt": sentences}, 100, 6, seed=1)
    assert found
    for passage in found:
        assert sum(city in passage for city in matters) == 1
        assert MIN_SENTENCES <= passage.count(".") <= 6
    sentences_used = [sentence for passage in found for sentence in passage.split(". ")]
    assert len(sentences_used) == len(set(sentences_used))


@pytest.mark.skipif(not EVALUATION.is_dir(), reason="the evaluation set is not here")
def test_the_whole_evaluation_set_is_excluded(settings: TrainingSettings, prompter: Prompter) -> None:
    source, reference = next(corpus.read_pairs(EVALUATION / "flores-dev.en-fr.tsv"))
    data = dataclasses.replace(settings.data, evaluation=str(EVALUATION))
    evaluation_pairs = [pair(1, source=source), pair(2, target=reference), pair(3, back=True, source=reference)]
    made = prepared(
        dataclasses.replace(settings, data=data),
        Prompter(prompter.card.model_copy(update={"languages": dict.fromkeys(ALL, "x")}), prompter.chat),
        *evaluation_pairs,
        *(pair(number) for number in range(20, 40)),
    )
    assert not {source, reference} & {side for row in made for side in (row.text, row.answer)}
    assert len(list(shards.read(settings.evaluation))) >= 30 * 200


ALL = ("en", "fr", "es", "de", "pt", "it", "ru", "zh", "ja", "ar", "uk", "hi", "tr", "ko", "vi", "id")
