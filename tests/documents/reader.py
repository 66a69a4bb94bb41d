"""Somebody who does all that a document says, from its first block to its last."""

import configparser
import json
import os
import shutil
import subprocess
import tomllib
from typing import Any
from unittest.mock import patch

import yaml

from models.card import ModelCard
from service.settings import Settings
from tests.documents.page import Block
from tests.documents.shape import differences, events
from tests.documents.shell import Shell

COMPARED = ("answer", "output", "events")
"""Words behind a block's language that say what it shows: the JSON, the text, or the events that the last one gave."""


class Reader:
    """Runs blocks, in which each of `places` stands for an address on loopback. Raises AssertionError."""

    def __init__(self, shell: Shell, places: dict[str, str]) -> None:
        self._shell = shell
        self._places = places
        self._given = ""
        self._names: dict[str, Any] = {"__name__": "document"}

    def read(self, block: Block) -> None:
        """Runs a block, or compares it with what the one before it gave."""
        text = block.text
        for place, here in self._places.items():
            text = text.replace(place, here)
        getattr(self, f"_{block.info if block.info in COMPARED else block.language}")(text)

    def _sh(self, text: str) -> None:
        self._given = self._shell.run(text)

    def _python(self, text: str) -> None:
        with patch.dict(os.environ, self._shell.variables):
            exec(compile(text, "document", "exec"), self._names)

    def _js(self, text: str) -> None:
        if node := shutil.which("node"):
            command = [node, "--input-type=module", "--eval", text]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr

    def _answer(self, text: str) -> None:
        wrong = sorted(differences(json.loads(text), json.loads(self._given)))
        assert not wrong, (wrong, self._given)

    def _output(self, text: str) -> None:
        assert text.split() == self._given.split(), self._given

    def _events(self, text: str) -> None:
        given = events(self._given)
        for name, data in events(text):
            alike = [list(differences(data, other)) for kind, other in given if kind == name]
            assert [] in alike, (name, alike or given)

    @staticmethod
    def _json(text: str) -> None:
        json.loads(text)

    @staticmethod
    def _toml(text: str) -> None:
        found = tomllib.loads(text)
        if "id" in found:
            ModelCard.model_validate(found)
        else:
            assert found.keys() <= Settings.model_fields.keys(), found.keys()
            Settings(**found)

    @staticmethod
    def _yaml(text: str) -> None:
        assert list(yaml.safe_load_all(text)), "nothing in it"

    @staticmethod
    def _ini(text: str) -> None:
        configparser.RawConfigParser(strict=False).read_string(text)

    @staticmethod
    def _text(text: str) -> None:
        """A drawing in letters: there is nothing to run."""
