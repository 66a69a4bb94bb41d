"""Detects sentences that start with a pronoun whose referent is in another sentence: "He was arrested ..."."""

import regex

from summarizer.languages import is_spaced, primary

PRONOUNS = {
    "ar": "هو|هي|هم|هما",
    "de": "er|sie|sein|seine|seinen|seiner|seinem|ihr|ihre|ihren|ihrer|ihrem|ihm|ihn|ihnen",
    "en": "he|she|they|his|her|their|him|them",
    "es": "él|ella|ellos|ellas|su|sus",
    "fr": "il (?!est|était|faut|fallait|y|s['’]agit|pleut|reste|manque|semble|existe)\\w+|ils|elles?|son|sa|ses|leurs?",
    "hi": "वह|वे|उन्होंने|उसने|उनके|उनकी|उनका|उसके|उसकी|उसका",
    "id": "dia|ia|mereka",
    "it": "lui|lei|egli|ella|loro|suo|sua|suoi|sue|essi|esse",
    "ja": "彼は|彼女は|彼らは|彼の|彼女の|彼らの",
    "ko": "그는|그녀는|그들은|그의|그녀의|그들의",
    "pt": "ele|ela|eles|elas|seu|sua|seus|suas",
    "ru": "он|она|они|его|её|ее|их|ему|ей|им",
    "tr": "onlar|onun|onların",
    "uk": "він|вона|вони|його|її|їх|їхній|їхня|йому|їй|їм",
    "vi": "ông ấy|bà ấy|anh ấy|anh ta|cô ấy|cô ta|họ|nó",
    "zh": "他|她|他们|她们|他們|她們|其",
}
"""Personal pronouns at the start of a sentence, by language; pronouns that may also start a name are left out."""


def opens_with_pronoun(sentence: str, language: str) -> bool:
    """Returns whether a sentence starts with a personal pronoun; False for languages that are not listed."""
    tag = primary(language)
    if tag not in PRONOUNS:
        return False
    end = r"(?![\p{L}\p{M}])" if is_spaced(tag) and tag != "ko" else ""
    return bool(regex.match(rf"[\W_]*(?:{PRONOUNS[tag]}){end}", sentence, regex.IGNORECASE))
