import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.reading import detect, read
from summarizer.reading.language import is_written_in

SENTENCES = {
    "en": "The council said on Monday that the bridge would be closed for another month.",
    "fr": "La mairie a annoncé lundi que le pont resterait fermé un mois de plus.",
    "de": "Die Stadt teilte am Montag mit, dass die Brücke noch einen Monat gesperrt bleibt.",
    "es": "El ayuntamiento dijo el lunes que el puente seguirá cerrado un mes más.",
    "it": "Il comune ha detto lunedì che il ponte resterà chiuso per un altro mese.",
    "nl": "De gemeente zei maandag dat de brug nog een maand gesloten blijft.",
    "pl": "Rada miasta poinformowała w poniedziałek, że most będzie zamknięty jeszcze przez miesiąc.",
    "id": "Pemerintah kota mengatakan pada hari Senin bahwa jembatan akan ditutup sebulan lagi karena perbaikan.",
    "vi": "Chính quyền thành phố cho biết hôm thứ hai rằng cây cầu sẽ đóng cửa thêm một tháng.",
    "tr": "Belediye pazartesi günü köprünün bir ay daha kapalı kalacağını açıkladı.",
    "ru": "Городской совет сообщил в понедельник, что мост будет закрыт ещё месяц.",
    "uk": "Міська рада повідомила в понеділок, що міст буде закрито ще на місяць.",
    "bg": "Общината съобщи в понеделник, че мостът ще остане затворен още един месец.",
    "el": "Ο δήμος ανακοίνωσε τη Δευτέρα ότι η γέφυρα θα μείνει κλειστή για έναν ακόμη μήνα.",
    "he": "העירייה הודיעה ביום שני שהגשר יישאר סגור עוד חודש אחד.",
    "ar": "قال المجلس يوم الاثنين إن الجسر سيظل مغلقا لمدة شهر آخر.",
    "fa": "شورای شهر روز دوشنبه اعلام کرد که این پل یک ماه دیگر بسته می‌ماند.",
    "ur": "بلدیہ نے پیر کو کہا کہ پل مزید ایک مہینے تک بند رہے گا۔",
    "hi": "नगर परिषद ने सोमवार को कहा कि पुल एक और महीने तक बंद रहेगा।",
    "bn": "সোমবার পৌরসভা জানিয়েছে যে সেতুটি আরও এক মাস বন্ধ থাকবে।",
    "ta": "பாலம் இன்னும் ஒரு மாதம் மூடப்பட்டிருக்கும் என்று நகராட்சி திங்களன்று தெரிவித்தது.",
    "th": "เทศบาลแจ้งเมื่อวันจันทร์ว่าสะพานจะปิดต่อไปอีกหนึ่งเดือน",
    "ko": "시는 다리가 한 달 더 폐쇄될 것이라고 월요일에 밝혔다.",
    "ja": "市は月曜日、橋がさらに一か月閉鎖されると発表した。",
    "zh-Hans": "市政府周一表示，这座桥还将关闭一个月，车辆需要绕行。",
    "zh-Hant": "市政府週一表示，這座橋還將關閉一個月，車輛需要繞行。",
    "sr-Cyrl": "Градско веће је у понедељак саопштило да ће мост бити затворен још месец дана.",
    "sr-Latn": "Gradsko veće je u ponedeljak saopštilo da će most biti zatvoren još mesec dana, rekao je predsednik.",
    "pt-BR": "A prefeitura disse que o ônibus e o trem vão parar; o registro da equipe mostra bilhões em prêmios.",
    "pt-PT": "A câmara disse que o autocarro e o comboio vão parar; o registo da equipa mostra prémios do desporto.",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_is_enough_to_detect_its_language(language: str, text: str) -> None:
    result = detect(text)
    assert result.language == language
    assert result.candidates[0].confidence == result.confidence > 0.3


@pytest.mark.parametrize(
    "text", ["", " ", "12%", "0:00 / 3:12", "OK", "Taxi", "東京", "🙂🙂", "CNN", "la casa", "\U00031350"]
)
def test_texts_without_a_certain_language_are_undetermined(text: str) -> None:
    assert detect(text).language == "und"


def test_a_text_in_two_languages_shares_the_confidence() -> None:
    result = detect("\n".join([SENTENCES["en"]] * 6 + [SENTENCES["ja"]] * 3))
    assert result.candidates[0].language == "en"
    assert {one.language for one in result.candidates[:2]} == {"en", "ja"}
    assert result.confidence < 0.9


def test_a_paragraph_in_another_language_is_labelled() -> None:
    text = "\n\n".join([f"{SENTENCES['en']} {SENTENCES['en']}", SENTENCES["de"], SENTENCES["en"]])
    assert [p.language for p in read(text=text).paragraphs] == [None, "de", None]


def test_the_callers_language_wins_with_a_warning_on_contradiction() -> None:
    result = read(text=f"{SENTENCES['de']} {SENTENCES['de']}", source_language="fr")
    assert result.language == "fr"
    assert [notice.kind for notice in result.warnings] == ["language_contradicted"]
    assert not read(text=SENTENCES["pt-BR"], source_language="pt").warnings


def test_function_words_and_scripts_identify_a_language() -> None:
    assert is_written_in("fr", SENTENCES["fr"])
    assert is_written_in("th", SENTENCES["th"])
    assert not is_written_in("de", SENTENCES["el"])


@given(st.text(max_size=300))
def test_any_text_gets_a_detection(text: str) -> None:
    result = detect(text)
    assert 0 <= result.confidence <= 1
    assert result.language == "und" or result.language == result.candidates[0].language


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux lists them")
def test_detection_starts_no_threads() -> None:
    rest = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    script = "from summarizer.reading import detect; import os; detect(text); print(len(os.listdir('/proc/self/task')))"
    command = [sys.executable, "-c", f"text = {SENTENCES['en']!r}; {script}"]
    assert subprocess.run(command, env=rest, capture_output=True, text=True, check=True).stdout == "1\n"


def test_a_long_text_in_two_languages_shares_the_confidence() -> None:
    result = detect("\n".join([SENTENCES["en"]] * 15 + [SENTENCES["fr"]] * 15))
    assert {candidate.language for candidate in result.candidates[:2]} == {"en", "fr"}
    assert result.confidence < 0.7
