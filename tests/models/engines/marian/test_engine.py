"""The engine as those who hold it see it: batches, beams, streams, pieces, alignments."""

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
    size = student.pieces(vocabulary)
    student.write(folder, Student.small(size), {"vocab": vocabulary}, student.shortlist(size, size, best=20))
    return MarianEngine(folder, window=512)


def asked(*texts: str) -> list[Prompt]:
    return [Prompt((Text(text),)) for text in texts]


def long(engine: MarianEngine) -> list[str]:
    """Sentences, those with the longest answers first."""
    texts = sentences(1)
    tokens = [answer.tokens for answer in engine.generate(asked(*texts), GREEDY)]
    return [text for _, text in sorted(zip(tokens, texts, strict=True), reverse=True)]


def test_a_sentence_does_not_depend_on_those_beside_it(engine: MarianEngine) -> None:
    texts = sentences(1)
    together = engine.generate(asked(*texts), GREEDY)
    alone = [engine.generate(asked(text), GREEDY)[0] for text in texts]
    assert [one.text for one in together] == [one.text for one in alone]
    assert [one.score for one in together] == pytest.approx([one.score for one in alone], abs=1e-4)
    assert len({one.text for one in together}) > len(texts) / 4


def test_entries_of_a_vocabulary_round_the_text_are_not_read(engine: MarianEngine) -> None:
    plain, marked = engine.generate(
        [*asked("All human beings"), Prompt((Text("All human beings"), Tokens(("</s>",))))], GREEDY
    )
    assert plain == marked


def test_nothing_is_written_for_nothing(engine: MarianEngine) -> None:
    assert [(one.text, one.tokens) for one in engine.generate(asked("", "  \n"), GREEDY)] == [("", 0), ("", 0)]


def test_a_stream_adds_up_to_the_answer(engine: MarianEngine) -> None:
    texts = [*sentences(1), "🙂 " * 8, " ".join(TEXTS["en"] for _ in range(8))]
    told = [""] * len(texts)

    def hear(index: int, text: str) -> bool:
        told[index] += text
        return False

    assert told == [""] * len(texts)
    answers = engine.generate(asked(*texts), GREEDY, hear)
    assert told == [answer.text for answer in answers]


def test_who_has_enough_stops_one_prompt_and_no_other(engine: MarianEngine) -> None:
    texts = long(engine)[:2]
    whole = engine.generate(asked(*texts), GREEDY)
    steps = [0, 0]

    def hear(index: int, _text: str) -> bool:
        steps[index] += 1
        return index == 0 and steps[0] == 3

    stopped, other = engine.generate(asked(*texts), GREEDY, hear)
    assert (stopped.tokens, stopped.finish) == (3, "stopped")
    assert whole[0].text.startswith(stopped.text)
    assert other == whole[1]


@pytest.mark.parametrize("width", [2, 4])
def test_beams_can_be_stopped_between_steps(engine: MarianEngine, width: int) -> None:
    heard: list[str] = []

    def hear(_index: int, text: str) -> bool:
        heard.append(text)
        return len(heard) == 3

    answer = engine.generate(asked(long(engine)[0]), GREEDY.replace(beam_size=width), hear)[0]
    assert answer.finish == "stopped"
    assert answer.tokens <= 3


def test_a_wider_search_finds_no_worse_answers(engine: MarianEngine) -> None:
    texts = sentences(1)
    greedy = engine.generate(asked(*texts), GREEDY)
    beams = {width: engine.generate(asked(*texts), GREEDY.replace(beam_size=width)) for width in (2, 4)}
    assert all(answer.tokens for answers in beams.values() for answer in answers)
    means = [sum(answer.score for answer in answers) / len(texts) for answers in (greedy, beams[2], beams[4])]
    assert means[0] < means[1]
    assert means[0] < means[2]


def test_beams_do_not_depend_on_those_beside_them(engine: MarianEngine) -> None:
    texts = sentences(1)[:6]
    decoding = GREEDY.replace(beam_size=3)
    together = engine.generate(asked(*texts), decoding)
    assert [one.text for one in together] == [engine.generate(asked(text), decoding)[0].text for text in texts]


def test_answers_have_a_longest_length(engine: MarianEngine) -> None:
    for width in (1, 3):
        answer = engine.generate(asked(TEXTS["en"]), Decoding(max_tokens=5, beam_size=width))[0]
        assert answer.tokens <= 5


def test_drawn_answers_differ(engine: MarianEngine) -> None:
    drawn = {engine.generate(asked(TEXTS["en"]), GREEDY.replace(temperature=1.0))[0].text for _ in range(4)}
    assert len(drawn) > 1


def test_runs_are_not_repeated_where_they_may_not_be(engine: MarianEngine) -> None:
    for width in (1, 3):
        decoding = GREEDY.replace(no_repeat_ngram=1, beam_size=width)
        for answer in engine.generate(asked(*sentences(1)[:6]), decoding):
            words = answer.text.split()
            assert len(words) == len(set(words))


def test_a_text_of_three_thousand_characters_is_translated_whole(vocabulary: bytes, tmp_path: Path) -> None:
    student.write(tmp_path, Student.small(student.pieces(vocabulary), end=-50.0), {"vocab": vocabulary})
    engine = MarianEngine(tmp_path, window=512)
    text = " ".join([TEXTS["en"].replace(".", ",").rstrip(","), TEXTS["de"].replace(".", ",")] * 10)
    assert len(text) > 3000
    answer, found = engine.aligned([text], GREEDY)[0]
    assert answer.tokens > 2 * engine.count(text)
    sources = sorted({link.source for link in found})
    assert sources[0][0] < 200
    assert sources[-1][1] > len(text) - 200
    assert max(later[0] - before[1] for before, later in pairwise(sources)) < 600


def test_links_lead_from_words_to_words(engine: MarianEngine) -> None:
    texts = [TEXTS["en"], f"  {TEXTS['fr']}", "🙂 é ½ 漢字 word"]
    for text, (answer, found) in zip(texts, engine.aligned(texts, GREEDY), strict=True):
        assert found or not answer.text.strip()
        for link in found:
            source, target = text[slice(*link.source)], answer.text[slice(*link.target)]
            assert source == source.strip()
            assert target == target.strip()
            assert 0 < link.share <= 1.0001
        assert all(before.target[1] <= after.target[0] for before, after in pairwise(found))


def test_memory_is_that_of_the_weights(engine: MarianEngine, vocabulary: bytes) -> None:
    weights = Student.small(student.pieces(vocabulary)).weights()
    assert engine.memory() == sum(weight.size for weight in weights.values() if min(weight.shape) > 1)
