"""Commands with many inputs: output folders, resuming, and failures."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.engines.fake import FakeEngine
from models.settings import ModelSettings
from service.cli import app
from summarizer import cli
from summarizer.desk import Desk
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, answer_prompt, pool

run = CliRunner()


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    engine = FakeEngine(answer=answer_prompt, window=2048)
    monkeypatch.setattr(cli, "Desk", lambda **_: Desk(pool(engine), ModelSettings(model=MODEL)))
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(ARTICLE, "utf-8")
    return engine


def test_results_of_many_files_have_headings():
    result = run.invoke(app, ["summarise", "a.txt", "b.txt"])
    assert result.stdout == f"==> a.txt <==\n{LEAD} {FIGURES}\n==> b.txt <==\n{LEAD} {FIGURES}\n"
    assert result.stderr == ""


def test_json_of_many_files_has_one_line_each():
    lines = run.invoke(app, ["summarise", "*.txt", "--json"]).stdout.splitlines()
    assert [json.loads(line)["file"] for line in lines] == ["a.txt", "b.txt"]


def test_results_are_written_into_a_folder(tmp_path: Path):
    assert run.invoke(app, ["summarise", "*.txt", "--output", "out/new"]).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out/new").iterdir()) == ["a.summary.txt", "b.summary.txt"]
    assert (tmp_path / "out/new/a.summary.txt").read_text("utf-8") == f"{LEAD} {FIGURES}\n"
    run.invoke(app, ["blurb", "a.txt", "--to", "fr", "-o", "out", "--json"])
    assert json.loads((tmp_path / "out/a.json").read_text("utf-8"))["source_language"] == "en"


def test_an_interrupted_run_is_resumed(tmp_path: Path, engine: FakeEngine):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.summary.txt").write_text("Existing result.\n", "utf-8")
    assert run.invoke(app, ["summarise", "*.txt", "-o", "out", "--resume"]).exit_code == 0
    assert (tmp_path / "out/a.summary.txt").read_text("utf-8") == "Existing result.\n"
    assert (tmp_path / "out/b.summary.txt").is_file()
    prompts = len(engine.prompts)
    run.invoke(app, ["summarise", "*.txt", "-o", "out", "--resume"])
    assert len(engine.prompts) == prompts
    run.invoke(app, ["summarise", "*.txt", "-o", "out"])
    assert len(engine.prompts) > prompts
    assert not list((tmp_path / "out").glob(".*"))


def test_a_failure_does_not_stop_the_other_inputs(tmp_path: Path):
    (tmp_path / "a.txt").write_text(" ", "utf-8")
    result = run.invoke(app, ["summarise", "a.txt", "b.txt", "-o", "out"])
    assert (result.exit_code, result.stderr) == (2, "lede: a.txt: The text is empty. Send the article's text.\n")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.summary.txt"]


def test_two_results_with_the_same_name_are_rejected_before_anything_is_written(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.txt").write_text(ARTICLE, "utf-8")
    result = run.invoke(app, ["summarise", "a.txt", "sub/a.txt", "-o", "out"])
    assert (result.exit_code, (tmp_path / "out").exists()) == (2, False)
    assert "would both be written to" in result.stderr


def test_files_are_translated_in_their_own_format(tmp_path: Path):
    (tmp_path / "a.srt").write_text(f"1\n00:00:01,000 --> 00:00:09,000\n{LEAD}\n", "utf-8")
    printed = run.invoke(app, ["translate", "a.srt", "--to", "fr"]).stdout
    assert printed == f"1\n00:00:01,000 --> 00:00:09,000\n{FRENCH[LEAD]}\n"
    run.invoke(app, ["translate", "a.srt", "b.txt", "--to", "fr", "--to", "de", "-o", "out"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.de.srt",
        "a.fr.srt",
        "b.de.txt",
        "b.fr.txt",
    ]
    rejected = run.invoke(app, ["translate", "a.srt", "--to", "fr", "--to", "de"])
    assert (rejected.exit_code, "--output" in rejected.stderr) == (2, True)


def test_progress_is_shown_on_a_terminal_unless_quiet():
    terminal = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}
    result = run.invoke(app, ["summarise", "a.txt", "b.txt"], env=terminal)
    assert "2/2" in result.stderr
    assert "\x1b" in result.stderr
    assert "\x1b" not in result.stdout
    assert run.invoke(app, ["summarise", "a.txt", "b.txt", "--quiet"], env=terminal).stderr == ""


def test_the_output_for_a_feed_is_an_enriched_feed(tmp_path: Path):
    item = f"<item><description>{ARTICLE}</description></item>"
    (tmp_path / "news.rss").write_text(f"<rss version='2.0'><channel>{item}</channel></rss>", "utf-8")
    printed = run.invoke(app, ["summarise", "news.rss", "--to", "fr"]).stdout
    assert f"<lede:summary>{FRENCH[LEAD]} {FRENCH[FIGURES]}</lede:summary>" in printed
    run.invoke(app, ["blurb", "news.rss", "--to", "fr", "-o", "out"])
    assert "<lede:blurb>" in (tmp_path / "out/news.blurbs.rss").read_text("utf-8")


def test_the_output_for_a_jsonl_file_is_an_enriched_jsonl_file(tmp_path: Path):
    (tmp_path / "news.jsonl").write_text(json.dumps({"id": 1, "text": ARTICLE}) + "\n{}\n", "utf-8")
    run.invoke(app, ["summarise", "news.jsonl", "-o", "out"])
    first, second = map(json.loads, (tmp_path / "out/news.summaries.jsonl").read_text("utf-8").splitlines())
    assert (first["id"], first["lede"]["summary"]) == (1, f"{LEAD} {FIGURES}")
    assert second["lede"] == {"error": "The entry contains no article."}
