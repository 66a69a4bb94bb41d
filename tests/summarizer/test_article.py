from summarizer.article import Article, Detection, Kind, Paragraph, Span


def article(source: str, *texts: str) -> Article:
    located = [(text, source.index(text)) for text in texts]
    paragraphs = tuple(Paragraph(Kind.PROSE, text, Span(start, start + len(text))) for text, start in located)
    return Article(source, paragraphs, Detection("en", 1.0))


def test_text_equals_the_source_of_clean_text() -> None:
    source = "\n One.\r\nTwo.\n\n\nThree. \n"
    assert article(source, "One.", "Two.", "Three.").text == source


def test_removed_text_leaves_an_empty_line() -> None:
    assert article("Share\nOne.\nTwo.\nLogin\nThree.\nMenu", "One.", "Two.", "Three.").text == "One.\nTwo.\n\nThree."


def test_an_article_without_paragraphs_has_no_text() -> None:
    assert article("Share").text == ""
