"""Runs fxtranslate, Mozilla's engine, in a separate process because it may abort."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def translate(folder: Path, texts: Sequence[str]) -> list[str]:
    """Returns the translations of fxtranslate, which has byte tokens as text, such as `<0xF0>`."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.models.engines.marian.oracle", str(folder)],
        input=json.dumps(list(texts)), capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    translations: list[str] = json.loads(run.stdout)
    return translations


def main() -> None:
    """Reads a JSON list of sentences from standard input and writes one of translations to standard output."""
    from fxtranslate import Translator  # noqa: PLC0415 - only the subprocess needs it

    folder = Path(sys.argv[1])
    model, shortlist = next(folder.glob("model*")).read_bytes(), next(folder.glob("lex*"), None)
    vocabularies = sorted(folder.glob("*vocab*"))  # the source vocabulary sorts first
    translator = Translator(
        model,
        vocabularies[0].read_bytes(),
        vocabularies[-1].read_bytes(),
        shortlist.read_bytes() if shortlist else None,
    )
    json.dump([translator.translate(text) for text in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
