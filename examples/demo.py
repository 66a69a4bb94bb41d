"""`make demo`: serves Lede for a minute and asks it, over HTTP, for all that it does with one article."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ARTICLE = Path(__file__).with_name("voa-2016-02-02-coalition.txt")

LEDE = Path(sys.executable).with_name("lede")


def main() -> None:
    """Starts the service as a child, asks, prints, and stops it whatever happens."""
    port = free_port()
    server = subprocess.Popen([LEDE, "serve", "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, server)
        show(address, ARTICLE.read_text("utf-8"))
    except KeyboardInterrupt:
        print("Stopped.")
    finally:
        server.terminate()
        server.wait()


def show(address: str, article: str) -> None:
    """The answers, each under its heading."""
    print("\nSUMMARY\n" + post(address, "summaries", text=article)["summary"])
    blurbs = post(address, "blurbs", text=article, target_languages=["en", "fr"], profile="ios")["blurbs"]
    for blurb in blurbs:
        counts = blurb["characters"]
        print(f"\nBLURB [{blurb['target_language']}] {counts['title']} and {counts['body']} characters")
        print(f"{blurb['title']}\n{blurb['body']}")
    read = "\n\n".join(part["text"] for part in post(address, "articles", text=article)["paragraphs"])
    (french,) = post(address, "translations", text=read, target_language="fr")["translations"]
    print("\nTRANSLATION [fr]\n" + french["text"])


def post(address: str, path: str, **wanted: Any) -> Any:
    """One request to the service."""
    request = urllib.request.Request(
        f"{address}/v1/{path}", json.dumps(wanted).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Waits while the service fetches, converts and loads; leaves with its exit code if it stops."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    sys.exit(server.returncode)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
