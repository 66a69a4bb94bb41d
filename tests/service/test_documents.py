"""POST /v1/documents: extraction of articles from documents, in bounded time and memory."""

import zipfile
from io import BytesIO
from typing import Any

import pypdf
import pytest
from fastapi.testclient import TestClient

from models.engines.fake import FakeEngine
from service.app import create_app
from service.routes.documents import TYPES
from service.settings import Settings
from summarizer.errors import TooComplex
from summarizer.reading import pdf as reading
from summarizer.reading import worker
from tests.conftest import MODEL
from tests.desk import ARTICLE, FIGURES, LEAD, LIBYA, answer_prompt, pool
from tests.summarizer.reading.documents import docx, pdf

MEDIA: dict[str, str] = {kind: media for media, kind in TYPES.items()}


def send(client: TestClient, kind: str, body: bytes, **query: str) -> Any:
    return client.post("/v1/documents", content=body, headers={"Content-Type": MEDIA[kind]}, params=query)


def lines(text: str, x: float, y: float, *, width: int = 60, size: float = 12, step: float = 14) -> list[Any]:
    """Returns the text as lines of a column."""
    words, rows = text.split(), [""]
    for word in words:
        rows = [*rows, word] if len(rows[-1]) + len(word) > width else [*rows[:-1], f"{rows[-1]} {word}".strip()]
    return [(row, x, y - at * step, size) for at, row in enumerate(rows)]


PAGES = (
    [*lines("Allies vow to step up the fight", 60, 780, size=24, width=20, step=28),
     *lines(LEAD, 60, 700, width=30), *lines(FIGURES, 60, 620, width=30)],
    lines(LIBYA, 60, 780),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("txt", ARTICLE.encode()),
        ("html", f"<article><p>{LEAD}</p><p>{FIGURES}</p><p>{LIBYA}</p></article>".encode()),
        ("md", f"# Allies vow\n\n{LEAD}\n\n*{FIGURES}*\n\n[{LIBYA}](https://news.example/)\n".encode()),
        ("docx", docx(LEAD, FIGURES, LIBYA, heading="Allies vow to step up the fight")),
        ("pdf", pdf(*PAGES)),
    ],
)
def test_the_article_of_each_document_type(client: TestClient, kind: str, body: bytes):
    response = send(client, kind, body)
    assert response.status_code == 200, response.text
    article = response.json()
    texts = [paragraph["text"] for paragraph in article["paragraphs"] if paragraph["kind"] == "prose"]
    assert texts == [LEAD, FIGURES, LIBYA]
    assert article["language"] == "en"
    for paragraph in article["paragraphs"]:
        assert article["source"][paragraph["start"] : paragraph["end"]] == paragraph["text"]


def test_a_text_document_is_read_like_a_text_in_json(client: TestClient):
    assert send(client, "txt", ARTICLE.encode()).json() == client.post("/v1/articles", json={"text": ARTICLE}).json()


def test_the_language_and_the_charset_can_be_specified(client: TestClient):
    response = client.post(
        "/v1/documents?source_language=fr",
        content="Déjà vu à Paris, où l'été fut très chaud.".encode("cp1252"),
        headers={"Content-Type": 'text/plain; charset="windows-1252"'},
    )
    assert (response.json()["language"], response.json()["source"][:4]) == ("fr", "Déjà")


@pytest.mark.parametrize("media", ["text/plain", "text/markdown", "text/html"])
def test_a_declared_charset_that_does_not_fit_is_refused(client: TestClient, media: str):
    body = "<p>Le café est fermé à cause de la grève.</p>".encode("cp1252")
    response = client.post("/v1/documents", content=body, headers={"Content-Type": f"{media}; charset=utf-8"})
    assert (response.status_code, response.json()["type"]) == (422, "urn:lede:problem:not-text")
    response = client.post("/v1/documents", content=body, headers={"Content-Type": f"{media}; charset=windows-1252"})
    assert "à cause de la grève" in response.json()["source"]


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        ("docx", b"not a zip", "unreadable-document"),
        ("docx", ARTICLE.encode(), "unreadable-document"),
        ("pdf", b"%PDF-1.7 and no more", "unreadable-document"),
        ("pdf", pdf([]), "empty-text"),
        ("md", b"\0\1\2\0\xff\xfe" * 400, "unreadable-document"),
        ("txt", b"", "empty-text"),
    ],
)
def test_unreadable_documents_are_rejected(client: TestClient, kind: str, body: bytes, problem: str):
    response = send(client, kind, body)
    assert (response.status_code, response.json()["type"]) == (422, f"urn:lede:problem:{problem}")
    assert response.json()["hint"]


def test_a_locked_pdf_is_rejected_with_a_hint(client: TestClient):
    writer, locked = pypdf.PdfWriter(BytesIO(pdf(*PAGES))), BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(locked)
    problem = send(client, "pdf", locked.getvalue()).json()
    assert (problem["detail"], problem["hint"]) == ("The PDF is password-protected.", "Save it without a password.")


def test_unsupported_types_are_rejected(client: TestClient):
    response = client.post("/v1/documents", content=b"x", headers={"Content-Type": "image/png"})
    assert response.status_code == 415
    assert "application/pdf" in response.json()["detail"]
    assert client.post("/v1/documents", content=b"x").status_code == 415


def test_documents_have_their_own_size_limit():
    settings = Settings(model=MODEL, preload=False, max_body_bytes=100, max_document_bytes=1000)
    app = create_app(settings, pool=pool(FakeEngine(answer=answer_prompt)))
    with TestClient(app) as client:
        assert send(client, "txt", ARTICLE.encode()).status_code == 200
        response = send(client, "txt", ARTICLE.encode() * 4)
        assert (response.status_code, response.json()["detail"]) == (413, "The body exceeds 1,000 bytes.")


def test_a_zip_bomb_times_out_and_the_next_document_is_read(monkeypatch: pytest.MonkeyPatch):
    bomb = BytesIO(docx(LEAD))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/styles.xml", "<a>" * 20_000_000)
    assert len(bomb.getvalue()) < 1_000_000
    with monkeypatch.context() as patch:
        patch.setattr(worker, "SECONDS", 0.7)
        with pytest.raises(TooComplex):
            worker.read_document(bomb.getvalue(), "docx")
    assert worker.read_document(docx(LEAD), "docx") == f"<div><p>{LEAD}</p></div>"


def test_hyphenated_words_and_paragraphs_are_joined_across_lines_and_pages():
    first = [("The minister said that the trans-", 60, 700, 12), ("port of the goods and the people", 60, 686, 12)]
    second = [("across the river would begin.", 60, 780, 12), ("A new paragraph begins here.", 60, 740, 12)]
    assert reading.extract_text(pdf(first, second)).split("\n\n") == [
        "The minister said that the transport of the goods and the people across the river would begin.",
        "A new paragraph begins here.",
    ]


def test_a_right_to_left_line_is_in_logical_order():
    drawn = [
        reading.TextRun(" .", 10, 700, 12),
        reading.TextRun("ﺑﻌﺪ", 20, 700, 12),
        reading.TextRun("اﻟﻌﻤﻞ", 60, 700, 12),
    ]
    assert [line.text for line in reading._line(drawn)] == ["العمل بعد."]
