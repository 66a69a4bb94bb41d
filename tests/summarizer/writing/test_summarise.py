"""Sentences are offered as soon as the next one has begun."""

import pytest

from models.engines.fake import WORD, FakeEngine
from summarizer.article import Article
from summarizer.desk import Desk
from summarizer.reading import read, sentences
from summarizer.watch import Watch
from summarizer.writing import stream, summarise
from summarizer.writing.summarise import Summariser
from summarizer.writing.tidy import tidy
from tests.desk import ARTICLE, pool

ANSWERS = (
    "The U.S. Army left on Jan. 3. It went home. Mr. Smith stayed behind! Why? Nobody said “Stop it. Now.” to him.",
    "He came from the U.S. The others did not... They stayed at 3.5 percent. “I know. We all know,” he said. It ended.",
    "Summary:\nOne line. And another\nWithout its end. The last one. A",
    "它结束了。“我们知道。”他说。没有人来。",
)


class Recording:
    """The offered sentences, each with the characters written so far."""

    def __init__(self, answer: str, language: str = "en") -> None:
        self.answer, self.written = answer, 0
        self.offered: list[tuple[str, int]] = []
        self._engine = FakeEngine(answer=lambda _: answer, window=2048)
        self._language = language

    def write(self, monkeypatch: pytest.MonkeyPatch) -> int:
        """Writes the answer; returns how often it was split."""
        split = 0

        def counted(text: str, language: str) -> object:
            nonlocal split
            split += 1
            self.written = len(text)
            return sentences(text, language)

        monkeypatch.setattr(stream, "sentences", counted)
        desk = Desk(pool(self._engine))
        article: Article = desk.read(ARTICLE)
        with desk.pool.use("test/desk") as model:
            Summariser(model, article, self._language, Watch()).write(9, 100, self._offer)
        desk.close()
        return split

    def _offer(self, sentence: str) -> bool:
        self.offered.append((sentence, self.written))
        return False

    def expected(self) -> list[str]:
        """The sentences, split at every word."""
        return [one.text.strip() for one in sentences(tidy(self.answer), self._language)]


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_sentence_is_offered_once(answer: str, monkeypatch: pytest.MonkeyPatch):
    recording = Recording(answer, "zh" if answer == ANSWERS[3] else "en")
    recording.write(monkeypatch)
    assert [sentence for sentence, _ in recording.offered] == recording.expected()


@pytest.mark.parametrize("answer", ANSWERS[:2])
def test_no_sentence_is_offered_later_than_with_a_split_at_every_word(answer: str, monkeypatch: pytest.MonkeyPatch):
    recording, written = Recording(answer), ""
    earliest: dict[str, int] = {}
    recording.write(monkeypatch)
    for word in WORD.findall(answer):
        written += word
        if written[-1].isalnum():  # otherwise the next sentence has not begun
            for one in sentences(tidy(written), "en")[:-1]:
                earliest.setdefault(one.text.strip(), len(tidy(written)))
    assert len(earliest) > 1
    for sentence, at in recording.offered:
        assert at <= earliest.get(sentence, len(answer))


def test_a_confirmed_end_is_not_split_again(monkeypatch: pytest.MonkeyPatch):
    ends = 3
    assert Recording("It rained in all of the town. " * ends + "And so on it went.").write(monkeypatch) <= ends + 2


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("(CNN)British inventor James Dyson spoke.", "British inventor James Dyson spoke."),
        ("Beirut (CNN) -- Syria fired.", "Syria fired."),
        ("PARIS, 12 mars (AFP) - Le ministre part.", "Le ministre part."),
        ("BUFFALO, N.Y. — Zach Parise scored.", "Zach Parise scored."),
        ("القاهرة (رويترز) - قال الوزير ذلك.", "قال الوزير ذلك."),
        ("The group (IS) - which lost - left.", "The group (IS) - which lost - left."),
        ("NATO — the alliance — met.", "NATO — the alliance — met."),
        ("Der Minister (SPD) – Vater von drei – sagt zu.", "Der Minister (SPD) – Vater von drei – sagt zu."),
        ("Die CDU – Partei der Mitte – verliert.", "Die CDU – Partei der Mitte – verliert."),
    ],
)
def test_no_sentence_begins_with_a_dateline(text: str, first: str):
    assert summarise.article_sentences(read(text=text))[0] == first
