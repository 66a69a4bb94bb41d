"""Real models, small and untrained, laid out as their repositories on the hub are.

Each has the configuration, weights and tokenizer classes of the model it stands for, so everything that reads the
large one reads it: the weights are random from a fixed seed, and the tokenizer is trained on the sample article.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M100_CODES

from models.card import ModelCard

ARTICLE = Path(__file__).parents[2] / "examples" / "voa-2016-02-02-coalition.txt"
PIECES = 290
SPREAD = 0.15
"""Standard deviation of the weights: wide enough that no two entries of the vocabulary are about equally likely."""

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>{{ message['role'] }}\n"
    "{{ message['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)


def corpus() -> list[str]:
    """Sentences to train a tokenizer on, with accents and another script among them."""
    lines = [line.strip() for line in ARTICLE.read_text("utf-8").splitlines() if line.strip()]
    return [*lines, "Où est passé l'été ? Là-bas, déjà.", "Ça va très bien, merci à tous.", "你好，世界。今天天气很好。"]


@cache
def sentencepiece_model(kind: str, size: int = PIECES, **options: Any) -> bytes:
    """A sentencepiece model of the corpus; `kind` is `bpe` or `unigram`."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()),
        model_writer=model,
        model_type=kind,
        vocab_size=size,
        character_coverage=1.0,
        minloglevel=2,
        **options,
    )
    return model.getvalue()


def byte_pairs(special: list[str]) -> Tokenizer:
    """A byte-level BPE tokenizer of the corpus."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=PIECES, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def weights(model: Any, folder: Path) -> None:
    """Fills every parameter at random, biases and norms included, and writes the model."""
    generator = torch.Generator().manual_seed(20160202)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # A norm's scale stays near where it was (1, or 0 where the model adds 1 itself).
            parameter.copy_(parameter + 0.1 * noise if "norm" in name else SPREAD * noise)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(SPREAD * torch.randn(buffer.shape, generator=generator))
    model.eval().save_pretrained(folder)


def _json(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _pieces(model: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def marian(folder: Path) -> None:
    model = sentencepiece_model("unigram")
    (folder / "source.spm").write_bytes(model)
    (folder / "target.spm").write_bytes(model)
    entries = ["</s>", "<unk>", ">>cmn_Hans<<", ">>cmn_Hant<<", *_pieces(model)[3:], "<pad>"]
    _json(folder, "vocab.json", {entry: index for index, entry in enumerate(entries)})
    _json(folder, "tokenizer_config.json", {"source_lang": "eng", "target_lang": "zho"})
    pad = len(entries) - 1
    config = transformers.MarianConfig(
        vocab_size=len(entries), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128,
        activation_function="swish", scale_embedding=True, static_position_embeddings=True, normalize_before=False,
        add_bias_logits=True, normalize_embedding=False, pad_token_id=pad, eos_token_id=0, bos_token_id=None,
        decoder_start_token_id=pad, forced_eos_token_id=0, bad_words_ids=[[pad]], num_beams=6, max_length=512,
    )  # fmt: skip
    weights(transformers.MarianMTModel(config), folder)


def _m2m100_config(entries: int) -> transformers.M2M100Config:
    return transformers.M2M100Config(
        vocab_size=entries, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128,
        activation_function="relu", scale_embedding=True, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        decoder_start_token_id=2, num_beams=5, max_length=200,
    )  # fmt: skip


def m2m100(folder: Path) -> None:
    model = sentencepiece_model("bpe")
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    entries = ["<s>", "<pad>", "</s>", "<unk>", *_pieces(model)[3:]]
    _json(folder, "vocab.json", {entry: index for index, entry in enumerate(entries)})
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>"}
    codes = [f"__{code}__" for code in M2M100_CODES["m2m100"]]
    _json(folder, "special_tokens_map.json", special | {"additional_special_tokens": codes})
    _json(folder, "tokenizer_config.json", special | {"tokenizer_class": "M2M100Tokenizer", "num_madeup_words": 8})
    weights(transformers.M2M100ForConditionalGeneration(_m2m100_config(len(entries) + len(codes) + 8)), folder)


def nllb(folder: Path) -> None:
    (folder / "sentencepiece.bpe.model").write_bytes(sentencepiece_model("bpe"))
    _json(folder, "tokenizer_config.json", {"tokenizer_class": "NllbTokenizer", "src_lang": None, "tgt_lang": None})
    # Two rows more than entries, as the large model has.
    _json(folder, "config.json", {"model_type": "m2m_100"})
    entries = len(transformers.AutoTokenizer.from_pretrained(folder))
    weights(transformers.M2M100ForConditionalGeneration(_m2m100_config(entries + 2)), folder)


def mbart50(folder: Path) -> None:
    (folder / "sentencepiece.bpe.model").write_bytes(sentencepiece_model("unigram"))
    _json(folder, "tokenizer_config.json", {"tokenizer_class": "MBart50Tokenizer", "src_lang": None, "tgt_lang": None})
    config = transformers.MBartConfig(
        vocab_size=3 + PIECES - 3 + 1 + 52 + 1, d_model=32, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64,
        max_position_embeddings=128, activation_function="relu", scale_embedding=True, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2, num_beams=5, max_length=200,
        tokenizer_class="MBart50Tokenizer",
    )  # fmt: skip
    weights(transformers.MBartForConditionalGeneration(config), folder)


def _t5(folder: Path, config: type, model: type, tie: bool, **options: Any) -> None:  # noqa: FBT001
    spm = sentencepiece_model(
        "unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, user_defined_symbols="<2en>,<2fr>,<2zh>"
    )
    (folder / "spiece.model").write_bytes(spm)
    _json(folder, "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": 0})
    shape = config(
        vocab_size=PIECES + 12, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_decoder_layers=2, num_heads=4,
        relative_attention_num_buckets=8, relative_attention_max_distance=16, dropout_rate=0.0, pad_token_id=0,
        eos_token_id=1, decoder_start_token_id=0, tie_word_embeddings=tie, **options,
    )  # fmt: skip
    weights(model(shape), folder)


def t5(folder: Path) -> None:
    _t5(folder, transformers.T5Config, transformers.T5ForConditionalGeneration, tie=True, feed_forward_proj="relu")


def madlad(folder: Path) -> None:
    _t5(folder, transformers.T5Config, transformers.T5ForConditionalGeneration, tie=False,
        feed_forward_proj="gated-gelu")  # fmt: skip


def mt5(folder: Path) -> None:
    _t5(folder, transformers.MT5Config, transformers.MT5ForConditionalGeneration, tie=False,
        feed_forward_proj="gated-gelu")  # fmt: skip


def bart(folder: Path) -> None:
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    byte_pairs(special).model.save(str(folder))
    config = transformers.BartConfig(
        vocab_size=PIECES, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128,
        activation_function="gelu", pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2,
        forced_bos_token_id=0, forced_eos_token_id=2, num_beams=4, no_repeat_ngram_size=3, min_length=20, max_length=40,
    )  # fmt: skip
    weights(transformers.BartForConditionalGeneration(config), folder)


def qwen2(folder: Path) -> None:
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_pairs(special), eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    config = transformers.Qwen2Config(
        vocab_size=PIECES + 8, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True, eos_token_id=2, pad_token_id=0,
        bos_token_id=0,
    )  # fmt: skip
    weights(transformers.Qwen2ForCausalLM(config), folder)


def llama(folder: Path) -> None:
    spm = sentencepiece_model("bpe", PIECES + 256, byte_fallback=True, user_defined_symbols="<|im_start|>,<|im_end|>")
    (folder / "tokenizer.model").write_bytes(spm)
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>"}
    settings = {"tokenizer_class": "LlamaTokenizer", "chat_template": CHAT_TEMPLATE}
    _json(folder, "tokenizer_config.json", special | settings)
    config = transformers.LlamaConfig(
        vocab_size=PIECES + 256, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, bos_token_id=1, eos_token_id=2, pad_token_id=2,
        tie_word_embeddings=False,
    )  # fmt: skip
    weights(transformers.LlamaForCausalLM(config), folder)


def gemma3(folder: Path) -> None:
    spm = sentencepiece_model(
        "bpe", PIECES + 256, byte_fallback=True, pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>",
        eos_piece="<eos>", bos_piece="<bos>", user_defined_symbols="<mask>,<start_of_turn>,<end_of_turn>",
        add_dummy_prefix=False, remove_extra_whitespaces=False, normalization_rule_name="identity",
    )  # fmt: skip
    (folder / "tokenizer.model").write_bytes(spm)
    special = {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>"}
    settings = {"tokenizer_class": "GemmaTokenizer", "chat_template": GEMMA_TEMPLATE}
    _json(folder, "tokenizer_config.json", special | settings)
    config = transformers.Gemma3TextConfig(
        vocab_size=PIECES + 256, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, head_dim=16, query_pre_attn_scalar=16, sliding_window=8, max_position_embeddings=256,
        layer_types=["sliding_attention", "full_attention"], eos_token_id=[1, 6], pad_token_id=0, bos_token_id=2,
    )  # fmt: skip
    weights(transformers.Gemma3ForCausalLM(config), folder)


@dataclass(frozen=True)
class Tiny:
    """A model to build, and how its card asks it."""

    name: str
    build: Callable[[Path], None]
    prompt: dict[str, Any]
    languages: dict[str, str] = field(default_factory=lambda: {"en": "English", "fr": "French"})

    def card(self, folder: Path, **changes: Any) -> ModelCard:
        """A card whose source is the folder that the model was built in."""
        chat = self.prompt["style"] == "chat"
        return ModelCard.model_validate(
            {
                "id": f"tiny/{self.name}",
                "title": "A model for tests",
                "licence": "CC0-1.0",
                "commercial_use": True,
                "tasks": ["translate"],
                "architecture": "decoder" if chat else "encoder-decoder",
                "parameters": 50_000,
                "download": 1,
                "memory": 1,
                "window": 128,
                "sources": {"folder": str(folder)},
                "languages": self.languages,
                "prompt": self.prompt,
            }
            | changes
        )


CHAT = {"style": "chat", "system": "Be brief.", "turns": {"translate": "{text}\n\nPut it into {target}."}}
ALL = (
    Tiny("marian", marian, {"style": "tokens", "before": [">>{target}<<"]}, {"en": "eng", "fr": "cmn_Hans"}),
    Tiny("m2m100", m2m100, {"style": "tokens", "before": ["__{source}__"], "prefix": ["__{target}__"]},
         {"en": "en", "fr": "fr", "de": "de"}),
    Tiny("nllb", nllb, {"style": "tokens", "before": ["{source}"], "prefix": ["{target}"]},
         {"en": "eng_Latn", "fr": "fra_Latn", "de": "deu_Latn"}),
    Tiny("mbart50", mbart50, {"style": "tokens", "before": ["{source}"], "prefix": ["{target}"]},
         {"en": "en_XX", "fr": "fr_XX", "de": "de_DE"}),
    Tiny("t5", t5, {"style": "tokens", "text": "translate {source} to {target}: {text}"}),
    Tiny("madlad", madlad, {"style": "tokens", "text": "<2{target}> {text}"}, {"en": "en", "fr": "fr"}),
    Tiny("mt5", mt5, {"style": "tokens"}),
    Tiny("bart", bart, {"style": "tokens", "before": ["<s>"], "prefix": ["<s>"]}),
    Tiny("qwen2", qwen2, CHAT),
    Tiny("llama", llama, CHAT),
    Tiny("gemma3", gemma3, CHAT | {"system": "", "ends": ["<end_of_turn>"]}),
)  # fmt: skip
