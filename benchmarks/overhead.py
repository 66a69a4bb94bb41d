"""Measures Lede's overhead: tokens per second over HTTP relative to CTranslate2 alone, on the same prompts.

    python -m benchmarks.overhead

The two alternate in rounds, so that a machine that slows down affects both. The comparison passes the same token lists
in the same batches to `ctranslate2.Generator`.
"""

import argparse
import os
import statistics
import threading
import time
from typing import Any

import ctranslate2
import httpx2
import uvicorn

from models.card import ModelCard
from models.loading import Loader, open_catalogue
from models.prompts import render
from models.store import Store
from models.tokenizer import FOLDER, Tokenizer
from service.app import create_app
from service.settings import Settings
from summarizer.reading import sentences
from summarizer.translating.attempts import EXTRA_TOKENS, MAX_GROWTH
from summarizer.translating.translate import BATCH_SENTENCES

TEXT = (
    "The city opened its new tram line on Monday. The line is twelve kilometres long and has nineteen stations. "
    "The mayor said that the works had cost 310 million euros. Shopkeepers along the avenue asked for "
    "compensation. The opposition called for an independent audit. Engineers found old pipes that were on no map."
    " The region will pay half of the extra cost. Night buses will run until December. Some 45,000 passengers are"
    " expected every day. Tickets stay at their price until the end of the year. The second line is planned for "
    "2027. Residents were invited to a meeting on Thursday. The depot stands behind the railway station. Drivers "
    "were trained for six months. The first tram left at five in the morning. It was full."
)


def main() -> None:
    """Prints one line for each round, and the median of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    settings = Settings(cache_seconds=0, translation_memory_bytes=0)  # each round is generated again
    card = open_catalogue(settings)[settings.model]
    Loader(settings).prepare(card)
    folder = Store(settings.home).converted_folder(card, "int8", fetch=False)
    generator = ctranslate2.Generator(str(folder), compute_type="int8", intra_threads=os.cpu_count() or 1)
    tokenizer = Tokenizer(folder / FOLDER, stop_tokens=("<|endoftext|>",))
    address = serve(create_app(settings))
    through_lede(address)
    through_engine(generator, tokenizer, card)
    ratios = []
    for number in range(1, rounds + 1):
        ours, theirs = through_lede(address), through_engine(generator, tokenizer, card)
        ratios.append(theirs[0] / ours[0])
        print(f"round {number}: Lede {ours[0]:.2f} s, engine {theirs[0]:.2f} s ({theirs[1] / theirs[0]:.1f} tokens/s)")
    print(f"tokens/s of Lede relative to the engine: {statistics.median(ratios):.3f} (median of {rounds} rounds)")


def serve(app: Any) -> str:
    """Serves the app on a free loopback port until the process ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"


def through_lede(address: str) -> tuple[float, str]:
    """Returns the seconds of one translation request, and its text."""
    body = {"text": TEXT, "source_language": "en", "target_language": "fr"}
    started = time.perf_counter()
    answer = httpx2.post(f"{address}/v1/translations", json=body, timeout=600)
    seconds = time.perf_counter() - started
    return seconds, answer.json()["translations"][0]["text"]


def through_engine(generator: ctranslate2.Generator, tokenizer: Tokenizer, card: ModelCard) -> tuple[float, int]:
    """Returns the seconds and tokens of the same prompts through CTranslate2, without tokenization."""
    texts = [sentence.text for sentence in sentences(TEXT, "en")]
    prompts = [render(card, tokenizer.chat, "translate", text, source="en", target="fr") for text in texts]
    lists = [tokenizer.tokens(tokenizer.prompt_ids(prompt)) for prompt in prompts]
    longest = max(tokenizer.count(text) for text in texts) * MAX_GROWTH + EXTRA_TOKENS
    tokens = 0
    started = time.perf_counter()
    for first in range(0, len(lists), BATCH_SENTENCES):
        results = generator.generate_batch(
            lists[first : first + BATCH_SENTENCES],
            include_prompt_in_result=False,
            max_length=longest,
            end_token=list(tokenizer.stop_tokens),
        )
        tokens += sum(len(result.sequences_ids[0]) for result in results)
    return time.perf_counter() - started, tokens


if __name__ == "__main__":
    main()
