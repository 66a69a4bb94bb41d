"""Runs the blocks of a document in order, and compares the responses in it with the actual ones."""

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
from tests.documents.document import Block
from tests.documents.shape import differences, events
from tests.documents.shell import Shell

COMPARED = ("answer", "output", "events")
"""Info strings of blocks that show the JSON, text or events returned by the previous block."""


class BlockRunner:
    """Runs blocks, after replacing the keys of `replacements` by their values. Raises AssertionError."""

    def __init__(self, shell: Shell, replacements: dict[str, str]) -> None:
        self._shell = shell
        self._replacements = replacements
        self._previous = ""
        self._names: dict[str, Any] = {"__name__": "document"}

    def run(self, block: Block) -> None:
        """Runs a block, or compares it with the output of the previous one."""
        text = block.text
        for old, new in self._replacements.items():
            text = text.replace(old, new)
        getattr(self, f"_{block.info if block.info in COMPARED else block.language}")(text)

    def _sh(self, text: str) -> None:
        self._previous = self._shell.run(text)

    def _python(self, text: str) -> None:
        with patch.dict(os.environ, self._shell.variables):
            exec(compile(text, "document", "exec"), self._names)

    def _js(self, text: str) -> None:
        if node := shutil.which("node"):
            command = [node, "--input-type=module", "--eval", text]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr

    def _answer(self, text: str) -> None:
        wrong = sorted(differences(json.loads(text), json.loads(self._previous)))
        assert not wrong, (wrong, self._previous)

    def _output(self, text: str) -> None:
        assert text.split() == self._previous.split(), self._previous

    def _events(self, text: str) -> None:
        actual = events(self._previous)
        for name, data in events(text):
            candidates = [list(differences(data, other)) for kind, other in actual if kind == name]
            assert [] in candidates, (name, candidates or actual)

    @staticmethod
    def _json(text: str) -> None:
        json.loads(text)

    @staticmethod
    def _toml(text: str) -> None:
        values = tomllib.loads(text)
        if "id" in values:
            ModelCard.model_validate(values)
        else:
            assert values.keys() <= Settings.model_fields.keys(), values.keys()
            Settings(**values)

    @staticmethod
    def _yaml(text: str) -> None:
        assert list(yaml.safe_load_all(text)), "the block is empty"

    @staticmethod
    def _ini(text: str) -> None:
        configparser.RawConfigParser(strict=False).read_string(text)

    @staticmethod
    def _text(text: str) -> None:
        """A diagram: nothing to run."""
