"""Sentences that were translated before: paid for once, by whoever may see them, and never worth a failure."""

import json
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from typer.testing import CliRunner

from models.engines.fake import FakeEngine, echo
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Prompt
from models.scheduling.caller import Flow, use_flow
from service.access.keys import Keys
from service.app import create_app
from service.cli import app
from service.exceptions import StateUnavailable
from service.settings import Settings
from service.translation.sentence_store import PairFilter, SentenceStore, key_of
from summarizer.article import Notice, Span
from summarizer.desk import Desk
from summarizer.translating.glossary import Term
from summarizer.translating.memory import TranslationKey
from summarizer.translating.segments import Segment, TargetSegment
from summarizer.translating.translate import translate
from summarizer.watch import Watch
from tests.conftest import MODEL
from tests.desk import FIGURES, FRENCH, LEAD, LIBYA, Cards, card, newsroom, pool
from tests.service.access.test_keys import bearer
from tests.service.test_metrics import measured
from tests.service.test_problems import problem

TRANSLATIONS, MEMORY = "/v1/translations", "/v1/memory"
TMX = {"Content-Type": "application/x-tmx+xml"}

CHANGED = "The ministers said in Rome that they had talked about Libya all day and had agreed on nothing at all."


def translated(client: TestClient, text: str, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    answer = client.post(TRANSLATIONS, json={"text": text, "target_language": "fr", **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def asked(engine: FakeEngine) -> list[str]:
    """What the engine was asked since it was last looked at."""
    found = [echo(prompt) for prompt in engine.prompts]
    engine.prompts.clear()
    return found


@pytest.fixture
def french(engine: FakeEngine) -> FakeEngine:
    """An engine whose French passes the checks."""

    def answer(prompt: Prompt) -> str:
        return {CHANGED: "Les ministres ont dit à Rome qu'ils avaient parlé de la Libye toute la journée."}.get(
            echo(prompt), newsroom(prompt)
        )

    engine._answer = answer
    return engine


def test_an_article_that_changed_costs_its_changed_sentences(client: TestClient, french: FakeEngine):
    first = translated(client, f"{LEAD}\n\n{FIGURES} {LIBYA}")
    assert first["translations"][0]["warnings"] == []
    assert asked(french) == [LEAD, FIGURES, LIBYA]
    again = translated(client, f"{LEAD}\n\n{FIGURES} {CHANGED}")
    assert asked(french) == [CHANGED]
    sentences = again["translations"][0]["sentences"]
    assert sentences[:2] == first["translations"][0]["sentences"][:2]
    assert [pair["warnings"] for pair in sentences] == [[], [], []]
    assert measured(client, "lede_memory_lookups_total", found="written") == 2
    assert measured(client, "lede_memory_lookups_total", found="none") == 4


def test_marks_come_back_with_a_sentence(client: TestClient, french: FakeEngine):
    page = f"<p>{LEAD.replace('allies', '<b>allies</b>')}</p>"
    first = translated(client, page, format="html")
    asked(french)
    again = translated(client, f"{page}<p>{FIGURES}</p>", format="html")
    assert asked(french) == [FIGURES]
    assert first["translations"][0]["text"] in again["translations"][0]["text"]


def test_what_has_faults_however_it_is_tried_is_told_again_and_shown_to_nobody(
    client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    text = "The council met for nine hours on Monday and did not decide."
    first = translated(client, text)["translations"][0]
    assert first["warnings"]
    assert len(asked(engine)) > 3
    again = translated(client, f"{text} {FIGURES}")["translations"][0]
    assert set(asked(engine)) == {FIGURES}
    assert again["sentences"][0] == first["sentences"][0]
    assert [pair["source"] for pair in client.get(MEMORY).json()["pairs"]] == [FIGURES]
    clock = SimpleNamespace(time=lambda: time.time() + 90_000)
    monkeypatch.setattr("service.translation.sentence_store.time", clock)
    translated(client, f"{FIGURES} {text}")
    assert text in asked(engine)


def test_what_was_tried_once_is_not_kept_with_its_faults(desk: Desk, engine: FakeEngine):
    known: dict[TranslationKey, TargetSegment] = {}
    text = "The council met for nine hours on Monday and did not decide."
    with desk.pool.use(MODEL) as model:
        for single_attempt in (True, False):
            made = translate(
                model, [text], source="en", target="fr", watch=Watch(), memory=known, single_attempt=single_attempt
            )
            assert made[0].warnings
            assert bool(known) is not single_attempt


def test_another_wish_shares_nothing(client: TestClient, french: FakeEngine):
    translated(client, LEAD)
    asked(french)
    translated(client, LEAD, glossary={"allies": "alliés"})
    assert len(asked(french)) == 1
    translated(client, LEAD, glossary={"allies": "alliés"}, keep=["military"])  # neither term is in another sentence
    assert asked(french) == []
    translated(client, LEAD, keep=["United States"])
    assert asked(french) != []
    translated(client, LEAD, target_language="de")
    assert asked(french) != []


@pytest.mark.parametrize(
    "change", [{"window": 1024}, {"id": "test/other"}, {"presets": {}}, {"prompt": None}, {"backend": "fake others"}]
)
def test_another_model_shares_nothing(client: TestClient, french: FakeEngine, change: dict[str, Any]):
    translated(client, LEAD)
    asked(french)
    one = card()
    turns = {"turns": {**one.prompt.turns, "translate": "{notes}{text}\nTRANSLATE it from {source} to {target}"}}  # type: ignore[union-attr]
    changes = {"prompt": one.prompt.model_copy(update=turns)} if "prompt" in change else change
    other = one.model_copy(update={key: value for key, value in changes.items() if key != "backend"})
    loaded = LoadedEngine(
        french, lambda system, user, _: f"{system}\n{user}\n", backend=change.get("backend", "fake words")
    )
    settings = Settings(model=other.id, preload=False)
    with TestClient(create_app(settings, pool=Pool(Cards(other), lambda _card: loaded))) as again:
        translated(again, f"{LEAD} ")
        assert asked(french) == [LEAD]


def test_an_adapter_shares_nothing_with_the_weights_alone(
    client: TestClient, french: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    translated(client, LEAD)
    asked(french)
    monkeypatch.setattr("summarizer.signature.adapter_of", lambda _card: SimpleNamespace(tag="news-1-0a1b2c3d"))
    translated(client, f"{LEAD} ")
    assert asked(french) == [LEAD]


def test_a_key_shares_nothing_with_another(client: TestClient, french: FakeEngine):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    keys.close()
    translated(client, LEAD, headers=one)
    assert asked(french) == [LEAD]
    translated(client, f"{LEAD} {FIGURES}", headers=other)
    assert asked(french) == [LEAD, FIGURES]
    translated(client, f"{LEAD} {FIGURES}", headers=one)
    assert asked(french) == [FIGURES]
    assert len(client.get(MEMORY, headers=one).json()["pairs"]) == 2
    assert client.delete(MEMORY, headers=one).status_code == 204
    assert client.get(MEMORY, headers=one).json()["pairs"] == []
    assert len(client.get(MEMORY, headers=other).json()["pairs"]) == 2


def test_clients_of_other_apis_have_their_key_s_memory(client: TestClient, french: FakeEngine):
    keys = Keys(Settings().data)
    token = keys.create("one")
    keys.close()
    translated(client, LEAD, headers=bearer(token))
    asked(french)
    wanted = {"q": f"{LEAD} {FIGURES}", "source": "en", "target": "fr", "api_key": token}
    assert client.post("/translate", json=wanted).status_code == 200
    assert asked(french) == [FIGURES]


def test_a_restart_keeps_it(client: TestClient, french: FakeEngine):
    translated(client, LEAD)
    asked(french)
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(french))) as again:
        translated(again, f"{LEAD} {FIGURES}")
    assert asked(french) == [FIGURES]


def test_it_can_be_off(french: FakeEngine):
    settings = Settings(model=MODEL, preload=False, translation_memory_bytes=0)
    with TestClient(create_app(settings, pool=pool(french))) as client:
        translated(client, LEAD)
        translated(client, f"{LEAD} {FIGURES}")
        assert asked(french) == [LEAD, LEAD, FIGURES]
        assert problem(client.get(MEMORY), 409)["type"] == "urn:lede:problem:translation-memory-disabled"
    assert not (settings.data / "memory.sqlite3").exists()


def test_a_desk_of_its_own_forgets_with_the_request_unless_it_is_given_a_memory(french: FakeEngine, desk: Desk):
    for text in (LEAD, LEAD):
        desk.translate(text, "fr")
    assert asked(french) == [LEAD, LEAD]
    known: dict[TranslationKey, TargetSegment] = {}
    given = Desk(desk.pool, desk._settings, memory=known)
    for text in (LEAD, LEAD):
        given.translate(text, "fr")
    assert asked(french) == [LEAD]
    assert [target.text for target in known.values()] == [FRENCH[LEAD]]


# What is imported


def memory_of(*pairs: tuple[str, str], source: str = "en-US", target: str = "FR-fr") -> bytes:
    units = "".join(
        f'<tu><tuv xml:lang="{source}"><seg>{one}</seg></tuv><tuv xml:lang="{target}"><seg>{other}</seg></tuv></tu>'
        for one, other in pairs
    )
    return f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>'.encode()


PERSONS = "Les États-Unis et leurs alliés ont annoncé mardi une campagne plus intense contre le groupe armé."


def test_an_imported_pair_is_used_at_once(client: TestClient, french: FakeEngine):
    translated(client, LEAD)
    asked(french)
    content = memory_of((LEAD, PERSONS), ("Coded", "<bpt i='1'/>Codé"), ("Empty", ""))
    assert client.post(MEMORY, content=content, headers=TMX).json() == {"imported": 1, "refused": 2}
    made = translated(client, LEAD)
    assert not made["cached"]
    assert made["translations"][0]["sentences"] == [
        {"source": LEAD, "target": PERSONS, "imported": True, "warnings": []}
    ]
    assert asked(french) == []
    assert measured(client, "lede_memory_lookups_total", found="imported") == 1
    client.delete(MEMORY, params={"source_language": "en", "target_language": "fr"})
    assert translated(client, LEAD)["translations"][0]["text"] == FRENCH[LEAD]


def test_an_imported_pair_that_the_checks_find_fault_with_is_not_used(client: TestClient, french: FakeEngine):
    wrong = FRENCH[FIGURES].replace("40", "70")
    client.post(MEMORY, content=memory_of((FIGURES, wrong), (LEAD, PERSONS)), headers=TMX)
    made = translated(client, f"{FIGURES} {LEAD}", glossary={"campaign": "offensive"})
    assert FRENCH[FIGURES] in made["translations"][0]["text"]
    assert FIGURES in asked(french)
    assert not any(pair.get("imported") for pair in made["translations"][0]["sentences"])


def test_an_imported_pair_keeps_tokens_and_takes_no_markup(client: TestClient, french: FakeEngine):
    source, target = "Write to press@example.org about the bridge.", "Écrivez à press@example.org au sujet du pont."
    client.post(MEMORY, content=memory_of((source, target)), headers=TMX)
    assert translated(client, source)["translations"][0]["text"] == target
    assert asked(french) == []
    translated(client, source.replace("the bridge", "<b>the bridge</b>"), format="html")
    assert asked(french) != []


def test_a_round_trip(client: TestClient, french: FakeEngine):
    translated(client, f"{LEAD} {FIGURES}")
    for way in ({"params": {"format": "tmx"}}, {"headers": {"Accept": "application/x-tmx+xml"}}):
        sent = client.get(MEMORY, **way)  # type: ignore[arg-type]
        assert sent.headers["content-type"] == "application/x-tmx+xml"
    tree = etree.fromstring(sent.content)
    assert [tree.get("version"), tree.find("header").get("srclang")] == ["1.4", "*all*"]
    assert [seg.text for seg in tree.iter("seg")] == [LEAD, FRENCH[LEAD], FIGURES, FRENCH[FIGURES]]
    assert client.delete(MEMORY).status_code == 204
    assert client.get(MEMORY).json()["directions"] == []
    assert client.post(MEMORY, content=sent.content, headers=TMX).json() == {"imported": 2, "refused": 0}
    asked(french)
    assert translated(client, f"{LEAD} {FIGURES} ")["translations"][0]["text"].strip().endswith(FRENCH[FIGURES])
    assert asked(french) == []
    again = client.get(MEMORY, params={"format": "tmx"}).content
    assert [seg.text for seg in etree.fromstring(again).iter("seg")] == [seg.text for seg in tree.iter("seg")]


def test_pages_and_counts(client: TestClient, french: FakeEngine):
    translated(client, f"{LEAD} {FIGURES} {LIBYA}")
    client.post(MEMORY, content=memory_of(("Good morning.", "Guten Morgen."), target="de"), headers=TMX)
    first = client.get(MEMORY, params={"limit": 2}).json()
    assert [(one["target_language"], one["model"] is None, one["pairs"]) for one in first["directions"]] == [
        ("de", True, 1),
        ("fr", False, 3),
    ]
    assert [pair["source"] for pair in first["pairs"]] == [LEAD, FIGURES]
    rest = client.get(MEMORY, params={"limit": 2, "after": first["next"]}).json()
    assert [pair["source"] for pair in rest["pairs"]] == [LIBYA, "Good morning."]
    assert rest["next"] is None
    german = client.get(MEMORY, params={"target_language": "de"}).json()
    assert [pair["target"] for pair in german["pairs"]] == ["Guten Morgen."]


def test_what_is_no_memory(client: TestClient):
    assert problem(client.post(MEMORY, content=b"<html/>", headers=TMX), 422)["type"].endswith("not-text")
    assert client.post(MEMORY, content=b"<", headers=TMX).status_code == 422
    assert client.post(MEMORY, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415


def test_scopes(client: TestClient):
    keys = Keys(Settings().data)
    reading, writing = bearer(keys.create("reads", "read")), bearer(keys.create("writes"))
    keys.close()
    assert client.get(MEMORY).status_code == 401
    assert client.get(MEMORY, headers=reading).status_code == 200
    assert client.post(MEMORY, content=memory_of(), headers=reading | TMX).status_code == 403
    assert client.delete(MEMORY, headers=reading).status_code == 403
    assert client.post(MEMORY, content=memory_of(), headers=writing | TMX).status_code == 200


def test_commands(client: TestClient, french: FakeEngine, tmp_path: Path):
    def lede(*words: str) -> str:
        done = CliRunner().invoke(app, ["memory", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    translated(client, f"{LEAD} {FIGURES}")
    assert lede("list").split()[:4] == ["2", "en", "→", "fr"]
    assert json.loads(lede("list", "--json"))[0]["pairs"] == 2
    assert json.loads(lede("list", "--key", "other", "--json")) == []
    file = str(tmp_path / "memory.tmx")
    lede("export", file)
    lede("clear", "--to", "de")
    assert lede("list")
    lede("clear")
    assert not lede("list")
    assert lede("import", file) == "2 pairs were imported, and 0 refused.\n"
    assert "imported" in lede("list")
    asked(french)
    client.app.state.memory.forget_revision("")  # type: ignore[attr-defined]  # else it looks after a second
    again = translated(client, f"{LEAD} {FIGURES}")
    assert (again["cached"], asked(french)) == (False, [])
    assert again["translations"][0]["sentences"][0]["imported"]


# The file


TEXTS = st.sampled_from(["", "a", "b", "ab", '"', "\\"])
SPANS = st.lists(st.builds(Span, st.integers(0, 1), st.integers(1, 2)), max_size=2).map(tuple)
ALL_WANTED = st.builds(
    TranslationKey,
    segment=st.builds(Segment, TEXTS, SPANS, SPANS),
    source=TEXTS,
    target=TEXTS,
    terms=st.lists(st.builds(Term, TEXTS, TEXTS), max_size=2).map(tuple),
    model=TEXTS,
)


@given(TEXTS, ALL_WANTED, TEXTS, ALL_WANTED)
def test_two_share_a_key_only_when_they_are_the_same(
    owner: str, one: TranslationKey, another: str, other: TranslationKey
):
    assert (key_of(owner, one) == key_of(another, other)) == ((owner, one) == (another, other))
    changed = replace(one, segment=replace(one.segment, spans=one.segment.placeholders, placeholders=one.segment.spans))
    assert (key_of(owner, one) == key_of(owner, changed)) == (one == changed)


def kept(folder: Path, **changes: Any) -> SentenceStore:
    return SentenceStore(folder, **{"limit": 20_000, "age": 60.0, **changes})


def wanted(text: str, **changes: Any) -> TranslationKey:
    return TranslationKey(
        **{"segment": Segment(text), "source": "en", "target": "fr", "terms": (), "model": "m", **changes}
    )


def test_a_pair_comes_back_whole_and_only_for_what_it_was_kept_by(tmp_path: Path):
    pairs = kept(tmp_path)
    segment = Segment("See {name} here", (Span(0, 3),), (Span(4, 10),))
    target = TargetSegment("Voir {name} ici", (Span(0, 4),), (Span(5, 11),))
    one = wanted("", segment=segment, terms=(Term("a", "b"),))
    pairs.update("k", {one: target})
    assert pairs.get("k", one) == target
    assert pairs.get("", one) is None
    for change in ({"source": "de"}, {"target": "de"}, {"terms": ()}, {"model": "n"}):
        assert pairs.get("k", wanted("", **{"segment": segment, "terms": (Term("a", "b"),), **change})) is None
    assert pairs.get("k", wanted("See {name} here", terms=(Term("a", "b"),))) is None
    pairs.file.close()


def test_it_is_bounded_in_bytes_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pairs = kept(tmp_path)
    for n in range(60):
        pairs.update("", {wanted(f"{n} " * 100): TargetSegment("x" * 700)})
        assert pairs.file.size()[1] <= 20_000
    assert pairs.get("", wanted("59 " * 100))
    assert pairs.get("", wanted("0 " * 100)) is None
    pairs.update("", {wanted(f"many {n}"): TargetSegment("x" * 700) for n in range(60)})
    assert pairs.file.size()[1] <= 20_000
    for jump in (-3600, 3600):
        clock = SimpleNamespace(time=lambda jump=jump: time.time() + jump)
        monkeypatch.setattr("service.storage.bounded_table.time", clock)
        monkeypatch.setattr("service.translation.sentence_store.time", clock)
        assert pairs.get("", wanted("many 59")) is None
        assert pairs.counts("") == []
    pairs.file.close()


def test_processes_share_it(tmp_path: Path):
    one, other = kept(tmp_path), kept(tmp_path)
    one.update("", {wanted("a"): TargetSegment("b")})
    assert other.get("", wanted("a")) == TargetSegment("b")
    other.delete(PairFilter())
    assert one.get("", wanted("a")) is None
    assert one.revision("") == 1
    for pairs in (one, other):
        pairs.file.close()


@pytest.fixture
def pairs(client: TestClient) -> SentenceStore:
    found: SentenceStore = client.app.state.memory.pairs  # type: ignore[attr-defined]
    return found


def test_a_damaged_file_is_begun_anew(client: TestClient, french: FakeEngine, pairs: SentenceStore):
    translated(client, LEAD)
    pairs.file.close()
    pairs.file._database = None
    path = Settings().data / "memory.sqlite3"
    path.write_bytes(b"torn" * 5000)
    translated(client, f"{LEAD} {FIGURES}")
    asked(french)
    translated(client, f"{FIGURES} {LEAD}")
    assert asked(french) == []
    assert path.with_name("memory.sqlite3.broken").exists()


def test_a_locked_or_full_file_costs_no_request(
    client: TestClient, french: FakeEngine, pairs: SentenceStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    database = pairs.file._open()
    with sqlite3.connect(database.path, isolation_level=None) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        translated(client, LEAD)
        assert problem(client.post(MEMORY, content=memory_of((LEAD, PERSONS)), headers=TMX), 503)
        locked.execute("ROLLBACK")
    locked.close()
    database.rows("PRAGMA max_page_count = 1")
    translated(client, " ".join(f"{FIGURES} {n} ministers said so in Rome on the day after." for n in range(50)))
    big = memory_of(*((f"{LEAD} {n}", "x" * 2000) for n in range(50)))
    assert problem(client.post(MEMORY, content=big, headers=TMX), 507)


def test_a_file_at_fault_is_left_alone_for_a_while(client: TestClient, french: FakeEngine, pairs: SentenceStore):
    pairs.file.close()
    pairs.file._database = SimpleNamespace(rows=lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("away")))  # type: ignore[assignment]
    memory = client.app.state.memory  # type: ignore[attr-defined]
    with use_flow(Flow()):
        assert memory.get(wanted("a")) is None
    assert memory._breaker.is_open
    translated(client, LEAD)
    pairs.file._database = None


def test_what_was_written_before_an_import_is_not_found_while_the_file_is_at_fault(
    client: TestClient, french: FakeEngine, pairs: SentenceStore, monkeypatch: pytest.MonkeyPatch
):
    translated(client, LEAD)
    client.post(MEMORY, content=memory_of((LEAD, PERSONS)), headers=TMX)
    assert translated(client, LEAD)["translations"][0]["text"] == PERSONS
    with monkeypatch.context() as patch, use_flow(Flow()):
        patch.setattr(pairs.file, "rows", lambda *_: (_ for _ in ()).throw(StateUnavailable("away")))
        client.app.state.memory.get(wanted("a"))  # type: ignore[attr-defined]
        assert not translated(client, LEAD)["cached"]
    client.app.state.memory._breaker._open_until = 0  # type: ignore[attr-defined]
    again = translated(client, LEAD)
    assert (again["cached"], again["translations"][0]["text"]) == (True, PERSONS)


def test_a_sentence_in_capitals_is_remembered(french: FakeEngine, desk: Desk):
    french._answer = lambda prompt: {one.lower(): said for one, said in FRENCH.items()}.get(echo(prompt).lower(), "")
    given = Desk(desk.pool, desk._settings, memory=dict[TranslationKey, TargetSegment]())
    first = given.translate(FIGURES.upper(), "fr", source_language="en").translations
    assert first[0].texts == (FRENCH[FIGURES].upper(),)
    asked(french)
    assert given.translate(FIGURES.upper(), "fr", source_language="en").translations == first
    assert asked(french) == []


def test_an_upgrade_discards_translations_whose_warnings_have_old_kinds(tmp_path: Path):
    clean, faulty = (TranslationKey(Segment(text), "en", "fr", (), "model") for text in ("Yes.", "No."))
    pairs = SentenceStore(tmp_path, limit=10**6, age=1000)
    pairs.update(
        "", {clean: TargetSegment("Oui."), faulty: TargetSegment("Non.", (), (), (Notice("repeats", "Non."),))}
    )
    pairs.file.rows("PRAGMA user_version = 1")
    pairs.file.close()
    upgraded = SentenceStore(tmp_path, limit=10**6, age=1000)
    assert upgraded.get("", clean) == TargetSegment("Oui.")
    assert upgraded.get("", faulty) is None
    upgraded.file.close()
