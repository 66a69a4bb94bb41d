"""Small untrained models in the format of their repositories on the hub.

Each has the configuration, weights and tokenizer classes of the large model, so that the same code reads it. The
weights are random with a fixed seed, and the tokenizer is trained on the sample article.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sentencepiece
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M100_CODES
from transformers.models.mbart50.tokenization_mbart50 import FAIRSEQ_LANGUAGE_CODES as MBART50_CODES
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB_CODES

from models.card import ModelCard

ARTICLE = Path(__file__).parents[2] / "examples" / "voa-2016-02-02-coalition.txt"
PIECES = 290
"""Vocabulary size; with single bytes, 256 more."""
WINDOW = 128
SPREAD = 0.35
"""Standard deviation of the weights: large, so that outputs vary and next tokens are not equally likely."""
SEED = 20160202

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>"}
TURNS = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA_TURNS = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>{{ message['role'] }}\n"
    "{{ message['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)

PAIR: dict[str, Any] = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
    "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": WINDOW,
}  # fmt: skip
FAIRSEQ: dict[str, Any] = PAIR | {
    "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2,
}  # fmt: skip
DECODER: dict[str, Any] = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 2 * WINDOW,
}  # fmt: skip


def corpus() -> list[str]:
    """Returns sentences to train a tokenizer on, with accents and another script."""
    lines = [line.strip() for line in ARTICLE.read_text("utf-8").splitlines() if line.strip()]
    return [
        *lines,
        "Où est passé l'été ? Là-bas, déjà.",
        "Ça va très bien, merci à tous.",
        "你好，世界。今天天气很好。",
    ]


@cache
def pieces(kind: str, size: int = PIECES, **options: Any) -> bytes:
    """Returns a sentencepiece model of the corpus; `kind` is `bpe` or `unigram`."""
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
    """Returns a byte-level BPE tokenizer of the corpus."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES + 256, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def save(model: Any, folder: Path, **generation: Any) -> None:
    """Fills every parameter with random values, including biases and norms, and saves the model.

    `generation` are decoding options that are saved with the model, as in many repositories.
    """
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # A norm's scale stays near its initial value (1, or 0 if the model itself adds 1).
            parameter.copy_(parameter + 0.1 * noise if "norm" in name else SPREAD * noise)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(SPREAD * torch.randn(buffer.shape, generator=generator))
        if model.config.model_type == "marian":
            # Decoding starts with padding, which has a zero embedding in every model of the family. Without a bias,
            # padding would then be the likeliest next token.
            pad = model.config.pad_token_id
            model.get_input_embeddings().weight[pad] = 0
            model.final_logits_bias -= 9
            model.final_logits_bias[0, pad] = 0
    for name, value in generation.items():
        setattr(model.generation_config, name, value)
    model.eval().save_pretrained(folder)


def marian(folder: Path) -> None:
    """Helsinki-NLP/opus-mt: two sentencepiece models over one vocabulary, padding its last entry."""
    model = pieces("unigram")
    (folder / "source.spm").write_bytes(model)
    (folder / "target.spm").write_bytes(model)
    entries = ["</s>", "<unk>", ">>cmn_Hans<<", ">>cmn_Hant<<", *_names(model)[3:], "<pad>"]
    _json(folder, "vocab.json", {entry: index for index, entry in enumerate(entries)})
    _json(folder, "tokenizer_config.json", {"source_lang": "eng", "target_lang": "zho"})
    pad = len(entries) - 1
    config = transformers.MarianConfig(
        vocab_size=len(entries), activation_function="swish", scale_embedding=True, pad_token_id=pad, eos_token_id=0,
        bos_token_id=None, decoder_start_token_id=pad, **PAIR,
    )  # fmt: skip
    save(transformers.MarianMTModel(config), folder, num_beams=6, bad_words_ids=[[pad]], forced_eos_token_id=0)


def m2m100(folder: Path) -> None:
    """facebook/m2m100: the language codes are not in vocab.json, and some rows have no vocabulary entry."""
    model = pieces("bpe")
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    entries = ["<s>", "<pad>", "</s>", "<unk>", *_names(model)[3:]]
    _json(folder, "vocab.json", {entry: index for index, entry in enumerate(entries)})
    codes = [f"__{code}__" for code in M2M100_CODES["m2m100"]]
    _json(folder, "special_tokens_map.json", SPECIAL | {"additional_special_tokens": codes})
    _json(folder, "tokenizer_config.json", SPECIAL | {"tokenizer_class": "M2M100Tokenizer", "num_madeup_words": 8})
    config = transformers.M2M100Config(
        vocab_size=len(entries) + len(codes) + 8, activation_function="relu", scale_embedding=True, **FAIRSEQ
    )
    save(transformers.M2M100ForConditionalGeneration(config), folder, num_beams=5, max_length=200)


def nllb(folder: Path) -> None:
    """facebook/nllb-200: the same architecture with a tokenizer.json, in which the codes are added tokens."""
    (folder / "sentencepiece.bpe.model").write_bytes(pieces("bpe"))
    tokenizer = transformers.NllbTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([AddedToken(code, special=True) for code in NLLB_CODES])
    tokenizer.save_pretrained(folder)
    config = transformers.M2M100Config(
        vocab_size=len(tokenizer) + 2, activation_function="relu", scale_embedding=True, **FAIRSEQ
    )
    save(transformers.M2M100ForConditionalGeneration(config), folder, max_length=200)


def mbart50(folder: Path) -> None:
    """facebook/mbart-large-50: a sentencepiece model and no tokenizer.json."""
    (folder / "sentencepiece.bpe.model").write_bytes(pieces("unigram"))
    _json(folder, "special_tokens_map.json", SPECIAL | {"cls_token": "<s>", "additional_special_tokens": MBART50_CODES})
    _json(folder, "tokenizer_config.json", {"tokenizer_class": "MBart50Tokenizer", "src_lang": None, "tgt_lang": None})
    rows = PIECES + 1 + len(MBART50_CODES) + 1  # padding before the pieces, and the mask after the codes
    config = transformers.MBartConfig(vocab_size=rows, activation_function="relu", scale_embedding=True, **FAIRSEQ)
    save(transformers.MBartForConditionalGeneration(config), folder, num_beams=5, forced_eos_token_id=2)


def bart(folder: Path) -> None:
    """facebook/bart-large-cnn: byte-level BPE as vocab.json and merges.txt, and no tokenizer_config.json."""
    tokenizer = byte_pairs(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.model.save(str(folder))
    config = transformers.BartConfig(
        vocab_size=tokenizer.get_vocab_size(), activation_function="gelu", scale_embedding=False, **FAIRSEQ
    )
    save(transformers.BartForConditionalGeneration(config), folder, num_beams=4, no_repeat_ngram_size=3,
         min_length=20, max_length=40, forced_bos_token_id=0, forced_eos_token_id=2)  # fmt: skip


def t5(folder: Path) -> None:
    """google/t5: tied input and output matrices, with a scaled output."""
    config = _t5(folder, transformers.T5Config, sentinels=100, feed_forward_proj="relu")
    save(transformers.T5ForConditionalGeneration(config), folder)


def madlad(folder: Path) -> None:
    """google/madlad400: T5 with a separate, unscaled output matrix, and codes in the vocabulary."""
    config = _t5(folder, transformers.T5Config, feed_forward_proj="gated-gelu", tie_word_embeddings=False)
    _save_untied(transformers.T5ForConditionalGeneration(config), folder)


def mt5(folder: Path) -> None:
    """csebuetnlp/mT5_multilingual_XLSum: like MADLAD, with another class."""
    config = _t5(folder, transformers.MT5Config, feed_forward_proj="gated-gelu", tie_word_embeddings=False)
    _save_untied(transformers.MT5ForConditionalGeneration(config), folder)


def qwen2(folder: Path) -> None:
    """Qwen/Qwen2.5: byte-level BPE, a chat template, and more rows than vocabulary entries."""
    backend: Any = transformers.PreTrainedTokenizerFast
    tokenizer = backend(
        tokenizer_object=byte_pairs(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]), eos_token="<|im_end|>",
        pad_token="<|endoftext|>", additional_special_tokens=["<|im_start|>", "<|im_end|>"],
    )  # fmt: skip
    tokenizer.chat_template = TURNS
    tokenizer.save_pretrained(folder)
    save(transformers.Qwen2ForCausalLM(qwen2_config(len(tokenizer) + 8)), folder, repetition_penalty=1.1)


def qwen2_config(rows: int) -> transformers.Qwen2Config:
    """Returns the configuration of the tiny Qwen2."""
    return transformers.Qwen2Config(
        vocab_size=rows, tie_word_embeddings=True, eos_token_id=2, pad_token_id=0, bos_token_id=0, **DECODER
    )


def llama(folder: Path) -> None:
    """A Llama with a sentencepiece model with byte fallback."""
    model = pieces("bpe", PIECES + 256, byte_fallback=True, user_defined_symbols="<|im_start|>,<|im_end|>")
    (folder / "tokenizer.model").write_bytes(model)
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>"}
    _json(folder, "tokenizer_config.json", special | {"tokenizer_class": "LlamaTokenizer", "chat_template": TURNS})
    config = transformers.LlamaConfig(
        vocab_size=PIECES + 256, bos_token_id=1, eos_token_id=2, pad_token_id=2, tie_word_embeddings=False, **DECODER
    )
    save(transformers.LlamaForCausalLM(config), folder, do_sample=True, temperature=0.6)


def gemma3(folder: Path, sliding_window: int = WINDOW) -> None:
    """google/gemma-3: alternating local and global attention, and an end of turn that is not EOS."""
    model = pieces(
        "bpe", PIECES + 256, byte_fallback=True, pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>",
        eos_piece="<eos>", bos_piece="<bos>", user_defined_symbols="<mask>,<start_of_turn>,<end_of_turn>",
        add_dummy_prefix=False, remove_extra_whitespaces=False, normalization_rule_name="identity",
    )  # fmt: skip
    (folder / "tokenizer.model").write_bytes(model)
    special = {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>"}
    template = {"tokenizer_class": "GemmaTokenizer", "chat_template": GEMMA_TURNS}
    _json(folder, "tokenizer_config.json", special | template)
    config = transformers.Gemma3TextConfig(
        vocab_size=PIECES + 256, head_dim=16, query_pre_attn_scalar=16, sliding_window=sliding_window,
        layer_types=["sliding_attention", "full_attention"], eos_token_id=[1, 6], pad_token_id=0, bos_token_id=2,
        **DECODER,
    )  # fmt: skip
    save(transformers.Gemma3ForCausalLM(config), folder, do_sample=True, top_k=64)


@dataclass(frozen=True)
class Tiny:
    """A model to build, and its prompt for translation from English to French."""

    name: str
    build: Callable[[Path], None]
    prompt: dict[str, Any]
    codes: tuple[str, str] = ("English", "French")

    def card(self, folder: Path, **changes: Any) -> ModelCard:
        """Returns a card whose source is the folder that the model was built in."""
        card = {
            "id": f"tiny/{self.name}",
            "title": "A model for tests",
            "licence": "CC0-1.0",
            "commercial_use": True,
            "tasks": ["translate"],
            "architecture": "decoder" if self.prompt["style"] == "chat" else "encoder-decoder",
            "parameters": 50_000,
            "download": 1,
            "memory": 1,
            "window": WINDOW,
            "sources": {"folder": str(folder)},
            "languages": dict(zip(("en", "fr"), self.codes, strict=True)),
            "prompt": self.prompt,
        }
        return ModelCard.model_validate(card | changes)


CODES_ROUND = {"style": "tokens", "before": ["{source}"], "prefix": ["{target}"]}
CHAT = {"style": "chat", "system": "Be brief.", "turns": {"translate": "{text}\n\nPut it into {target}."}}
ALL = (
    Tiny("marian", marian, {"style": "tokens", "before": [">>{target}<<"]}, ("eng", "cmn_Hans")),
    Tiny("m2m100", m2m100, {"style": "tokens", "before": ["__{source}__"], "prefix": ["__{target}__"]}, ("en", "fr")),
    Tiny("nllb", nllb, CODES_ROUND, ("eng_Latn", "fra_Latn")),
    Tiny("mbart50", mbart50, CODES_ROUND, ("en_XX", "fr_XX")),
    Tiny("bart", bart, {"style": "tokens", "before": ["<s>"], "prefix": ["<s>"]}),
    Tiny("t5", t5, {"style": "tokens", "text": "translate {source} to {target}: {text}"}),
    Tiny("madlad", madlad, {"style": "tokens", "text": "<2{target}> {text}"}, ("en", "fr")),
    Tiny("mt5", mt5, {"style": "tokens"}),
    Tiny("qwen2", qwen2, CHAT),
    Tiny("llama", llama, CHAT),
    Tiny("gemma3", gemma3, CHAT | {"system": "", "stop_tokens": ["<end_of_turn>"]}),
)


def _json(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _names(model: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def _t5(folder: Path, config: type, sentinels: int = 0, **options: Any) -> Any:
    symbols = "<2en>,<2fr>,<2zh>"
    (folder / "spiece.model").write_bytes(
        pieces("unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, user_defined_symbols=symbols)
    )
    _json(folder, "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": sentinels})
    return config(
        vocab_size=PIECES + sentinels + 12,  # more rows than entries, as in the large models
        d_model=32, d_kv=8, d_ff=64, num_layers=2, num_decoder_layers=2, num_heads=4,
        relative_attention_num_buckets=8, relative_attention_max_distance=16, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0, **options,
    )  # fmt: skip


def _save_untied(model: Any, folder: Path) -> None:
    # A new model of either class is always tied; the repositories' weights are not.
    model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    model.all_tied_weights_keys = {
        target: source for target, source in model.all_tied_weights_keys.items() if target != "lm_head.weight"
    }
    save(model, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    _json(folder, "config.json", config | {"tie_word_embeddings": False})
