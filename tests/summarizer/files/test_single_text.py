"""Files that are a single text, and unsupported files."""

import pytest

from summarizer.errors import NotText
from summarizer.files import open_document


@pytest.mark.parametrize(("name", "form"), [("a.txt", "text"), ("b.HTML", "html"), ("c/d.md", "markdown")])
def test_a_file_that_is_one_text(name: str, form: str):
    document = open_document(name, "Où ?\n".encode())
    assert (document.texts, document.format) == (("Où ?\n",), form)
    assert document.write(["Where?\n"], "en") == b"Where?\n"


@pytest.mark.parametrize("name", ["a.exe", "a", ""])
def test_an_unknown_file_type_is_refused(name: str):
    with pytest.raises(NotText, match="is not supported"):
        open_document(name, b"")
