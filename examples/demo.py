"""`make demo`: starts the service and shows, over HTTP, what it does with one article."""

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
    """Starts the service in a subprocess, prints the results, and stops it in any case."""
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
    """Requests and prints a summary, notifications and a translation of the article."""
    print("\nSUMMARY\n" + post(address, "summaries", text=article)["summary"])
    blurbs = post(address, "blurbs", text=article, target_languages=["en", "fr"], profile="ios")["blurbs"]
    for blurb in blurbs:
        counts = blurb["characters"]
        print(f"\nBLURB [{blurb['target_language']}] {counts['title']} and {counts['body']} characters")
        print(f"{blurb['title']}\n{blurb['body']}")
    text = "\n\n".join(part["text"] for part in post(address, "articles", text=article)["paragraphs"])
    (french,) = post(address, "translations", text=text, target_language="fr")["translations"]
    print("\nTRANSLATION [fr]\n" + french["text"])


def post(address: str, path: str, **fields: Any) -> Any:
    """Sends one request to the service and returns the response."""
    request = urllib.request.Request(
        f"{address}/v1/{path}", json.dumps(fields).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Waits until the models are downloaded, converted and loaded. Exits with the server's code if it stops."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    sys.exit(server.returncode)


def free_port() -> int:
    """Returns a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
