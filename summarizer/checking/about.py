"""Detects sentences about the article instead of its news: "The article discusses ..."."""

import regex

from summarizer.languages import primary

OPENERS = {
    "ar": "(?:هذا |هذه )?(?:المقال|المقالة|النص)",
    "de": "(?:der|dieser) (?:artikel|text|beitrag)",
    "en": "(?:the|this) (?:news )?(?:article|text|passage)",
    "es": "(?:el|este) (?:artículo|texto)",
    "fr": "(?:l['’]|cet |le )(?:article|texte)",
    "hi": "(?:यह |इस )?लेख",
    "id": "(?:artikel|berita|teks) ini",
    "it": "(?:l['’]articolo|questo articolo|il testo)",
    "ja": "(?:この|本)(?:記事|文章)",
    "ko": "(?:이 )?(?:기사|글)(?:는|은|에서는)",
    "pt": "(?:o|este) (?:artigo|texto)",
    "ru": "(?:в (?:этой )?статье|(?:эта )?статья)",
    "tr": "(?:bu )?(?:makale|haber|metin)",
    "uk": "(?:у (?:цій )?статті|(?:ця )?стаття)",
    "vi": "bài (?:viết|báo)(?: này)?",
    "zh": "(?:本文|(?:这篇|该)?文章|(?:這篇|該)文章)",
}
"""Patterns of the start of such a sentence, by language."""

_NEEDS_SPACE = frozenset(OPENERS) - {"ja", "ko", "zh"}


def is_about_the_article(sentence: str, language: str) -> bool:
    """Returns whether a sentence starts by naming the article itself; False for languages that are not listed."""
    tag = primary(language)
    if tag not in OPENERS:
        return False
    end = r"(?=\s)(?!\s+\p{Nd})" if tag in _NEEDS_SPACE else ""  # "article 49" of a law is news
    return bool(regex.match(OPENERS[tag] + end, sentence.strip(), regex.IGNORECASE))
