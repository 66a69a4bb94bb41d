"""What people write round a model in an afternoon: one route, one lock, one text at a time.

    python -m benchmarks.peers.plain pipeline FOLDER --port 8001
    python -m benchmarks.peers.plain ctranslate2 FOLDER --port 8001

`pipeline` is `transformers.pipeline` in bfloat16 on a checkpoint; `ctranslate2` is `ctranslate2.Generator` in int8 on a
converted checkpoint. Neither uses Lede.
"""

import argparse
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

Write = Callable[[list[dict[str, str]], int], str]
"""Generates the completion of messages with a maximum number of tokens."""


class GenerateRequest(BaseModel):
    """A conversation to continue."""

    messages: list[dict[str, str]]
    max_tokens: int


def main() -> None:
    """Loads the model and serves it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["pipeline", "ctranslate2"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    write = pipeline(arguments.folder) if arguments.kind == "pipeline" else generator(arguments.folder)
    uvicorn.run(app(write), port=arguments.port, log_config=None)


def app(write: Write) -> FastAPI:
    """Returns an app with one route, which runs in a thread and holds a lock."""
    service, lock = FastAPI(), threading.Lock()

    @service.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @service.post("/generate")
    def generate(ask: GenerateRequest) -> dict[str, str]:
        with lock:
            return {"text": write(ask.messages, ask.max_tokens)}

    return service


def pipeline(folder: Path) -> Write:
    """Loads the checkpoint with transformers."""
    import torch  # noqa: PLC0415 - only one of the two is used
    from transformers import pipeline as make  # noqa: PLC0415

    torch.set_num_threads(os.cpu_count() or 1)
    generate: Any = make("text-generation", model=str(folder), dtype=torch.bfloat16)

    def write(messages: list[dict[str, str]], max_tokens: int) -> str:
        (output,) = generate(messages, max_new_tokens=max_tokens, do_sample=False, return_full_text=False)
        return str(output["generated_text"])

    return write


def generator(folder: Path) -> Write:
    """Loads the converted checkpoint like the examples of CTranslate2."""
    import ctranslate2  # noqa: PLC0415 - only one of the two is used
    from transformers import AutoTokenizer  # noqa: PLC0415

    engine = ctranslate2.Generator(str(folder), compute_type="int8", intra_threads=os.cpu_count() or 1)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder / "tokenizer")

    def write(messages: list[dict[str, str]], max_tokens: int) -> str:
        markup = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        prompt = tokenizer.convert_ids_to_tokens(tokenizer.encode(markup))
        (result,) = engine.generate_batch(
            [prompt], max_length=max_tokens, sampling_topk=1, include_prompt_in_result=False
        )
        return str(tokenizer.decode(result.sequences_ids[0]))

    return write


if __name__ == "__main__":
    main()
