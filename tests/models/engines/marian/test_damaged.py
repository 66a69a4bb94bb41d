"""Damaged and malicious files raise LoadFailed with the file's name."""

import gzip
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
    size = student.vocabulary_size(vocabulary)
    weights = Student.small(size, width=8, hidden=8, heads=2, encoder=1, decoder=1)
    return student.write(tmp_path, weights, {"vocab": vocabulary}, student.shortlist(size, size, best=4))


def translate(folder: Path) -> str:
    return MarianEngine(folder, window=512).generate(PROMPT, Decoding())[0].text


def header_length(content: bytes) -> int:
    """Returns the position of the padding length: the end of the names and dimensions, plus 8."""
    (count,) = struct.unpack_from("<Q", content, 8)
    sizes = [struct.unpack_from("<4Q", content, 16 + 32 * index) for index in range(count)]
    lengths = sum(length + 4 * rank for length, _, rank, _ in sizes)
    return 16 + 32 * int(count) + int(lengths) + 8


def test_a_change_of_any_byte_of_a_models_header_is_rejected(folder: Path) -> None:
    path = next(folder.glob("model*"))
    content = path.read_bytes()
    for place in range(header_length(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        with pytest.raises(LoadFailed, match=path.name):
            MarianEngine(folder, window=512)


def test_a_change_of_a_byte_of_a_shortlists_header_is_rejected_or_only_changes_the_selection(folder: Path) -> None:
    path = next(folder.glob("lex*"))
    content = path.read_bytes()
    for place in range(48):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            translate(folder)
            assert 8 <= place < 32  # the checksum, the number of frequent words, and the maximum length of lists
        except LoadFailed as error:
            assert path.name in str(error)  # noqa: PT017 - both outcomes are valid


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_named_in_the_error(folder: Path, kind: str, part: float) -> None:
    path = next(folder.glob(f"{kind}*"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
def test_a_file_in_another_format_is_named_in_the_error(folder: Path, kind: str) -> None:
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
def test_huge_lengths_are_rejected_before_memory_is_allocated(folder: Path, field: int, number: int) -> None:
    path = next(folder.glob("model*"))
    content = bytearray(path.read_bytes())
    struct.pack_into("<Q", content, 16 + 8 * field, number)
    path.write_bytes(content)
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


@pytest.mark.parametrize("kind", ["model", "lex", "vocab"])
def test_a_missing_file_is_reported(folder: Path, kind: str) -> None:
    next(folder.glob(f"{kind}*")).unlink()
    if kind == "lex":  # the shortlist is optional
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
def test_unsupported_options_are_rejected(folder: Path, old: bytes, new: bytes) -> None:
    path = next(folder.glob("model*"))
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


def _with_nan(items: list[student.Item]) -> list[student.Item]:
    return [
        (name, kind, shape, b"\0\0\xc0\x7f" * (len(data) // 4) if name.endswith("_bq") else data)
        for name, kind, shape, data in items
    ]


def _without_multiplier(items: list[student.Item]) -> list[student.Item]:
    return [
        (name, kind, shape, data[:-4] + bytes(4) if name.endswith("_Wq") else data) for name, kind, shape, data in items
    ]


def _without_alpha(items: list[student.Item]) -> list[student.Item]:
    return [item for item in items if not item[0].endswith("_Wq_QuantMultA")]


@pytest.mark.parametrize("change", [_with_nan, _without_multiplier, _without_alpha])
def test_weights_that_are_with_nans_are_told(
    folder: Path, vocabulary: bytes, change: Callable[[list[student.Item]], list[student.Item]]
) -> None:
    path = next(folder.glob("model*"))
    weights = Student.small(student.vocabulary_size(vocabulary), width=8, hidden=8, heads=2, encoder=1, decoder=1)
    path.write_bytes(student.pack(change(weights.items())))
    with pytest.raises(LoadFailed, match=r"_[Wb]q"):
        MarianEngine(folder, window=512)


def test_a_vocabulary_of_another_model_is_rejected(folder: Path) -> None:
    path = next(folder.glob("vocab*"))
    path.write_bytes(student.vocabulary(TEXTS.values(), 900))
    with pytest.raises(LoadFailed, match=path.name):
        MarianEngine(folder, window=512)


def test_compressed_files_give_the_same_translation(folder: Path) -> None:
    expected = translate(folder)
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert translate(folder) == expected
