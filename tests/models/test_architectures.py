"""Each architecture through the store, the conversion and both engines: at float32 they generate the same tokens."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from models.card import ModelCard
from models.errors import Corrupted, LoadFailed, PromptTooLong
from models.loading import Loader
from models.prompts import render
from models.protocol import Decoding, Engine, Hypothesis, Markup, Prompt, Text, Tokens
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import Tokenizer
from tests.models import tiny

pytestmark = pytest.mark.filterwarnings(
    "ignore:Recommended. pip install sacremoses:UserWarning"  # optional for Marian's tokenizer, which warns each time
)

TEXTS = (
    "The coalition met in Rome.",
    "Forty percent of the territory in Iraq is lost, officials say after the talks.",
    "Là-bas, 你好 déjà",
    "Rome",
)
GREEDY = Decoding(max_tokens=24)
ENGINES = ("ctranslate2", "transformers")


@dataclass(frozen=True)
class Bench:
    """One architecture, loaded on both engines."""

    card: ModelCard
    tokenizer: Tokenizer
    engines: dict[str, Engine]
    prompts: list[Prompt]
    store: Store


def settings(home: Path, engine: str, quantization: str = "float32") -> ModelSettings:
    return ModelSettings.model_validate(
        {"home": home, "engine": engine, "quantization": quantization, "device": "cpu", "threads": 2}
    )


def load(card: ModelCard, home: Path, engine: str, quantization: str = "float32") -> Engine:
    if engine == "ctranslate2":
        Store(home).converted_folder(card, quantization)  # in this process: a child process for each would take minutes
    return Loader(settings(home, engine, quantization))(card).engine


def build(kind: tiny.Tiny, root: Path) -> Bench:
    source = root / kind.name
    source.mkdir()
    kind.build(source)
    card = kind.card(source)
    home = root / "home"
    tokenizer = Tokenizer(source, stop_tokens=tuple(kind.prompt.get("stop_tokens", ())))
    prompts = [render(card, tokenizer.chat, "translate", text, source="en", target="fr") for text in TEXTS]
    engines = {engine: load(card, home, engine) for engine in ENGINES}
    return Bench(card, tokenizer, engines, prompts, Store(home))


@pytest.fixture(scope="module", params=tiny.ALL, ids=lambda kind: kind.name)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return build(request.param, tmp_path_factory.mktemp("tiny"))


def written(answers: list[Hypothesis]) -> list[tuple[str, int, str]]:
    return [(answer.text, answer.tokens, answer.finish) for answer in answers]


def test_a_banned_phrase_is_never_generated(bench: Bench):
    first = bench.engines["ctranslate2"].generate(bench.prompts, GREEDY.replace(max_tokens=1))
    banned = tuple({answer.text.strip() for answer in first} - {""})
    before, *after = (
        engine.generate(bench.prompts, decoding)
        for decoding, engine in [(GREEDY, bench.engines["ctranslate2"])]
        + [(GREEDY.replace(banned=banned), engine) for engine in bench.engines.values()]
    )
    assert written(after[0]) == written(after[1])
    if bench.card.id == "tiny/qwen2":  # the outputs of the others start with pieces that occur only inside words
        assert not [answer.text for answer in after[0] if answer.text.strip().startswith(banned)]
        assert [answer.text for answer in before if answer.text.strip().startswith(banned)]


@pytest.mark.parametrize(
    "decoding",
    [GREEDY, GREEDY.replace(beam_size=3), GREEDY.replace(beam_size=4, length_penalty=0.5)],
    ids=["greedy", "beams", "beams, short"],
)
def test_both_engines_generate_the_same(bench: Bench, decoding: Decoding) -> None:
    one, other = (engine.generate(bench.prompts, decoding) for engine in bench.engines.values())
    assert written(one) == written(other)
    assert [answer.score for answer in one] == pytest.approx([answer.score for answer in other], abs=1e-3)
    assert any(answer.tokens > 1 for answer in one)


@pytest.mark.parametrize(
    "decoding",
    [
        GREEDY.replace(repetition_penalty=1.3),
        GREEDY.replace(no_repeat_ngram=2),
        GREEDY.replace(beam_size=3, no_repeat_ngram=3),
    ],
    ids=["penalty", "no pair twice", "beams, no three twice"],
)
def test_both_engines_apply_the_same_repetition_rules(bench: Bench, decoding: Decoding) -> None:
    if decoding.beam_size > 1 and bench.prompts[0].prefix.names:
        pytest.skip("CTranslate2 counts a forced prefix into the length that beams are compared by")
    for prompt in bench.prompts:
        one, other = (engine.generate([prompt], decoding) for engine in bench.engines.values())
        assert written(one) == written(other)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_gives_the_same_outputs_as_single_prompts(bench: Bench, engine: str) -> None:
    together = bench.engines[engine].generate(bench.prompts, GREEDY)
    alone = [bench.engines[engine].generate([prompt], GREEDY)[0] for prompt in bench.prompts]
    assert written(together) == written(alone)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_streamed_text_is_the_hypothesis(bench: Bench, engine: str) -> None:
    streamed: list[list[str]] = [[] for _ in bench.prompts]

    def listen(index: int, text: str) -> bool:
        streamed[index].append(text)
        return False

    answers = bench.engines[engine].generate(bench.prompts, GREEDY, listen)
    assert ["".join(parts) for parts in streamed] == [answer.text for answer in answers]
    assert [len(parts) for parts in streamed] == [answer.tokens for answer in answers]
    assert written(answers) == written(bench.engines[engine].generate(bench.prompts, GREEDY))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stop_ends_only_its_prompt_immediately(bench: Bench, engine: str) -> None:
    longest = bench.engines[engine].generate(bench.prompts, GREEDY)
    chosen = max(range(len(longest)), key=lambda index: longest[index].tokens)
    calls = dict.fromkeys(range(len(longest)), 0)

    def listen(index: int, _text: str) -> bool:
        calls[index] += 1
        return index == chosen and calls[index] == 3

    answers = bench.engines[engine].generate(bench.prompts, GREEDY, listen)
    assert (answers[chosen].finish, answers[chosen].tokens, calls[chosen]) == ("stopped", 3, 3)
    assert longest[chosen].text.startswith(answers[chosen].text.rstrip("\ufffd"))
    others = [index for index in range(len(answers)) if index != chosen]
    assert written([answers[index] for index in others]) == written([longest[index] for index in others])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_prompt_that_fills_the_window_is_rejected(bench: Bench, engine: str) -> None:
    long = [Prompt((Text("Rome " * tiny.WINDOW),))]
    with pytest.raises(PromptTooLong, match=f"window is {tiny.WINDOW}"):
        bench.engines[engine].generate(long, GREEDY)


def test_a_text_cannot_contain_special_tokens(bench: Bench) -> None:
    rules = {name for prompt in bench.prompts for piece in prompt.pieces for name in getattr(piece, "names", ())}
    rules |= {"</s>", "<s>", "<eos>", "<|im_end|>", "<end_of_turn>"}
    ids = bench.tokenizer.prompt_ids(Prompt((Text(f"Rome {' '.join(sorted(rules))} Rome"),)))
    unknown = set(bench.tokenizer.token_ids_or_unknown(["no entry of any vocabulary"]))
    assert (bench.tokenizer.special_ids - unknown).isdisjoint(ids)


def test_int8_generates_and_is_smaller(bench: Bench, tmp_path: Path) -> None:
    small = load(bench.card, tmp_path, "ctranslate2", "int8")
    assert small.memory() < bench.engines["ctranslate2"].memory()
    answers = small.generate(bench.prompts, GREEDY)
    assert all(0 < answer.tokens <= GREEDY.max_tokens for answer in answers)


def test_a_converted_model_is_stored_and_verified(bench: Bench) -> None:
    folder = bench.store.converted_folder(bench.card, "float32", fetch=False)
    before = (folder / "model.bin").stat().st_mtime_ns
    assert bench.store.converted_folder(bench.card, "float32") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == before
    bench.store.verify(bench.card)


def test_a_modified_converted_model_is_detected(tmp_path: Path) -> None:
    bench = build(tiny.ALL[0], tmp_path)
    weights = bench.store.converted_folder(bench.card, "float32") / "model.bin"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(Corrupted, match=r"model\.bin"):
        bench.store.verify(bench.card)
    assert bench.store.converted_folder(bench.card, "float32").is_dir()
    bench.store.verify(bench.card)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_cards_stop_tokens_end_an_output(tmp_path: Path, engine: str) -> None:
    kind = next(kind for kind in tiny.ALL if kind.name == "qwen2")
    bench = build(kind, tmp_path)
    words: list[str] = []

    def listen(_index: int, text: str) -> bool:
        words.append(text)
        return False

    answer = bench.engines[engine].generate(bench.prompts[:1], GREEDY, listen)[0]
    at = next(at for at, word in enumerate(words) if word.strip().isalpha() and word not in words[:at])
    (entry,) = bench.tokenizer.tokens(bench.tokenizer.prompt_ids(Prompt((Text(words[at]),))))

    closing = kind.card(tmp_path / kind.name, prompt=kind.prompt | {"stop_tokens": [entry]})
    closed = load(closing, tmp_path / "home", engine).generate(bench.prompts[:1], GREEDY)[0]
    assert (closed.finish, closed.tokens, closed.text) == ("end", at + 1, "".join(words[:at]))
    assert answer.tokens > closed.tokens


def test_a_sliding_window_smaller_than_the_cards_window_is_not_converted(tmp_path: Path) -> None:
    folder = tmp_path / "gemma3"
    folder.mkdir()
    tiny.gemma3(folder, sliding_window=8)
    kind = next(kind for kind in tiny.ALL if kind.name == "gemma3")
    with pytest.raises(LoadFailed, match="its sliding window is 8 tokens") as error:
        load(kind.card(folder), tmp_path / "home", "ctranslate2")
    assert 'engine = "transformers"' in error.value.hint
    assert load(kind.card(folder, window=8), tmp_path / "home", "ctranslate2").window == 8
    assert load(kind.card(folder), tmp_path / "home", "transformers").window == tiny.WINDOW


@pytest.mark.parametrize("name", ["t5", "madlad"])
def test_text_and_template_are_tokenized_as_one(tmp_path: Path, name: str) -> None:
    kind = next(kind for kind in tiny.ALL if kind.name == name)
    bench = build(kind, tmp_path)
    whole = kind.prompt["text"].format(source=kind.codes[0], target=kind.codes[1], text=TEXTS[0])
    assert bench.tokenizer.prompt_ids(bench.prompts[0]) == bench.tokenizer.prompt_ids(
        Prompt((Markup(whole), Tokens(("</s>",))))
    )
