"""Building hypotheses from tokens."""

import pytest

from models.engines.hypothesis_builder import HypothesisBuilder
from models.protocol import Hypothesis, OnToken, Prompt, Text
from models.tokenizer import Tokenizer

TEXT = "Là-bas, déjà 你好 🙂!"


def ids(tokenizer: Tokenizer, text: str = TEXT) -> list[int]:
    return tokenizer.prompt_ids(Prompt((Text(text),)))


def answer(tokenizer: Tokenizer, *, most: int = 100, on_token: OnToken | None = None) -> HypothesisBuilder:
    return HypothesisBuilder(7, tokenizer, most, on_token)


def end(tokenizer: Tokenizer) -> int:
    return tokenizer.token_ids(tokenizer.stop_tokens)[0]


def test_text_is_streamed_in_complete_characters(tokenizer: Tokenizer) -> None:
    shown: list[tuple[int, str]] = []

    def listen(index: int, text: str) -> bool:
        shown.append((index, text))
        return False

    tokens = ids(tokenizer)
    written = answer(tokenizer, on_token=listen)
    assert [written.push(token, -0.5) for token in tokens] == [False] * len(tokens)
    assert written.push(end(tokenizer), -0.5)
    assert written.hypothesis() == Hypothesis(TEXT, len(tokens) + 1, "end", -0.5)
    assert len(shown) == len(tokens) + 1  # callers can stop at every token, with or without text
    assert {index for index, _ in shown} == {7}
    assert "".join(text for _, text in shown) == TEXT
    assert not any("\ufffd" in text for _, text in shown)


def test_a_hypothesis_ends_at_max_tokens(tokenizer: Tokenizer) -> None:
    tokens = ids(tokenizer)
    written = answer(tokenizer, most=2)
    assert [written.push(token, 0) for token in tokens[:2]] == [False, True]
    assert (written.hypothesis().finish, written.hypothesis().tokens) == ("length", 2)
    assert TEXT.startswith(written.hypothesis().text.rstrip("\ufffd"))


def test_eos_at_max_tokens_counts_as_end(tokenizer: Tokenizer) -> None:
    written = answer(tokenizer, most=2)
    written.push(ids(tokenizer)[0], 0)
    written.push(end(tokenizer), 0)
    assert written.hypothesis().finish == "end"


def test_a_stopped_hypothesis_accepts_no_more_tokens(tokenizer: Tokenizer) -> None:
    tokens = ids(tokenizer)
    calls: list[str] = []

    def stop(_index: int, text: str) -> bool:
        calls.append(text)
        return len(calls) == 2

    written = answer(tokenizer, on_token=stop)
    assert [written.push(token, 0) for token in tokens[:4]] == [False, True, True, True]
    assert written.done
    assert len(calls) == 2
    assert (written.hypothesis().finish, written.hypothesis().tokens) == ("stopped", 2)
    assert written.hypothesis().text == "".join(calls)


def test_a_stop_inside_a_character_gives_a_replacement_character(tokenizer: Tokenizer) -> None:
    first = ids(tokenizer, "🙂")
    assert len(first) > 1  # it takes several tokens
    written = answer(tokenizer, on_token=lambda _index, _text: True)
    assert written.push(first[0], 0)
    assert written.hypothesis().text == "\ufffd"


def test_special_tokens_have_no_text(tokenizer: Tokenizer) -> None:
    written = answer(tokenizer)
    start = tokenizer.token_ids(["<|im_start|>"])[0]
    for token in (start, *ids(tokenizer, "one"), start, *ids(tokenizer, " two")):
        written.push(token, 0)
    assert written.hypothesis().text == "one two"


def test_push_all_gives_the_same_hypothesis(tokenizer: Tokenizer) -> None:
    tokens = [*ids(tokenizer), end(tokenizer)]
    written = answer(tokenizer)
    written.push_all(tokens, -3.0)
    assert written.hypothesis().text == TEXT
    assert written.hypothesis().score == pytest.approx(-3.0 / len(tokens))


def test_an_empty_hypothesis(tokenizer: Tokenizer) -> None:
    written = answer(tokenizer)
    written.push_all([], 0.0)
    assert written.hypothesis() == Hypothesis("", 0, "end", 0.0)
