"""The Dockerfile, as far as it can be tested without building the image."""

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()


def instructions(name: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in LINES if line.startswith(name + " ")]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean folder with only the files that the build stage copies."""
    folder = tmp_path_factory.mktemp("context")
    for *sources, target in [copy for copy in instructions("COPY") if not copy[0].startswith("--from")]:
        for source in sources:
            destination = folder / target / (source if target == "./" else "")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, destination)
    return folder


def test_dockerignore_allows_exactly_the_copied_files(context: Path):
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert {path.name for path in context.iterdir()} == allowed


def test_the_package_builds_with_all_its_data(context: Path, tmp_path: Path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(context)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("lede-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [
        p.relative_to(ROOT)
        for layer in ("models", "summarizer", "service")
        for p in (ROOT / layer).rglob("*")
        if p.is_file() and p.suffix != ".pyc"
    ]
    assert [str(path) for path in data if str(path) not in names] == []


def test_every_named_stage_exists():
    stages = {words[-1] for words in instructions("FROM") if "AS" in words}
    used = {words[0] for words in instructions("FROM") if not words[0].startswith("python:")}
    copied = {words[0].removeprefix("--from=") for words in instructions("COPY") if words[0].startswith("--from")}
    assert {name.replace("${MODEL}", "baked") for name in used} | copied <= stages
    assert "model-mounted" in stages


def test_it_does_not_run_as_root():
    assert instructions("USER")[-1] == ["lede"]


def test_its_commands_exist():
    commands = [words for line in LINES if line.startswith("RUN lede") for words in [shlex.split(line)[1:4]]]
    commands.append(["lede", "serve"])
    for command in commands:
        result = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:], "--help"], capture_output=True, check=False
        )
        assert result.returncode == 0, command
