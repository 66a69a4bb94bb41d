"""The public interface of the engine: batches, beams, streaming, chunks, alignments."""

from itertools import pairwise
from pathlib import Path

import pytest

from models.engines.marian.engine import MarianEngine
from models.protocol import Decoding, Prompt, Text, Tokens
from tests.models.engines.marian import student
from tests.models.engines.marian.languages import TEXTS, sentences
from tests.models.engines.marian.student import Student

GREEDY = Decoding(max_tokens=10_000)


@pytest.fixture(scope="module")
def vocabulary() -> bytes:
    return student.vocabulary(TEXTS.values(), 800)


@pytest.fixture(scope="module")
def engine(vocabulary: bytes, tmp_path_factory: pytest.TempPathFactory) -> MarianEngine:
    folder = tmp_path_factory.mktemp("student")
    size = student.vocabulary_size(vocabulary)
    student.write(folder, Student.small(size), {"vocab": vocabulary}, student.shortlist(size, size, best=20))
    return MarianEngine(folder, window=512)


def prompts(*texts: str) -> list[Prompt]:
    return [Prompt((Text(text),)) for text in texts]


def by_length(engine: MarianEngine) -> list[str]:
    """Returns sentences, those with the longest translations first."""
    texts = sentences(1)
    tokens = [hypothesis.tokens for hypothesis in engine.generate(prompts(*texts), GREEDY)]
    return [text for _, text in sorted(zip(tokens, texts, strict=True), reverse=True)]


def test_a_translation_does_not_depend_on_the_batch(engine: MarianEngine) -> None:
    texts = sentences(1)[::2]
    batched = engine.generate(prompts(*texts), GREEDY)
    separate = [engine.generate(prompts(text), GREEDY)[0] for text in texts]
    assert [one.text for one in batched] == [one.text for one in separate]
    assert [one.score for one in batched] == pytest.approx([one.score for one in separate], abs=1e-4)
    assert len({one.text for one in batched}) > len(texts) / 4


def test_tokens_in_the_prompt_are_ignored(engine: MarianEngine) -> None:
    plain, marked = engine.generate(
        [*prompts("All human beings"), Prompt((Text("All human beings"), Tokens(("</s>",))))], GREEDY
    )
    assert plain == marked


def test_an_empty_prompt_has_an_empty_translation(engine: MarianEngine) -> None:
    assert [(one.text, one.tokens) for one in engine.generate(prompts("", "  \n"), GREEDY)] == [("", 0), ("", 0)]


def test_streamed_texts_add_up_to_the_translation(engine: MarianEngine) -> None:
    texts = [*sentences(1)[::4], "🙂 " * 8, " ".join(TEXTS["en"] for _ in range(8))]
    streamed = [""] * len(texts)

    def on_token(index: int, text: str) -> bool:
        streamed[index] += text
        return False

    hypotheses = engine.generate(prompts(*texts), GREEDY, on_token)
    assert streamed == [hypothesis.text for hypothesis in hypotheses]


def test_stopping_one_prompt_does_not_affect_the_others(engine: MarianEngine) -> None:
    texts = by_length(engine)[:2]
    full = engine.generate(prompts(*texts), GREEDY)
    steps = [0, 0]

    def on_token(index: int, _text: str) -> bool:
        steps[index] += 1
        return index == 0 and steps[0] == 3

    stopped, running = engine.generate(prompts(*texts), GREEDY, on_token)
    assert (stopped.tokens, stopped.finish) == (3, "stopped")
    assert full[0].text.startswith(stopped.text)
    assert running == full[1]


@pytest.mark.parametrize("width", [2, 4])
def test_beams_can_be_stopped_between_steps(engine: MarianEngine, width: int) -> None:
    texts: list[str] = []

    def on_token(_index: int, text: str) -> bool:
        texts.append(text)
        return len(texts) == 3

    hypothesis = engine.generate(prompts(by_length(engine)[0]), GREEDY.replace(beam_size=width), on_token)[0]
    assert hypothesis.finish == "stopped"
    assert hypothesis.tokens <= 3


def test_beam_search_has_better_scores_than_greedy_search(engine: MarianEngine) -> None:
    texts = sentences(1)[::2]
    greedy = engine.generate(prompts(*texts), GREEDY)
    beams = {width: engine.generate(prompts(*texts), GREEDY.replace(beam_size=width)) for width in (2, 4)}
    assert all(hypothesis.tokens for hypotheses in beams.values() for hypothesis in hypotheses)
    means = [
        sum(hypothesis.score for hypothesis in hypotheses) / len(texts) for hypotheses in (greedy, beams[2], beams[4])
    ]
    assert means[0] < means[1]
    assert means[0] < means[2]


def test_beams_do_not_depend_on_the_batch(engine: MarianEngine) -> None:
    texts = sentences(1)[:4]
    decoding = GREEDY.replace(beam_size=3)
    batched = engine.generate(prompts(*texts), decoding)
    assert [one.text for one in batched] == [engine.generate(prompts(text), decoding)[0].text for text in texts]


def test_max_tokens_limits_the_length(engine: MarianEngine) -> None:
    for width in (1, 3):
        hypothesis = engine.generate(prompts(TEXTS["en"]), Decoding(max_tokens=5, beam_size=width))[0]
        assert hypothesis.tokens <= 5


def test_sampled_translations_differ(engine: MarianEngine) -> None:
    sampled = {engine.generate(prompts(TEXTS["en"]), GREEDY.replace(temperature=1.0))[0].text for _ in range(4)}
    assert len(sampled) > 1


def test_no_repeat_ngram_prevents_repetition(engine: MarianEngine) -> None:
    for width in (1, 3):
        decoding = GREEDY.replace(no_repeat_ngram=1, beam_size=width)
        for hypothesis in engine.generate(prompts(*sentences(1)[:6]), decoding):
            words = hypothesis.text.split()
            assert len(words) == len(set(words))


def test_a_text_of_three_thousand_characters_is_translated_completely(vocabulary: bytes, tmp_path: Path) -> None:
    student.write(tmp_path, Student.small(student.vocabulary_size(vocabulary), end=-50.0), {"vocab": vocabulary})
    engine = MarianEngine(tmp_path, window=512)
    text = " ".join([TEXTS["en"].replace(".", ",").rstrip(","), TEXTS["de"].replace(".", ",")] * 10)
    assert len(text) > 3000
    hypothesis, alignments = engine.align([text], GREEDY)[0]
    assert hypothesis.tokens > 2 * engine.count(text)
    sources = sorted({alignment.source for alignment in alignments})
    assert sources[0][0] < 200
    assert sources[-1][1] > len(text) - 200
    assert max(later[0] - before[1] for before, later in pairwise(sources)) < 600


def test_alignments_are_of_whole_words(engine: MarianEngine) -> None:
    texts = [TEXTS["en"], f"  {TEXTS['fr']}", "🙂 é ½ 漢字 word"]
    for text, (hypothesis, alignments) in zip(texts, engine.align(texts, GREEDY), strict=True):
        assert alignments or not hypothesis.text.strip()
        for alignment in alignments:
            source, target = text[slice(*alignment.source)], hypothesis.text[slice(*alignment.target)]
            assert source == source.strip()
            assert target == target.strip()
            assert 0 < alignment.share <= 1.0001
        assert all(before.target[1] <= after.target[0] for before, after in pairwise(alignments))


def test_memory_is_the_size_of_the_weights(engine: MarianEngine, vocabulary: bytes) -> None:
    weights = Student.small(student.vocabulary_size(vocabulary)).weights()
    assert engine.memory() == sum(weight.size for weight in weights.values() if min(weight.shape) > 1)
