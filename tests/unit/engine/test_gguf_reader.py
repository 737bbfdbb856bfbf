import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import EngineError
from headgate.engine.gguf_reader import Header, read_header
from headgate.engine.gguf_writer import MetadataValue, gguf_bytes

METADATA: dict[str, MetadataValue] = {
    "general.architecture": "qwen3",
    "general.name": "Small One",
    "qwen3.context_length": 32768,
    "qwen3.pooling_type": 3,
    "tokenizer.ggml.tokens": ["a", "b"],
    "tokenizer.ggml.token_type": [1, 1],
    "tokenizer.chat_template": "{{ messages }}",
    # llama.cpp's quantiser puts this last, behind the lists.
    "general.file_type": 15,
}
WHOLE = gguf_bytes(METADATA, [])


def read(tmp_path: Path, content: bytes) -> Header:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    return read_header(path)


def test_a_head_says_what_the_model_is(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == Header(
        architecture="qwen3",
        title="Small One",
        context_tokens=32768,
        quantisation="Q4_K_M",
        token_count=2,
        pools=True,
        chats=True,
    )


def test_what_a_file_does_not_say_is_unknown(tmp_path: Path) -> None:
    assert read(tmp_path, gguf_bytes({}, [])) == Header(
        architecture="unknown",
        title=None,
        context_tokens=None,
        quantisation=None,
        token_count=None,
        pools=False,
        chats=False,
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a GGUF file"),
        (b"<!DOCTYPE html>", "is not a GGUF file"),
        (WHOLE[:100], "is incomplete"),
        (WHOLE[:10], "is incomplete"),
        (struct.pack("<4sIQQ", b"GGUF", 99, 0, 0), "version that is not known"),
        (struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**60), "too long to be true"),
        (struct.pack("<4sIQQQ", b"GGUF", 3, 0, 1, 2**62), "is incomplete"),
        (struct.pack("<4sIQQQcI", b"GGUF", 3, 0, 1, 1, b"a", 77), "no known type"),
        (struct.pack("<4sIQQQcIIQ", b"GGUF", 3, 0, 1, 1, b"a", 9, 8, 2**62), "is incomplete"),
        (struct.pack("<4sIQQQcIIQ", b"GGUF", 3, 0, 1, 1, b"a", 9, 9, 1), "no known type"),
    ],
)
def test_a_file_that_is_no_model_is_refused_in_words(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    with pytest.raises(EngineError, match=complaint) as caught:
        read(tmp_path, content)
    assert "`model.gguf`" in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"there is no model file `.*nowhere\.gguf`"):
        read_header(tmp_path / "nowhere.gguf")


def test_a_folder_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        read_header(tmp_path)


@given(st.data())
def test_no_damage_is_anything_but_our_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for position in data.draw(st.lists(st.integers(0, max(len(damaged) - 1, 0)), max_size=4)):
        if damaged:
            damaged[position] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(damaged)
    with suppress(EngineError):  # the only exception there may be
        assert isinstance(read_header(path), Header)
