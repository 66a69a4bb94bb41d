"""Files that are damaged, or made to hurt: an error that names the file, and never a crash."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from models.engines.marian.engine import MarianEngine
from models.errors import LoadFailed
from models.protocol import Decoding, Prompt, Text
from tests.models.engines.marian import student
from tests.models.engines.marian.languages import TEXTS
from tests.models.engines.marian.student import Student

PROMPT = [Prompt((Text("All human beings are born free and equal."),))]


@pytest.fixture(scope="module")
def vocabulary() -> bytes:
    return student.vocabulary(TEXTS.values(), 600)


@pytest.fixture
def folder(vocabulary: bytes, tmp_path: Path) -> Path:
    size = student.pieces(vocabulary)
    made = Student.small(size, width=8, hidden=8, heads=2, encoder=1, decoder=1)
    return student.write(tmp_path, made, {"vocab": vocabulary}, student.shortlist(size, size, best=4))


def answer(folder: Path) -> str:
    return MarianEngine(folder, window=512).generate(PROMPT, Decoding())[0].text


def header(content: bytes) -> int:
    """Where the names and dimensions of a model's file end."""
    count = struct.unpack_from("<Q", content, 8)[0]
    sizes = [struct.unpack_from("<4Q", content, 16 + 32 * index) for index in range(count)]
    return 16 + 32 * count + sum(length + 4 * rank for length, _, rank, _ in sizes) + 8


def test_every_byte_of_a_models_header_counts(folder: Path) -> None:
    path = next(folder.glob("model*"))
    content = path.read_bytes()
    for place in range(header(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        with pytest.raises(LoadFailed, match=path.name):
            MarianEngine(folder, window=512)


def test_every_byte_of_a_shortlists_header_is_told_or_only_narrows_the_choice(folder: Path) -> None:
    path = next(folder.glob("lex*"))
    content = path.read_bytes()
    for place in range(48):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            answer(folder)
            assert 8 <= place < 32  # the checksum, the words that always may come, and how long lists may be
        except LoadFailed as error:
            assert path.name in str(error)  # noqa: PT017 - either may come


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_cut_file_is_named(folder: Path, kind: str, part: float) -> None:
    path = next(folder.glob(f"{kind}*"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
def test_a_file_of_something_else_is_named(folder: Path, kind: str) -> None:
    path = next(folder.glob(f"{kind}*"))
    for content in (
        b"\x1f\x8b" + bytes(100),
        b"version https://git-lfs.github.com/spec/v1\n",
        bytes(4096),
        b"\xff" * 4096,
    ):
        path.write_bytes(content)
        with pytest.raises(LoadFailed, match=path.name):
            MarianEngine(folder, window=512)


@pytest.mark.parametrize("field", range(4))
@pytest.mark.parametrize("number", [2**62, 2**64 - 1, 2**40, 0])
def test_huge_lengths_are_told_before_memory_is_asked_for(folder: Path, field: int, number: int) -> None:
    path = next(folder.glob("model*"))
    content = bytearray(path.read_bytes())
    struct.pack_into("<Q", content, 16 + 8 * field, number)
    path.write_bytes(content)
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
def test_a_missing_file_is_told(folder: Path, kind: str) -> None:
    next(folder.glob(f"{kind}*")).unlink()
    if kind == "lex":  # it only narrows the choice
        assert MarianEngine(folder, window=512)
        return
    with pytest.raises(LoadFailed, match=kind):
        MarianEngine(folder, window=512)


@pytest.mark.parametrize(("old", "new"), [
    (b"type: transformer", b"type: s2s        "), (b"dec-cell: ssru", b"dec-cell: gru "),
    (b"heads: 2", b"heads: 3"), (b"dim-emb: 8", b"dim-emb: 9"), (b"enc-depth: 1", b"enc-depth: 9"),
    (b"activation: relu", b"activation: gelu"), (b"position-embeddings: false", b"position-embeddings: true "),
    (b"dim-vocabs:", b"dim-vocabs?"), (b"tied-embeddings-all: true", b"tied-embeddings-all: nope"),
    (b"dec-cell: ssru", b"\tdec-ce{ ssru"),
])  # fmt: skip
def test_what_the_engine_does_not_compute_is_told(folder: Path, old: bytes, new: bytes) -> None:
    path = next(folder.glob("model*"))
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


def _no_number(items: list[student.Item]) -> list[student.Item]:
    return [
        (name, kind, shape, b"\0\0\xc0\x7f" * (len(data) // 4) if name.endswith("_bq") else data)
        for name, kind, shape, data in items
    ]


def _no_multiplier(items: list[student.Item]) -> list[student.Item]:
    return [
        (name, kind, shape, data[:-4] + bytes(4) if name.endswith("_Wq") else data) for name, kind, shape, data in items
    ]


def _no_alpha(items: list[student.Item]) -> list[student.Item]:
    return [item for item in items if not item[0].endswith("_Wq_QuantMultA")]


@pytest.mark.parametrize("change", [_no_number, _no_multiplier, _no_alpha])
def test_weights_that_are_no_numbers_are_told(
    folder: Path, vocabulary: bytes, change: Callable[[list[student.Item]], list[student.Item]]
) -> None:
    path = next(folder.glob("model*"))
    made = Student.small(student.pieces(vocabulary), width=8, hidden=8, heads=2, encoder=1, decoder=1)
    path.write_bytes(student.packed(change(made.items())))
    with pytest.raises(LoadFailed, match=r"_[Wb]q"):
        MarianEngine(folder, window=512)


def test_a_vocabulary_of_another_model_is_told(folder: Path) -> None:
    path = next(folder.glob("vocab*"))
    path.write_bytes(student.vocabulary(TEXTS.values(), 900))
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


def test_compressed_files_read_as_they_were(folder: Path) -> None:
    import gzip  # noqa: PLC0415

    whole = answer(folder)
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert answer(folder) == whole
