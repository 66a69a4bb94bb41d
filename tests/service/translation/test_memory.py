"""The translation memory: reuse of translations, import and export, and the store."""

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
from tests.desk import FIGURES, FRENCH, LEAD, LIBYA, Cards, answer_prompt, card, pool
from tests.service.access.test_keys import bearer
from tests.service.test_metrics import measured
from tests.service.test_problems import problem

TRANSLATIONS, MEMORY = "/v1/translations", "/v1/memory"
TMX = {"Content-Type": "application/x-tmx+xml"}

CHANGED = "The ministers said in Rome that they had talked about Libya all day and had agreed on nothing at all."


def translate_text(client: TestClient, text: str, **fields: Any) -> dict[str, Any]:
    headers = fields.pop("headers", {})
    answer = client.post(TRANSLATIONS, json={"text": text, "target_language": "fr", **fields}, headers=headers)
    assert answer.status_code == 200, answer.text
    translations: dict[str, Any] = answer.json()
    return translations


def take_prompts(engine: FakeEngine) -> list[str]:
    """Returns the texts of the prompts since the last call."""
    texts = [echo(prompt) for prompt in engine.prompts]
    engine.prompts.clear()
    return texts


@pytest.fixture
def french(engine: FakeEngine) -> FakeEngine:
    """An engine whose French passes the checks."""

    def answer(prompt: Prompt) -> str:
        return {
            CHANGED: "Les ministres ont dit à Rome qu'ils avaient parlé de la Libye toute la journée sans rien décider."
        }.get(echo(prompt), answer_prompt(prompt))

    engine._answer = answer
    return engine


def test_only_the_changed_sentences_of_an_article_are_translated(client: TestClient, french: FakeEngine):
    first = translate_text(client, f"{LEAD}\n\n{FIGURES} {LIBYA}")
    assert first["translations"][0]["warnings"] == []
    assert take_prompts(french) == [LEAD, FIGURES, LIBYA]
    second = translate_text(client, f"{LEAD}\n\n{FIGURES} {CHANGED}")
    assert take_prompts(french) == [CHANGED]
    sentences = second["translations"][0]["sentences"]
    assert sentences[:2] == first["translations"][0]["sentences"][:2]
    assert [pair["warnings"] for pair in sentences] == [[], [], []]
    assert measured(client, "lede_memory_lookups_total", found="written") == 2
    assert measured(client, "lede_memory_lookups_total", found="none") == 4


def test_inline_markup_is_stored_with_a_sentence(client: TestClient, french: FakeEngine):
    page = f"<p>{LEAD.replace('allies', '<b>allies</b>')}</p>"
    first = translate_text(client, page, format="html")
    take_prompts(french)
    second = translate_text(client, f"{page}<p>{FIGURES}</p>", format="html")
    assert take_prompts(french) == [FIGURES]
    assert first["translations"][0]["text"] in second["translations"][0]["text"]


def test_a_translation_with_warnings_is_reused_for_a_day_and_not_listed(
    client: TestClient, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    text = "The council met for nine hours on Monday and did not decide."
    first = translate_text(client, text)["translations"][0]
    assert first["warnings"]
    assert len(take_prompts(engine)) > 3
    second = translate_text(client, f"{text} {FIGURES}")["translations"][0]
    assert set(take_prompts(engine)) == {FIGURES}
    assert second["sentences"][0] == first["sentences"][0]
    assert [pair["source"] for pair in client.get(MEMORY).json()["pairs"]] == [FIGURES]
    clock = SimpleNamespace(time=lambda: time.time() + 90_000)
    monkeypatch.setattr("service.translation.sentence_store.time", clock)
    translate_text(client, f"{FIGURES} {text}")
    assert text in take_prompts(engine)


def test_a_single_attempt_with_warnings_is_not_stored(desk: Desk, engine: FakeEngine):
    known: dict[TranslationKey, TargetSegment] = {}
    text = "The council met for nine hours on Monday and did not decide."
    with desk.pool.use(MODEL) as model:
        for single_attempt in (True, False):
            made = translate(
                model, [text], source="en", target="fr", watch=Watch(), memory=known, single_attempt=single_attempt
            )
            assert made[0].warnings
            assert bool(known) is not single_attempt


def test_different_options_share_no_translations(client: TestClient, french: FakeEngine):
    translate_text(client, LEAD)
    take_prompts(french)
    translate_text(client, LEAD, glossary={"allies": "alliés"})
    assert len(take_prompts(french)) == 1
    translate_text(
        client, LEAD, glossary={"allies": "alliés"}, keep=["military"]
    )  # the added term does not occur in the sentence
    assert take_prompts(french) == []
    translate_text(client, LEAD, keep=["United States"])
    assert take_prompts(french) != []
    translate_text(client, LEAD, target_language="de")
    assert take_prompts(french) != []


@pytest.mark.parametrize(
    "change", [{"window": 1024}, {"id": "test/other"}, {"presets": {}}, {"prompt": None}, {"backend": "fake others"}]
)
def test_different_models_share_no_translations(client: TestClient, french: FakeEngine, change: dict[str, Any]):
    translate_text(client, LEAD)
    take_prompts(french)
    one = card()
    turns = {"turns": {**one.prompt.turns, "translate": "{notes}{text}\nTRANSLATE it from {source} to {target}"}}  # type: ignore[union-attr]
    changes = {"prompt": one.prompt.model_copy(update=turns)} if "prompt" in change else change
    other = one.model_copy(update={key: value for key, value in changes.items() if key != "backend"})
    loaded = LoadedEngine(
        french, lambda system, user, _: f"{system}\n{user}\n", backend=change.get("backend", "fake words")
    )
    settings = Settings(model=other.id, preload=False)
    with TestClient(create_app(settings, pool=Pool(Cards(other), lambda _card: loaded))) as second:
        translate_text(second, f"{LEAD} ")
        assert take_prompts(french) == [LEAD]


def test_an_adapter_shares_nothing_with_the_weights_alone(
    client: TestClient, french: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    translate_text(client, LEAD)
    take_prompts(french)
    monkeypatch.setattr("summarizer.signature.adapter_of", lambda _card: SimpleNamespace(tag="news-1-0a1b2c3d"))
    translate_text(client, f"{LEAD} ")
    assert take_prompts(french) == [LEAD]


def test_keys_share_no_translations(client: TestClient, french: FakeEngine):
    keys = Keys(Settings().data)
    one, other = bearer(keys.create("one")), bearer(keys.create("other"))
    keys.close()
    translate_text(client, LEAD, headers=one)
    assert take_prompts(french) == [LEAD]
    translate_text(client, f"{LEAD} {FIGURES}", headers=other)
    assert take_prompts(french) == [LEAD, FIGURES]
    translate_text(client, f"{LEAD} {FIGURES}", headers=one)
    assert take_prompts(french) == [FIGURES]
    assert len(client.get(MEMORY, headers=one).json()["pairs"]) == 2
    assert client.delete(MEMORY, headers=one).status_code == 204
    assert client.get(MEMORY, headers=one).json()["pairs"] == []
    assert len(client.get(MEMORY, headers=other).json()["pairs"]) == 2


def test_clients_of_other_apis_use_the_memory_of_their_key(client: TestClient, french: FakeEngine):
    keys = Keys(Settings().data)
    token = keys.create("one")
    keys.close()
    translate_text(client, LEAD, headers=bearer(token))
    take_prompts(french)
    fields = {"q": f"{LEAD} {FIGURES}", "source": "en", "target": "fr", "api_key": token}
    assert client.post("/translate", json=fields).status_code == 200
    assert take_prompts(french) == [FIGURES]


def test_translations_survive_a_restart(client: TestClient, french: FakeEngine):
    translate_text(client, LEAD)
    take_prompts(french)
    with TestClient(create_app(Settings(model=MODEL, preload=False), pool=pool(french))) as second:
        translate_text(second, f"{LEAD} {FIGURES}")
    assert take_prompts(french) == [FIGURES]


def test_the_memory_can_be_disabled(french: FakeEngine):
    settings = Settings(model=MODEL, preload=False, translation_memory_bytes=0)
    with TestClient(create_app(settings, pool=pool(french))) as client:
        translate_text(client, LEAD)
        translate_text(client, f"{LEAD} {FIGURES}")
        assert take_prompts(french) == [LEAD, LEAD, FIGURES]
        assert problem(client.get(MEMORY), 409)["type"] == "urn:lede:problem:translation-memory-disabled"
    assert not (settings.data / "memory.sqlite3").exists()


def test_a_desk_without_a_memory_reuses_translations_only_within_a_request(french: FakeEngine, desk: Desk):
    for text in (LEAD, LEAD):
        desk.translate(text, "fr")
    assert take_prompts(french) == [LEAD, LEAD]
    known: dict[TranslationKey, TargetSegment] = {}
    given = Desk(desk.pool, desk._settings, memory=known)
    for text in (LEAD, LEAD):
        given.translate(text, "fr")
    assert take_prompts(french) == [LEAD]
    assert [target.text for target in known.values()] == [FRENCH[LEAD]]


# Import and export


def tmx_of(*pairs: tuple[str, str], source: str = "en-US", target: str = "FR-fr") -> bytes:
    units = "".join(
        f'<tu><tuv xml:lang="{source}"><seg>{one}</seg></tuv><tuv xml:lang="{target}"><seg>{other}</seg></tuv></tu>'
        for one, other in pairs
    )
    return f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>'.encode()


HUMAN_TRANSLATION = "Les États-Unis et leurs alliés ont annoncé mardi une campagne plus intense contre le groupe armé."


def test_an_imported_pair_is_used_immediately(client: TestClient, french: FakeEngine):
    translate_text(client, LEAD)
    take_prompts(french)
    content = tmx_of((LEAD, HUMAN_TRANSLATION), ("Coded", "<bpt i='1'/>Codé"), ("Empty", ""))
    assert client.post(MEMORY, content=content, headers=TMX).json() == {"imported": 1, "refused": 2}
    made = translate_text(client, LEAD)
    assert not made["cached"]
    assert made["translations"][0]["sentences"] == [
        {"source": LEAD, "target": HUMAN_TRANSLATION, "imported": True, "warnings": []}
    ]
    assert take_prompts(french) == []
    assert measured(client, "lede_memory_lookups_total", found="imported") == 1
    client.delete(MEMORY, params={"source_language": "en", "target_language": "fr"})
    assert translate_text(client, LEAD)["translations"][0]["text"] == FRENCH[LEAD]


def test_an_imported_pair_that_fails_the_checks_is_not_used(client: TestClient, french: FakeEngine):
    wrong = FRENCH[FIGURES].replace("40", "70")
    client.post(MEMORY, content=tmx_of((FIGURES, wrong), (LEAD, HUMAN_TRANSLATION)), headers=TMX)
    made = translate_text(client, f"{FIGURES} {LEAD}", glossary={"campaign": "offensive"})
    assert FRENCH[FIGURES] in made["translations"][0]["text"]
    assert FIGURES in take_prompts(french)
    assert not any(pair.get("imported") for pair in made["translations"][0]["sentences"])


def test_an_imported_pair_supports_placeholders_but_no_markup(client: TestClient, french: FakeEngine):
    source, target = "Write to press@example.org about the bridge.", "Écrivez à press@example.org au sujet du pont."
    client.post(MEMORY, content=tmx_of((source, target)), headers=TMX)
    assert translate_text(client, source)["translations"][0]["text"] == target
    assert take_prompts(french) == []
    translate_text(client, source.replace("the bridge", "<b>the bridge</b>"), format="html")
    assert take_prompts(french) != []


def test_a_round_trip(client: TestClient, french: FakeEngine):
    translate_text(client, f"{LEAD} {FIGURES}")
    for way in ({"params": {"format": "tmx"}}, {"headers": {"Accept": "application/x-tmx+xml"}}):
        sent = client.get(MEMORY, **way)  # type: ignore[arg-type]
        assert sent.headers["content-type"] == "application/x-tmx+xml"
    tree = etree.fromstring(sent.content)
    assert [tree.get("version"), tree.find("header").get("srclang")] == ["1.4", "*all*"]
    assert [seg.text for seg in tree.iter("seg")] == [LEAD, FRENCH[LEAD], FIGURES, FRENCH[FIGURES]]
    assert client.delete(MEMORY).status_code == 204
    assert client.get(MEMORY).json()["directions"] == []
    assert client.post(MEMORY, content=sent.content, headers=TMX).json() == {"imported": 2, "refused": 0}
    take_prompts(french)
    assert translate_text(client, f"{LEAD} {FIGURES} ")["translations"][0]["text"].strip().endswith(FRENCH[FIGURES])
    assert take_prompts(french) == []
    second = client.get(MEMORY, params={"format": "tmx"}).content
    assert [seg.text for seg in etree.fromstring(second).iter("seg")] == [seg.text for seg in tree.iter("seg")]


def test_pages_and_counts(client: TestClient, french: FakeEngine):
    translate_text(client, f"{LEAD} {FIGURES} {LIBYA}")
    client.post(MEMORY, content=tmx_of(("Good morning.", "Guten Morgen."), target="de"), headers=TMX)
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


def test_invalid_imports_are_rejected(client: TestClient):
    assert problem(client.post(MEMORY, content=b"<html/>", headers=TMX), 422)["type"].endswith("not-text")
    assert client.post(MEMORY, content=b"<", headers=TMX).status_code == 422
    assert client.post(MEMORY, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415


def test_scopes(client: TestClient):
    keys = Keys(Settings().data)
    reading, writing = bearer(keys.create("reads", "read")), bearer(keys.create("writes"))
    keys.close()
    assert client.get(MEMORY).status_code == 401
    assert client.get(MEMORY, headers=reading).status_code == 200
    assert client.post(MEMORY, content=tmx_of(), headers=reading | TMX).status_code == 403
    assert client.delete(MEMORY, headers=reading).status_code == 403
    assert client.post(MEMORY, content=tmx_of(), headers=writing | TMX).status_code == 200


def test_commands(client: TestClient, french: FakeEngine, tmp_path: Path):
    def lede(*words: str) -> str:
        done = CliRunner().invoke(app, ["memory", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    translate_text(client, f"{LEAD} {FIGURES}")
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
    take_prompts(french)
    client.app.state.memory.forget_revision("")  # type: ignore[attr-defined]  # otherwise cached for a second
    second = translate_text(client, f"{LEAD} {FIGURES}")
    assert (second["cached"], take_prompts(french)) == (False, [])
    assert second["translations"][0]["sentences"][0]["imported"]


# The store


TEXTS = st.sampled_from(["", "a", "b", "ab", '"', "\\"])
SPANS = st.lists(st.builds(Span, st.integers(0, 1), st.integers(1, 2)), max_size=2).map(tuple)
KEYS = st.builds(
    TranslationKey,
    segment=st.builds(Segment, TEXTS, SPANS, SPANS),
    source=TEXTS,
    target=TEXTS,
    terms=st.lists(st.builds(Term, TEXTS, TEXTS), max_size=2).map(tuple),
    model=TEXTS,
)


@given(TEXTS, KEYS, TEXTS, KEYS)
def test_keys_are_equal_only_for_equal_pairs(owner: str, one: TranslationKey, another: str, other: TranslationKey):
    assert (key_of(owner, one) == key_of(another, other)) == ((owner, one) == (another, other))
    changed = replace(one, segment=replace(one.segment, spans=one.segment.placeholders, placeholders=one.segment.spans))
    assert (key_of(owner, one) == key_of(owner, changed)) == (one == changed)


def open_store(folder: Path, **changes: Any) -> SentenceStore:
    return SentenceStore(folder, **{"limit": 20_000, "age": 60.0, **changes})


def key(text: str, **changes: Any) -> TranslationKey:
    return TranslationKey(
        **{"segment": Segment(text), "source": "en", "target": "fr", "terms": (), "model": "m", **changes}
    )


def test_a_pair_is_found_only_by_its_own_key(tmp_path: Path):
    pairs = open_store(tmp_path)
    segment = Segment("See {name} here", (Span(0, 3),), (Span(4, 10),))
    target = TargetSegment("Voir {name} ici", (Span(0, 4),), (Span(5, 11),))
    one = key("", segment=segment, terms=(Term("a", "b"),))
    pairs.update("k", {one: target})
    assert pairs.get("k", one) == target
    assert pairs.get("", one) is None
    for change in ({"source": "de"}, {"target": "de"}, {"terms": ()}, {"model": "n"}):
        assert pairs.get("k", key("", **{"segment": segment, "terms": (Term("a", "b"),), **change})) is None
    assert pairs.get("k", key("See {name} here", terms=(Term("a", "b"),))) is None
    pairs.file.close()


def test_the_store_is_bounded_in_bytes_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pairs = open_store(tmp_path)
    for n in range(60):
        pairs.update("", {key(f"{n} " * 100): TargetSegment("x" * 700)})
        assert pairs.file.size()[1] <= 20_000
    assert pairs.get("", key("59 " * 100))
    assert pairs.get("", key("0 " * 100)) is None
    pairs.update("", {key(f"many {n}"): TargetSegment("x" * 700) for n in range(60)})
    assert pairs.file.size()[1] <= 20_000
    for jump in (-3600, 3600):
        clock = SimpleNamespace(time=lambda jump=jump: time.time() + jump)
        monkeypatch.setattr("service.storage.bounded_table.time", clock)
        monkeypatch.setattr("service.translation.sentence_store.time", clock)
        assert pairs.get("", key("many 59")) is None
        assert pairs.counts("") == []
    pairs.file.close()


def test_processes_share_the_store(tmp_path: Path):
    one, other = open_store(tmp_path), open_store(tmp_path)
    one.update("", {key("a"): TargetSegment("b")})
    assert other.get("", key("a")) == TargetSegment("b")
    other.delete(PairFilter())
    assert one.get("", key("a")) is None
    assert one.revision("") == 1
    for pairs in (one, other):
        pairs.file.close()


@pytest.fixture
def pairs(client: TestClient) -> SentenceStore:
    store: SentenceStore = client.app.state.memory.pairs  # type: ignore[attr-defined]
    return store


def test_a_damaged_file_is_replaced(client: TestClient, french: FakeEngine, pairs: SentenceStore):
    translate_text(client, LEAD)
    pairs.file.close()
    pairs.file._database = None
    path = Settings().data / "memory.sqlite3"
    path.write_bytes(b"damaged!" * 2500)
    translate_text(client, f"{LEAD} {FIGURES}")
    take_prompts(french)
    translate_text(client, f"{FIGURES} {LEAD}")
    assert take_prompts(french) == []
    assert path.with_name("memory.sqlite3.broken").exists()


def test_a_locked_or_full_file_fails_no_request(
    client: TestClient, french: FakeEngine, pairs: SentenceStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("service.storage.circuit_breaker.OPEN_SECONDS", 0)
    database = pairs.file._open()
    with sqlite3.connect(database.path, isolation_level=None) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        translate_text(client, LEAD)
        assert problem(client.post(MEMORY, content=tmx_of((LEAD, HUMAN_TRANSLATION)), headers=TMX), 503)
        locked.execute("ROLLBACK")
    locked.close()
    database.rows("PRAGMA max_page_count = 1")
    translate_text(client, " ".join(f"{FIGURES} {n} ministers said so in Rome on the day after." for n in range(50)))
    big = tmx_of(*((f"{LEAD} {n}", "x" * 2000) for n in range(50)))
    assert problem(client.post(MEMORY, content=big, headers=TMX), 507)


def test_a_failing_file_opens_the_circuit_breaker(client: TestClient, french: FakeEngine, pairs: SentenceStore):
    pairs.file.close()
    pairs.file._database = SimpleNamespace(rows=lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("away")))  # type: ignore[assignment]
    memory = client.app.state.memory  # type: ignore[attr-defined]
    with use_flow(Flow()):
        assert memory.get(key("a")) is None
    assert memory._breaker.is_open
    translate_text(client, LEAD)
    pairs.file._database = None


def test_results_from_before_an_import_are_not_returned_while_the_file_fails(
    client: TestClient, french: FakeEngine, pairs: SentenceStore, monkeypatch: pytest.MonkeyPatch
):
    translate_text(client, LEAD)
    client.post(MEMORY, content=tmx_of((LEAD, HUMAN_TRANSLATION)), headers=TMX)
    assert translate_text(client, LEAD)["translations"][0]["text"] == HUMAN_TRANSLATION
    with monkeypatch.context() as patch, use_flow(Flow()):
        patch.setattr(pairs.file, "rows", lambda *_: (_ for _ in ()).throw(StateUnavailable("away")))
        client.app.state.memory.get(key("a"))  # type: ignore[attr-defined]
        assert not translate_text(client, LEAD)["cached"]
    client.app.state.memory._breaker._open_until = 0  # type: ignore[attr-defined]
    second = translate_text(client, LEAD)
    assert (second["cached"], second["translations"][0]["text"]) == (True, HUMAN_TRANSLATION)


def test_a_sentence_in_capitals_is_stored(french: FakeEngine, desk: Desk):
    french._answer = lambda prompt: {source.lower(): target for source, target in FRENCH.items()}.get(
        echo(prompt).lower(), ""
    )
    given = Desk(desk.pool, desk._settings, memory=dict[TranslationKey, TargetSegment]())
    first = given.translate(FIGURES.upper(), "fr", source_language="en").translations
    assert first[0].texts == (FRENCH[FIGURES].upper(),)
    take_prompts(french)
    assert given.translate(FIGURES.upper(), "fr", source_language="en").translations == first
    assert take_prompts(french) == []


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
