"""The command line: results on stdout, everything else on stderr, and the exit codes."""

import _thread
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.engines.fake import FakeEngine
from models.errors import TransferFailed
from models.settings import ModelSettings
from service.cli import app
from summarizer import cli
from summarizer.desk import Desk
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, answer_prompt, pool

run = CliRunner()


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine(answer=answer_prompt, window=2048)
    desk = Desk(pool(engine), ModelSettings(model=MODEL))
    monkeypatch.setattr(cli, "Desk", lambda **_: desk)
    return engine


@pytest.mark.parametrize("command", ["summarise", "summarize"])
def test_summarise_a_file(tmp_path: Path, command: str):
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    result = run.invoke(app, [command, str(tmp_path / "a.txt")])
    assert (result.exit_code, result.stdout) == (0, f"{LEAD} {FIGURES}\n")


def test_summarise_standard_input():
    result = run.invoke(app, ["summarise", "-", "--max-sentences", "1"], input=ARTICLE)
    assert result.stdout == f"{LEAD}\n"


def test_summarise_a_page(tmp_path: Path):
    page = f"<article><h1>Allies</h1><p>{LEAD}</p><p>{FIGURES}</p></article>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    assert LEAD in run.invoke(app, ["summarise", str(tmp_path / "a.html")]).stdout


def test_translate_an_argument():
    result = run.invoke(app, ["translate", LEAD, "--to", "fr"])
    assert result.stdout == FRENCH[LEAD] + "\n"


def test_blurb_as_json():
    result = run.invoke(app, ["blurb", ARTICLE, "-t", "en", "-t", "fr", "--json"])
    answer = json.loads(result.stdout)
    assert [blurb["target_language"] for blurb in answer["blurbs"]] == ["en", "fr"]
    assert answer["blurbs"][0]["wording"]["body"] == LEAD


def test_a_language_that_fails_is_reported_with_the_other_results():
    result = run.invoke(app, ["blurb", ARTICLE, "-t", "cy", "-t", "en"])
    assert (result.exit_code, LEAD in result.stdout) == (0, True)
    assert "Welsh" in result.stderr
    answer = json.loads(run.invoke(app, ["blurb", ARTICLE, "-t", "cy", "-t", "en", "--json"]).stdout)
    assert [blurb["target_language"] for blurb in answer["blurbs"]] == ["en"]
    assert "Welsh" in answer["failures"][0]["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["summarise", ""], "empty"),
        (["summarise", "missing.txt"], "There is no file missing.txt"),
        (["translate", LEAD, "--to", "cy"], "Welsh"),
        (["translate", LEAD, "--to", "not a tag"], "language tag"),
        (["summarise", LEAD, "--model", "nobody"], "nobody"),
    ],
)
def test_invalid_input_is_reported_in_one_line_with_code_2(arguments: list[str], message: str):
    result = run.invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.startswith("lede: ")
    assert result.stderr.count("\n") == 1


def test_a_binary_file_is_rejected(tmp_path: Path):
    (tmp_path / "a.bin").write_bytes(b"\xff\xd8\xff\xe0")
    result = run.invoke(app, ["summarise", str(tmp_path / "a.bin")])
    assert (result.exit_code, "not UTF-8 text" in result.stderr) == (2, True)


def test_a_failed_download_is_code_1(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise TransferFailed("nothing answers")

    monkeypatch.setattr("summarizer.commands.models.prepare", fail)
    result = run.invoke(app, ["models", "pull"])
    assert result.exit_code == 1
    assert result.stderr.startswith("lede: nothing answers Check the network")


def test_ctrl_c_is_code_130(engine: FakeEngine):
    def interrupt(_prompt: object) -> str:
        _thread.interrupt_main()
        return "word " * 100

    engine._answer = interrupt
    result = run.invoke(app, ["summarise", ARTICLE])
    assert (result.exit_code, result.stderr) == (130, "lede: Interrupted.\n")


def test_models_list_highlights_non_commercial_licences():
    result = run.invoke(app, ["models", "list"])
    lines = result.stdout.splitlines()
    (nllb,) = [line for line in lines if "nllb-200-distilled-600M" in line]
    assert "NON-COMMERCIAL" in nllb
    rows = json.loads(run.invoke(app, ["models", "list", "--json"]).stdout)
    assert {row["id"] for row in rows} > {"Qwen/Qwen2.5-Coder-1.5B-Instruct"}


def test_models_verify_with_an_unknown_id():
    result = run.invoke(app, ["models", "verify", "nobody"])
    assert (result.exit_code, "lede models list" in result.stderr) == (2, True)


def test_a_closed_pipe_is_not_a_failure(tmp_path: Path):
    """Runs a real process whose output pipe is closed early."""
    command = f"{sys.executable} -c 'from service.cli import main; main()' models list | head -n 1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert result.stdout.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_stdout_has_only_results(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    result = run.invoke(app, ["summarise", ARTICLE])
    assert result.stdout == f"{LEAD} {FIGURES}\n"
    assert result.stderr == ""
