"""Future events stated as past."""

import json
from pathlib import Path

import pytest
import regex

from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.future import futures_stated_as_past
from summarizer.reading import read

README = Path(__file__).parents[3] / "README.md"
CLAIM = (
    "The United States and its allies intensified their campaign against Islamic State militants, "
    "losing 40% of territory in Iraq."
)
"""A sentence that a model wrote about the example in the README."""


def test_the_example_of_the_readme_has_no_false_finding():
    example = regex.search(r"-d '(\{.*\})'", README.read_text("utf-8"))
    assert example
    article = read(text=json.loads(example[1])["text"])
    findings = {str(one.kind): one for one in ArticleChecker(article).check(CLAIM, "en").findings}
    assert (findings["modality"].claim, findings["modality"].evidence) == ("intensified", "will intensify")
    assert findings["actor"].evidence == "group has lost 40 percent"
    assert findings["actor"].claim.startswith("United States")
    assert findings["actor"].claim.endswith("losing 40%")


@pytest.mark.parametrize(
    ("language", "evidence", "claim", "verb"),
    [
        ("en", "They will “accelerate and intensify” their war.", "They have intensified their war.", "intensified"),
        ("en", "The station will be closed on Monday.", "The station was closed on Monday.", "was closed"),
        ("en", "The firm is set to sell its stores in May.", "The firm sold its stores in May.", "sold"),
        ("en", "They’ll carry out a strike on Monday.", "They carried out a strike on Monday.", "carried"),
        ("fr", "La ville va fermer la gare lundi.", "La ville a fermé la gare lundi.", "a fermé"),
        ("fr", "La gare sera fermée lundi.", "La gare a été fermée lundi.", "a été fermée"),
        ("es", "El gobierno cerrará la planta en mayo.", "El gobierno cerró la planta en mayo.", "cerró"),
        ("it", "Il governo aumenterà le tasse a maggio.", "Il governo ha aumentato le tasse a maggio.", "ha aumentato"),
        ("pt", "O governo vai fechar a usina em maio.", "O governo fechou a usina em maio.", "fechou"),
        ("de", "Die Stadt wird das Werk im Mai verkaufen.", "Die Stadt verkaufte das Werk im Mai.", "verkaufte"),
        ("ru", "Завод будет закрыт в мае.", "Завод был закрыт в мае.", "был закрыт"),
        ("uk", "Завод буде закритий у травні.", "Завод був закритий у травні.", "був закритий"),
        ("tr", "Şirket fabrikayı mayısta kapatacak.", "Şirket fabrikayı mayısta kapattı.", "kapattı"),
        ("id", "Perusahaan akan menutup pabrik itu.", "Perusahaan telah menutup pabrik itu.", "telah menutup"),
        ("vi", "Công ty sẽ đóng nhà máy đó.", "Công ty đã đóng nhà máy đó.", "đã đóng"),
        ("zh", "公司将关闭两家工厂。", "公司已关闭两家工厂。", "已关闭"),
        ("zh", "公司将关闭两家工厂。", "公司关闭了两家工厂。", "关闭了"),
    ],
)
def test_a_future_stated_as_past_is_reported(language: str, evidence: str, claim: str, verb: str):
    assert [(str(one.kind), one.claim) for one in futures_stated_as_past(evidence, claim, evidence, language)] == [
        ("modality", verb)
    ]


@pytest.mark.parametrize(
    ("language", "evidence", "claim"),
    [
        ("en", "They will intensify their campaign.", "They will intensify their campaign."),
        ("en", "They will intensify their campaign.", "The allies are to see an intensified campaign."),
        ("en", "They will intensify their campaign.", "The storm intensified over the coast of Cuba at night."),
        ("en", "The firm will sell its stores in May.", "By May the firm will soon have sold its stores."),
        ("fr", "La gare sera fermée lundi.", "La gare, fermée lundi, va être rénovée."),
        ("de", "Das Werk wird im Mai geschlossen.", "Das Werk ist seit Mai geschlossen."),
        ("ru", "Завод будет закрыт в мае.", "Завод закроют в мае."),
        ("zh", "公司将关闭两家工厂。", "公司将关闭两家工厂。"),
        ("ja", "会社は工場を閉鎖する予定だ。", "会社は工場を閉鎖した。"),  # no table
    ],
)
def test_other_tenses_are_accepted(language: str, evidence: str, claim: str):
    assert list(futures_stated_as_past(evidence, claim, evidence, language)) == []


def test_an_event_that_the_article_reports_elsewhere_is_accepted():
    evidence, claim = "They will close the station on Monday.", "They closed the station on Monday."
    assert not list(futures_stated_as_past(evidence, claim, f"{evidence} They closed it for a day last year.", "en"))
