import struct
from pathlib import Path

from headgate.engine.gguf_reader import read_header
from headgate.engine.gguf_writer import ALIGNMENT, Tensor, gguf_bytes


def vector(name: str, *values: float) -> Tensor:
    return Tensor(name, 1, len(values), "f32", struct.pack(f"<{len(values)}f", *values))


def test_a_file_begins_with_its_counts() -> None:
    content = gguf_bytes({"a": 1}, [vector("t", 1.0)])
    assert struct.unpack_from("<4sIQQ", content) == (b"GGUF", 3, 1, 1)


def test_the_data_of_every_tensor_is_aligned() -> None:
    content = gguf_bytes({}, [vector("one", 1.0), vector("two", 2.0, 3.0)])
    assert len(content) % ALIGNMENT == 0
    assert content.endswith(
        struct.pack("<f", 1.0).ljust(ALIGNMENT, b"\0")
        + struct.pack("<2f", 2.0, 3.0).ljust(ALIGNMENT, b"\0")
    )


def test_dimensions_are_written_fastest_first() -> None:
    assert Tensor("matrix", 2, 3, "f16", bytes(12)).dimensions == (3, 2)
    assert Tensor("vector", 1, 3, "f32", bytes(12)).dimensions == (3,)


def test_every_kind_of_value_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(
        gguf_bytes(
            {
                "general.name": "naïve",
                "flag": True,
                "ratio": 0.5,
                "numbers": [1, -2],
                "tokenizer.ggml.tokens": ["a", "b", "c"],
                "general.architecture": "llama",
                "llama.context_length": 4096,
            },
            [],
        )
    )
    header = read_header(path)
    assert (header.title, header.token_count, header.context_tokens) == ("naïve", 3, 4096)
