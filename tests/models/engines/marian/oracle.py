"""Mozilla's own engine, in a process of its own: it may abort. Run as a module with a folder of one direction."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def translated(folder: Path, texts: Sequence[str]) -> list[str]:
    """What fxtranslate makes of sentences. It spells what has no piece of its own by its bytes, as `<0xF0>`."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.models.engines.marian.oracle", str(folder)],
        input=json.dumps(list(texts)), capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    found: list[str] = json.loads(run.stdout)
    return found


def main() -> None:
    """Sentences on the standard input, their translations on the standard output, both as JSON lists."""
    from fxtranslate import Translator  # noqa: PLC0415 - what the tests import stays without it

    folder = Path(sys.argv[1])
    model, lexical = next(folder.glob("model*")).read_bytes(), next(folder.glob("lex*"), None)
    vocabularies = sorted(folder.glob("*vocab*"))  # the source's name comes first
    translator = Translator(
        model, vocabularies[0].read_bytes(), vocabularies[-1].read_bytes(), lexical.read_bytes() if lexical else None
    )
    json.dump([translator.translate(text) for text in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
