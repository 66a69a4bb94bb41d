"""`lede serve` in a process, with the deterministic engine, which writes once a file exists."""

import sys
import time
from functools import partial
from pathlib import Path

from models.engines.fake import FakeEngine
from models.protocol import Prompt
from models.settings import ModelSettings
from service import cli
from service.app import create_app
from summarizer.desk import Desk
from tests.desk import LEAD, answer_prompt, card, pool

GO = Path(sys.argv[1])


def answer(prompt: Prompt) -> str:
    while not GO.exists():
        time.sleep(0.01)
    return answer_prompt(prompt)


# Loads the data of a first translation here, before twelve clients need it at the same time.
Desk(pool(), ModelSettings(model=card().id, preload=False)).translate(LEAD, "fr")
vars(cli)["create_app"] = partial(create_app, pool=pool(FakeEngine(answer=answer, window=2048)))
cli.app(["serve", "--port", "0"])
