"""Summaries: fallbacks for sentences that are not supported."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engines.fake import FakeEngine, echo
from models.protocol import Decoding, Markup, OnToken, Prompt
from models.settings import ModelSettings
from summarizer.checking.facts import facts
from summarizer.checking.measure import words
from summarizer.desk import Desk
from summarizer.editions import Summary
from summarizer.errors import CannotFit, CannotSupport, NotTranslated
from summarizer.options import Strictness, SummaryOptions
from summarizer.watch import Watch
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, pool

INVENTED = "The group has lost 75 percent of its men."


def at(engine: FakeEngine) -> Desk:
    return Desk(pool(engine), ModelSettings(model="test/desk"))


def desk(answer: Callable[[Prompt], str]) -> Desk:
    return at(FakeEngine(answer=answer, window=2048))


def summarised(answer: Callable[[Prompt], str], options: SummaryOptions | None = None) -> Summary:
    return desk(answer).summarise(ARTICLE, options)


def kinds(summary: Summary) -> list[str]:
    return [notice.kind for notice in summary.warnings]


class FirstThenLater:
    """Answers differently from the second prompt on."""

    def __init__(self, first: str, later: str) -> None:
        self.answers = [first]
        self.later = later

    def __call__(self, _prompt: Prompt) -> str:
        return self.answers.pop() if self.answers else self.later


def test_supported_sentences_are_written_once():
    summary = summarised(lambda _prompt: f"{LEAD} {FIGURES}")
    assert summary.text == f"{LEAD} {FIGURES}"
    assert [sentence.method for sentence in summary.sentences] == ["written", "written"]
    assert [sentence.support for sentence in summary.sentences] == [1.0, 1.0]
    assert kinds(summary) == []


def test_unsupported_sentences_are_rewritten():
    summary = summarised(FirstThenLater(f"{INVENTED} {LIBYA}", FIGURES), SummaryOptions(max_sentences=1))
    assert (summary.text, summary.sentences[0].method) in {(FIGURES, "rewritten"), (LIBYA, "written")}
    assert kinds(summary) == ["left_out"]
    assert "75" in summary.warnings[0].message


def test_unsupported_phrases_are_banned_in_a_rewrite():
    seen: list[Decoding] = []

    class Engine(FakeEngine):
        def generate(self, prompts: list[Prompt], decoding: Decoding, on_token: OnToken | None = None):  # type: ignore[override]
            seen.append(decoding)
            return super().generate(prompts, decoding, on_token)

    at(Engine(answer=lambda _prompt: INVENTED, window=2048)).summarise(ARTICLE)
    assert seen[0].banned == ()
    assert any("75" in phrase for phrase in seen[1].banned)


def test_the_rest_of_an_answer_is_used_if_no_rewrite_is_better():
    summary = summarised(lambda _prompt: f"{INVENTED} {FIGURES}", SummaryOptions(max_sentences=1))
    assert summary.text == FIGURES
    assert summary.sentences[0].method == "written"


def test_a_single_sentence_is_followed_by_one_copied_from_the_article():
    summary = summarised(lambda _prompt: f"{INVENTED} {FIGURES}")
    assert summary.text == f"{FIGURES} {LEAD}"
    assert [sentence.method for sentence in summary.sentences] == ["written", "extracted"]
    assert kinds(summary) == ["extracted", "left_out"]
    assert "The last sentence was copied" in summary.warnings[0].message
    written = summarised(lambda _prompt: f"{LEAD} {INVENTED} {FIGURES}")
    assert written.text == f"{LEAD} {FIGURES}"
    assert summarised(lambda _prompt: FIGURES).text == f"{FIGURES} {LEAD}"
    assert summarised(lambda _prompt: FIGURES, SummaryOptions(max_sentences=1)).text == FIGURES
    debris = desk(lambda _prompt: FIGURES).summarise(f"Reading time 2 min.\n\n{ARTICLE}")
    assert debris.text == f"{FIGURES} {LEAD}"
    short = desk(lambda _prompt: "The bridge is closed.").summarise("The bridge is closed. A boat crosses.")
    assert short.text == "The bridge is closed."


def test_a_short_summary_is_filled_up_to_half_of_the_article():
    thin = "The group has lost territory in Iraq."
    options = SummaryOptions(max_sentences=4, max_words=100)
    long = f"{ARTICLE} A bridge was opened. A road was closed. A boat was late. A train was early."
    summary = desk(lambda _prompt: thin).summarise(long, options)
    assert summary.text == f"{thin} {LEAD} {LIBYA}"
    assert [sentence.method for sentence in summary.sentences] == ["written", "extracted", "extracted"]
    assert "The last 2 sentences were copied" in summary.warnings[0].message
    assert kinds(summary) == ["extracted"]
    assert summarised(lambda _prompt: thin, options).text == f"{thin} {LEAD}"
    assert desk(lambda _prompt: f"{FIGURES} {LEAD}").summarise(long, options).text == f"{FIGURES} {LEAD}"
    report = SummaryOptions(max_sentences=4, max_words=100, strictness="report")
    assert desk(lambda _prompt: thin).summarise(long, report).text == thin


def test_a_sentence_about_the_article_is_rejected():
    about = "The article discusses the group's territory in Iraq and Syria."
    assert about not in summarised(lambda _prompt: f"{about} {FIGURES}").text


def test_a_sentence_with_part_of_a_quotation_is_rejected():
    half = '"The coalition says the group has lost 40 percent of its territory in Iraq.'
    assert summarised(lambda _prompt: f"{half} {LEAD}").text == f"{LEAD} {FIGURES}"


def test_a_pronoun_needs_an_antecedent():
    back = "They have lost 40 percent of its territory in Iraq and 20 percent in Syria."
    assert [sentence.text for sentence in summarised(lambda _prompt: f"{LEAD} {back}").sentences] == [LEAD, back]
    assert summarised(lambda _prompt: f"{back} {LEAD}").text == f"{LEAD} {FIGURES}"
    assert summarised(lambda _prompt: f"{LEAD} {INVENTED} {back}").text == f"{LEAD} {FIGURES}"
    assert summarised(lambda _prompt: f"{LEAD} {LEAD} {back}").text == f"{LEAD} {back}"
    report = SummaryOptions(strictness="report")
    assert summarised(lambda _prompt: f"{back} {LEAD}", report).text == f"{back} {LEAD}"


def test_sentences_copied_from_the_article_are_the_last_fallback():
    summary = summarised(lambda _prompt: INVENTED)
    assert summary.text == f"{LEAD} {FIGURES}"
    assert {sentence.method for sentence in summary.sentences} == {"extracted"}
    assert kinds(summary) == ["extracted", "left_out"]


def test_self_contained_sentences_are_copied_first():
    text = f'"We have been sitting here for nine hours now," she said.\n\nRome wants to know why.\n\n{ARTICLE}'
    summary = desk(lambda _prompt: INVENTED).summarise(text)
    assert summary.text == f"{LEAD} {FIGURES}"
    assert desk(lambda _prompt: INVENTED).summarise("Rome wants to know.").text == "Rome wants to know."


def test_a_language_of_the_card_s_extracts_is_summarised_by_copied_sentences():
    thin = "The group has lost territory in Iraq."
    engine = FakeEngine(answer=lambda _prompt: thin, window=2048)
    extracting = Desk(pool(engine, extracts=("en",)), ModelSettings(model="test/desk"))
    summary = extracting.summarise(ARTICLE)
    assert summary.text == f"{LEAD} {FIGURES}"
    assert {sentence.method for sentence in summary.sentences} == {"extracted"}
    assert kinds(summary) == ["extracted"]
    assert engine.prompts == []
    assert extracting.summarise(ARTICLE, SummaryOptions(max_words=words(LEAD, "en") - 1)).text == thin
    assert extracting.summarise(ARTICLE, SummaryOptions(strictness="report")).text == thin
    french = Desk(pool(engine, extracts=("fr",)), ModelSettings(model="test/desk"))
    assert french.summarise(ARTICLE).sentences[0].method == "written"


def test_a_duplicate_sentence_is_not_selected():
    twice = "The coalition says that the group lost 40 percent of its territory in Iraq and 20 percent in Syria."
    assert summarised(lambda _prompt: f"{FIGURES} {twice}").text == f"{FIGURES} {LEAD}"


def test_refuse_raises_an_error_that_names_the_findings():
    with pytest.raises(CannotSupport, match="75"):
        summarised(lambda _prompt: f"{LEAD} {INVENTED}", SummaryOptions(strictness="refuse"))
    assert summarised(lambda _prompt: LEAD, SummaryOptions(strictness="refuse")).text == LEAD


def test_report_uses_the_first_answer():
    engine = FakeEngine(answer=lambda _prompt: f"{LEAD} Angela Merkel was there.", window=2048)
    summary = at(engine).summarise(ARTICLE, SummaryOptions(strictness="report"))
    assert len(engine.prompts) == 1
    assert summary.text == f"{LEAD} Angela Merkel was there."


def test_report_removes_unsupported_numbers():
    summary = summarised(lambda _prompt: f"{INVENTED} {LEAD}", SummaryOptions(strictness="report"))
    assert summary.text == LEAD


def test_without_time_for_a_rewrite_the_supported_sentences_are_the_summary():
    class Late(Watch):
        def has_time_for(self, seconds: float) -> bool:
            return False

    engine = FakeEngine(answer=lambda _prompt: f"{INVENTED} {FIGURES}", window=2048)
    summary = at(engine).summarise(ARTICLE, watch=Late())
    assert [sentence.method for sentence in summary.sentences] == ["written", "extracted"]
    assert len(engine.prompts) == 1


def test_the_word_limit_applies_to_the_translated_summary():
    summary = summarised(_french, SummaryOptions("fr", max_words=20))
    assert 0 < words(summary.text, "fr") <= 20


def test_a_summary_is_never_truncated_to_fit():
    with pytest.raises((CannotFit, CannotSupport)):
        summarised(_french, SummaryOptions("fr", max_words=5))


def test_an_unsupported_headline_is_replaced_by_words_of_the_article():
    summary = summarised(lambda _prompt: "Group loses 75 percent", SummaryOptions(style="headline"))
    assert summary.sentences[0].method == "extracted"
    assert LEAD.startswith(summary.text)
    assert not summary.text.endswith(".")


def _french(prompt: Prompt) -> str:
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    return FRENCH.get(echo(prompt), echo(prompt)) if "TRANSLATE" in task else f"{LEAD} {FIGURES}"


def _directly(prompt: Prompt) -> str:
    task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
    return f"{FRENCH[FIGURES]} {FRENCH[LEAD]}" if "SUMMARISE in French" in task else _french(prompt)


def test_a_direction_of_the_card_s_direct_is_written_without_translation():
    engine = FakeEngine(answer=_directly, window=2048)
    desk = Desk(pool(engine, direct=("en:fr",)), ModelSettings(model="test/desk"))
    assert desk.summarise(ARTICLE, SummaryOptions("fr")).text == f"{FRENCH[FIGURES]} {FRENCH[LEAD]}"
    assert len(engine.prompts) == 1
    assert desk.summarise(ARTICLE, SummaryOptions("en")).text == f"{LEAD} {FIGURES}"


def test_an_unsupported_direct_summary_falls_back_to_translation():
    engine = FakeEngine(answer=_french, window=2048)
    desk = Desk(pool(engine, direct=("en:fr",)), ModelSettings(model="test/desk"))
    assert desk.summarise(ARTICLE, SummaryOptions("fr")).text == f"{FRENCH[LEAD]} {FRENCH[FIGURES]}"


CLAIMS = st.lists(
    st.one_of(
        st.sampled_from([LEAD, FIGURES, LIBYA]),
        st.builds(
            "The group has lost {} percent of its territory in {}.".format, st.integers(0, 99), st.text(max_size=9)
        ),
        st.text(max_size=60).map(lambda text: f"{text}."),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(CLAIMS, CLAIMS, st.sampled_from(["report", "repair"]), st.sampled_from([None, "fr"]))
def test_no_summary_has_a_number_that_the_article_does_not_mention(
    first: list[str], later: list[str], strictness: Strictness, language: str | None
):
    write = FirstThenLater(" ".join(first), " ".join(later))
    try:
        summary = summarised(write, SummaryOptions(language, strictness=strictness))
    except (CannotFit, CannotSupport, NotTranslated):
        return
    supported = {fact.value for fact in facts(ARTICLE, "en") if fact.kind == "number"}
    stated = {fact.value for fact in facts(summary.text, summary.target_language) if fact.kind == "number"}
    assert stated <= supported
