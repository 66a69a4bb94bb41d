"""Sentences about the article itself."""

import pytest

from summarizer.checking.about import is_about_the_article


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The article discusses the new tram line."),
        ("fr", "L'article parle de la nouvelle ligne."),
        ("de", "Dieser Artikel handelt von der Bahn."),
        ("ru", "В статье рассказывается о трамвае."),
        ("zh-Hans", "这篇文章讨论了新线路。"),
        ("ja", "この記事は新しい路線について述べている。"),
        ("ar", "هذا المقال يناقش الخط الجديد."),
        ("ko", "이 기사는 새 노선을 다룬다."),
    ],
)
def test_a_sentence_about_the_article_is_detected(language: str, sentence: str):
    assert is_about_the_article(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The articles of association were changed."),
        ("fr", "L'article 49 de la Constitution sera modifié."),
        ("en", "The tram opened."),
        ("zh", "新线路开通。"),
        ("sw", "Makala hii."),
    ],
)
def test_a_news_sentence_is_accepted(language: str, sentence: str):
    assert not is_about_the_article(sentence, language)
