"""Converting a GGUF file to CTranslate2: the same model that transformers reads from the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import transformers
from tokenizers import Tokenizer as Fast

from models.card import ModelCard
from models.conversion.gguf import quantize
from models.errors import LoadFailed
from models.loading import Loader
from models.prompts import render
from models.protocol import Decoding, Engine
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import Tokenizer
from tests.models import tiny

GREEDY = Decoding(max_tokens=24)
KIND = next(kind for kind in tiny.ALL if kind.name == "qwen2")
WIDTH = 256  # the length of a K-quantized block, and the minimum length of a row
FEED = 512
TEXTS = ("The coalition met in Rome.", "Forty percent is lost, officials say.", "Là-bas, 你好 déjà")


def floats(values: np.ndarray) -> tuple[np.ndarray, Any]:
    return values, gguf.GGMLQuantizationType.F32


def eight_bits(values: np.ndarray) -> tuple[np.ndarray, Any]:
    if values.ndim == 1:
        return floats(values)
    kind = gguf.GGMLQuantizationType.Q8_0
    return gguf.quantize(values, kind), kind


def four_bits(values: np.ndarray) -> tuple[np.ndarray, Any]:
    """Blocks of Q4_K with random contents, for the library only reads them: two scales, 12 bytes, 128 of nibbles."""
    if values.ndim == 1:
        return floats(values)
    rows, columns = values.shape
    random = np.random.default_rng(rows * columns)
    blocks = random.integers(0, 256, (rows, columns // 256, 144), dtype=np.uint8)
    # A value is scale x nibble - minimum, each with up to 63 steps: these two centre the values around zero.
    blocks[..., :4] = np.frombuffer(np.array([0.0008, 0.006], np.float16).tobytes(), np.uint8)
    return blocks.reshape(rows, -1), gguf.GGMLQuantizationType.Q4_K


def write(folder: Path, encode: Callable[[np.ndarray], tuple[np.ndarray, Any]], architecture: str = "qwen2") -> Path:
    """Writes a Qwen2 of two layers to one file, as llama.cpp's converter does."""
    hub = folder / "hub"
    hub.mkdir()
    tiny.qwen2(hub)
    fast = Fast.from_file(str(hub / "tokenizer.json"))
    config = transformers.Qwen2Config(
        vocab_size=fast.get_vocab_size(), hidden_size=WIDTH, intermediate_size=FEED, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True,
    )  # fmt: skip
    path = folder / "tiny.gguf"
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(tiny.WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED)
    writer.add_block_count(2)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    _describe_tokens(writer, hub, fast)
    random = np.random.default_rng(tiny.SEED)
    state = transformers.Qwen2ForCausalLM(config).state_dict()
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, 2)
    for name, tensor in state.items():
        if name == "lm_head.weight":  # tied: the file contains the matrix once
            continue
        noise = random.standard_normal(tuple(tensor.shape)).astype(np.float32)
        data, kind = encode(1 + 0.1 * noise if "norm" in name else 0.06 * noise)
        gguf_name = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert gguf_name, name
        writer.add_tensor(gguf_name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe_tokens(writer: gguf.GGUFWriter, hub: Path, fast: Fast) -> None:
    vocabulary = fast.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    control = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    kinds = [gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL for token in tokens]
    writer.add_token_types(kinds)
    fast.model.save(str(hub))
    writer.add_token_merges((hub / "merges.txt").read_text("utf-8").splitlines()[1:])
    writer.add_eos_token_id(vocabulary["<|im_end|>"])
    writer.add_pad_token_id(vocabulary["<|endoftext|>"])
    writer.add_bos_token_id(vocabulary["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(tiny.TURNS)


def card(path: Path) -> ModelCard:
    return KIND.card(path.parent, files=[{"name": path.name}])


def load(model_card: ModelCard, home: Path, engine: str, quantization: str) -> Engine:
    settings = ModelSettings.model_validate(
        {"home": home, "engine": engine, "quantization": quantization, "device": "cpu", "threads": 2}
    )
    if engine == "ctranslate2":
        Store(home).converted_folder(model_card, quantization)
    return Loader(settings)(model_card).engine


def answers(
    path: Path, engine: str, quantization: str = "float32", model_card: ModelCard | None = None
) -> list[tuple[str, int, str]]:
    tokenizer = Tokenizer(path.parent, gguf=path.name)
    prompts = [render(card(path), tokenizer.chat, "translate", text, source="en", target="fr") for text in TEXTS]
    loaded = load(model_card or card(path), path.parent / "home", engine, quantization)
    return [(answer.text, answer.tokens, answer.finish) for answer in loaded.generate(prompts, GREEDY)]


@pytest.mark.parametrize("encode", [floats, eight_bits, four_bits])
def test_a_converted_file_matches_transformers(
    tmp_path: Path, encode: Callable[[np.ndarray], tuple[np.ndarray, Any]]
) -> None:
    path = write(tmp_path, encode)
    direct = answers(path, "ctranslate2")
    assert direct == answers(path, "transformers")
    assert any(len(set(text)) > 3 for text, _, _ in direct)


def test_int8_matches_ctranslate2s_quantization(tmp_path: Path) -> None:
    path = write(tmp_path, eight_bits)
    loaded = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name, dtype="float32")
    settings = loaded.config.to_dict()
    settings.pop("quantization_config")
    plain = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**settings))
    plain.load_state_dict(loaded.state_dict())
    plain.save_pretrained(tmp_path / "plain")
    transformers.AutoTokenizer.from_pretrained(tmp_path, gguf_file=path.name).save_pretrained(tmp_path / "plain")
    usual = KIND.card(tmp_path / "plain", id="tiny/plain")
    assert answers(path, "ctranslate2", "int8") == answers(path, "ctranslate2", "int8", usual)


def test_rows_are_quantized_with_a_scale_each() -> None:
    rows = np.array([[0.5, -1.0, 0.25], [0.0, 0.0, 0.0]], np.float32)
    integers, scales = quantize(rows)
    assert integers.tolist() == [[64, -127, 32], [0, 0, 0]]
    assert scales.tolist() == [127, 1]


def test_another_architecture_is_rejected_with_a_hint(tmp_path: Path) -> None:
    path = write(tmp_path, floats, architecture="qwen3")
    with pytest.raises(LoadFailed, match="the architecture 'qwen3' is not supported") as error:
        load(card(path), tmp_path / "home", "ctranslate2", "int8")
    assert "transformers" in error.value.hint
