"""Glossary terms in DeepL's formats: tab-separated or comma-separated values."""

import csv
import io
from typing import Any

from fastapi import HTTPException
from pydantic import BaseModel, ValidationError

from service.translation.glossaries import Glossary, LanguagePair, Terms
from summarizer.errors import UnknownLanguage
from summarizer.languages import canonical, primary

TSV = "text/tab-separated-values"


class Dictionary(BaseModel):
    """The terms of a direction, as sent in requests."""

    source_lang: str
    target_lang: str
    entries: str
    entries_format: str = "tsv"

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "Dictionary":
        """Validates the fields of a request. Raises HTTPException 400."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise HTTPException(400, f"Value for '{error.errors()[0]['loc'][0]}' not specified.") from None

    @property
    def direction(self) -> LanguagePair:
        """The source and the target language. Raises HTTPException 400."""
        return direction(self.source_lang, self.target_lang)

    @property
    def terms(self) -> Terms:
        """Each term with its translation. Raises HTTPException 400."""
        if self.entries_format not in {"tsv", "csv"}:
            raise HTTPException(400, "Value for 'entries_format' not supported.")
        if self.entries_format == "tsv":
            rows = [line.split("\t") for line in self.entries.splitlines() if line.strip()]
        else:
            rows = [row for row in csv.reader(io.StringIO(self.entries)) if row]
        if not rows or any(len(row) < 2 or not row[0].strip() or not row[1].strip() for row in rows):  # noqa: PLR2004
            raise HTTPException(400, "Invalid glossary entries provided: each is a term and its translation.")
        return {row[0].strip(): row[1].strip() for row in rows}


def direction(source: Any, target: Any) -> LanguagePair:
    """Returns the primary tags of two codes, in any case and with any region. Raises HTTPException 400."""
    try:
        return primary(canonical(str(source))), primary(canonical(str(target)))
    except UnknownLanguage as error:
        raise HTTPException(400, str(error)) from None


def to_tsv(terms: Terms) -> str:
    """Returns terms as tab-separated values, one term per line."""
    return "\n".join(f"{term}\t{translation}" for term, translation in terms.items())


def v2_json(glossary: Glossary) -> dict[str, Any]:
    """Returns a glossary of one direction as JSON for /v2/glossaries."""
    (((source, target), terms),) = glossary.dictionaries.items()
    languages = {"source_lang": source, "target_lang": target}
    return _head(glossary) | {"ready": True, **languages, "entry_count": len(terms)}


def v3_json(glossary: Glossary) -> dict[str, Any]:
    """Returns a glossary of any number of directions as JSON for /v3/glossaries."""
    return _head(glossary) | {
        "dictionaries": [dictionary_json(pair, terms) for pair, terms in glossary.dictionaries.items()]
    }


def dictionary_json(pair: LanguagePair, terms: Terms) -> dict[str, Any]:
    """Returns the summary of a direction as JSON."""
    return {"source_lang": pair[0], "target_lang": pair[1], "entry_count": len(terms)}


def _head(glossary: Glossary) -> dict[str, Any]:
    # Clients cannot parse times without fractions of a second.
    created = glossary.created.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"glossary_id": glossary.id, "name": glossary.name, "creation_time": created}
