"""The fake engine, which other tests rely on, fulfils the protocol."""

import pytest

from models.engines.fake import FakeEngine, echo
from models.errors import PromptTooLong
from models.protocol import Decoding, Engine, Markup, Prompt, Text, Tokens

GREEDY = Decoding()
PROMPTS = [Prompt((Markup("[user]"), Text(text), Markup("[end]"), Tokens(("</s>",)))) for text in ("a b c", "d e")]


def test_it_is_an_engine() -> None:
    engine: Engine = FakeEngine()
    assert engine.memory() == 0
    assert engine.count(" one two\nthree ") == 3
    assert engine.count("") == 0


def test_it_echoes_only_the_untrusted_text() -> None:
    assert [echo(prompt) for prompt in PROMPTS] == ["a b c", "d e"]
    answers = FakeEngine().generate(PROMPTS, GREEDY)
    assert [(answer.text, answer.tokens, answer.finish) for answer in answers] == [
        ("a b c", 3, "end"),
        ("d e", 2, "end"),
    ]


def test_it_is_deterministic_and_records_its_prompts() -> None:
    engine = FakeEngine(answer=lambda prompt: echo(prompt).upper())
    assert engine.generate(PROMPTS, GREEDY) == engine.generate(PROMPTS, GREEDY)
    assert engine.generate(PROMPTS[:1], GREEDY)[0].text == "A B C"
    assert engine.prompts == [*PROMPTS, *PROMPTS, PROMPTS[0]]


def test_max_tokens_limits_the_output() -> None:
    long, short = FakeEngine().generate(PROMPTS, GREEDY.replace(max_tokens=2))
    assert (long.text, long.finish) == ("a b", "length")
    assert (short.text, short.finish) == ("d e", "end")


def test_the_streamed_text_is_the_output_and_a_stop_ends_only_its_prompt() -> None:
    streamed = ["", ""]

    def listen(index: int, text: str) -> bool:
        streamed[index] += text
        return index == 0 and streamed[0].endswith("b")

    first, second = FakeEngine().generate(PROMPTS, GREEDY, listen)
    assert streamed == [first.text, second.text] == ["a b", "d e"]
    assert (first.finish, second.finish) == ("stopped", "end")


def test_a_too_long_prompt_is_rejected_before_generating() -> None:
    engine = FakeEngine(window=3)
    with pytest.raises(PromptTooLong):
        engine.generate(PROMPTS, GREEDY)
    assert engine.prompts == []
    assert engine.generate(PROMPTS[1:], GREEDY)[0].text == "d e"


def test_closing_is_recorded() -> None:
    engine = FakeEngine()
    assert not engine.closed
    engine.close()
    assert engine.closed
