"""Runs shell blocks in bash, with the `lede` command in this process and a fake model."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from service.cli import app

SHIM = f"""#!{sys.executable} -IS
import json, os, socket, sys
connection = socket.create_connection(("127.0.0.1", int(os.environ["LEDE_SHIM"])))
request = [sys.argv[1:], sys.stdin.read(), dict(os.environ)]
connection.sendall(json.dumps(request).encode() + b"\\n")
code, out, err = json.loads(b"".join(iter(lambda: connection.recv(65536), b"")))
sys.stderr.write(err)
sys.stdout.write(out)
sys.exit(code)
"""
"""Forwards a command line to this process: importing Lede in a new one takes seconds."""


class Shell:
    """Runs blocks in bash in a folder. `variables` is the environment after the last block."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        programs = folder.parent / "programs"
        programs.mkdir()
        (programs / "lede").write_text(SHIM, "utf-8")
        (programs / "lede").chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self._environment = {"HOME": str(folder), "PATH": path, **environment}
        self.variables: dict[str, str] = {}

    @contextmanager
    def opened(self) -> Iterator["Shell"]:
        """Serves the `lede` command until the end of the block."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._environment["LEDE_SHIM"] = str(listening.getsockname()[1])
            thread = threading.Thread(target=_serve, args=(listening,))
            thread.start()
            try:
                yield self
            finally:
                listening.shutdown(socket.SHUT_RDWR)
                thread.join()

    def run(self, block: str) -> str:
        """Runs a block and returns its standard output. Raises AssertionError if it fails."""
        environment = self.folder.parent / "variables"
        script = f"set -euo pipefail\n{block}\nenv -0 > {environment}"
        done = subprocess.run(
            [shutil.which("bash") or "bash", "-ac", script],
            cwd=self.folder,
            env=self._environment | self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        self.variables = dict(pair.split("=", 1) for pair in environment.read_text("utf-8").rstrip("\0").split("\0"))
        return done.stdout


def _serve(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # closed: the document is done
            return
        with connection, connection.makefile() as lines:
            connection.sendall(json.dumps(_run_command(*json.loads(lines.readline()))).encode())


def _run_command(arguments: list[str], stdin: str, environment: dict[str, str]) -> tuple[int, str, str]:
    settings = {name: value for name, value in environment.items() if name.startswith("LEDE_")}
    done = CliRunner().invoke(app, arguments, input=stdin, env=settings, prog_name="lede")
    failure = "" if done.exception is None or isinstance(done.exception, SystemExit) else repr(done.exception)
    return done.exit_code, done.stdout, done.stderr + failure
