"""Read what a GGUF file says of itself, without loading it.

Only the head is read, and its long lists of tokens are stepped over. Every length is
checked against what was read before it is believed.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headgate.core.errors import EngineError
from headgate.engine.gguf_writer import ARRAY, BOOL, FLOAT32, INT32, MAGIC, STRING, UINT32

HEAD_BYTES: Final = 64 * 1024 * 1024
"""Far more than the largest vocabulary needs."""
MOST_ENTRIES: Final = 4096
_SCALARS: Final = {
    0: "B", 1: "b", 2: "H", 3: "h", UINT32: "I", INT32: "i", FLOAT32: "f", BOOL: "?",
    10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_OLDEST_VERSION, _NEWEST_VERSION = 2, 3

QUANTISATIONS: Final = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
    23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0",
    38: "MXFP4_MOE",
}  # fmt: skip
"""llama.cpp's names for `general.file_type`."""

Value = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What matters of a model's metadata; `None` where it does not say."""

    architecture: str
    title: str | None
    context_tokens: int | None
    """What it was trained for."""
    quantisation: str | None
    token_count: int | None
    pools: bool
    """It was made for embeddings, and says how its tokens' vectors become one."""
    chats: bool
    """It knows how to lay out a conversation."""


def read_header(path: Path) -> Header:
    """The head of a GGUF file.

    Raises:
        EngineError: The file cannot be read, or is not a whole GGUF head.
    """
    try:
        with path.open("rb") as file:
            return _header(_metadata(_Reader(file.read(HEAD_BYTES))))
    except FileNotFoundError as problem:
        raise EngineError(f"there is no model file `{path}`") from problem
    except OSError as problem:
        raise EngineError(f"`{path}` cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise EngineError(
            f"`{path.name}` {problem}",
            hint="if it was downloaded, it was probably cut short: download it again",
        ) from problem


class _Reader:
    """A cursor that never leaves the file."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, form: str) -> int | float | bool:
        start = self.skip(struct.calcsize(f"<{form}"))
        value: int | float | bool = struct.unpack_from(f"<{form}", self.content, start)[0]
        return value

    def skip(self, size: int) -> int:
        """Where the `size` bytes begin that are now behind us."""
        start = self.at
        if size > len(self.content) - start:
            raise ValueError("is incomplete")
        self.at = start + size
        return start

    def text(self) -> str:
        size = int(self.take("Q"))
        start = self.skip(size)
        return self.content[start : start + size].decode(errors="replace")


def _metadata(reader: _Reader) -> dict[str, Value]:
    """Single values, and the length of each list."""
    if reader.content[:4] != MAGIC:
        raise ValueError("is not a GGUF file")
    reader.skip(len(MAGIC))
    if not _OLDEST_VERSION <= reader.take("I") <= _NEWEST_VERSION:
        raise ValueError("is of a GGUF version that is not known here")
    reader.take("Q")
    entries = int(reader.take("Q"))
    if entries > MOST_ENTRIES:
        raise ValueError("is damaged: its head is too long to be true")
    return {reader.text(): _value(reader, int(reader.take("I"))) for _ in range(entries)}


def _value(reader: _Reader, kind: int) -> Value:
    if kind == STRING:
        return reader.text()
    if kind == ARRAY:
        return _list_length(reader)
    if kind not in _SCALARS:
        raise ValueError("is damaged: its head holds a value of no known type")
    return reader.take(_SCALARS[kind])


def _list_length(reader: _Reader) -> int:
    kind, length = int(reader.take("I")), int(reader.take("Q"))
    if kind == STRING:
        _skip_texts(reader, length)
    elif kind in _SCALARS:
        reader.skip(length * struct.calcsize(f"<{_SCALARS[kind]}"))
    else:
        raise ValueError("is damaged: its head holds a list of no known type")
    return length


def _skip_texts(reader: _Reader, count: int) -> None:
    # Half a million of them in a large vocabulary: no call per item but this one.
    size_at, content, at = struct.Struct("<Q").unpack_from, reader.content, reader.at
    last = len(content) - 8
    for _ in range(count):
        if at > last:
            raise ValueError("is incomplete")
        at += 8 + size_at(content, at)[0]
    reader.at = at
    reader.skip(0)


def _header(metadata: dict[str, Value]) -> Header:
    architecture = str(metadata.get("general.architecture", "unknown"))
    title, file_type = metadata.get("general.name"), metadata.get("general.file_type")
    context_tokens = metadata.get(f"{architecture}.context_length")
    token_count = metadata.get("tokenizer.ggml.tokens")
    return Header(
        architecture=architecture,
        title=title if isinstance(title, str) else None,
        context_tokens=context_tokens if isinstance(context_tokens, int) else None,
        quantisation=QUANTISATIONS.get(file_type) if isinstance(file_type, int) else None,
        token_count=token_count if isinstance(token_count, int) else None,
        pools=bool(metadata.get(f"{architecture}.pooling_type")),
        chats="tokenizer.chat_template" in metadata,
    )
