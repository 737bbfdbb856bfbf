"""The numbers of the demonstration model: compiled from `demo_language`, not trained.

How a transformer is made to follow a table: each token's vector is one at its own place
and at the place `constant`. The output matrix then holds, column by column, the
logarithms of how likely each word is to follow. One attention head, which ignores
positions, looks for the marks that tools were offered and that one was called, and
writes what it found at the place `flag`; only that makes a tool call likely.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from headgate.engine import demo_language, demo_vocabulary
from headgate.engine.demo_vocabulary import Vocabulary
from headgate.engine.gguf_writer import Tensor

HEAD_SIZE: Final = 64
FEED_FORWARD_SIZE: Final = 32
NORMS: Final = ("blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight")
NORM_EPSILON: Final = 1e-5

UNSEEN: Final = log(1e-7)
BLANK: Final = -25.0
"""Space that grammars allow between the parts of an object, and nobody needs."""
NEVER: Final = -60.0
_LOOKUP: Final = 40.0
"""Query and key of the marks the head looks for; its square drowns every other score."""
_CALL_LIFT: Final = 25.0
"""What the flag adds to the logarithm of a tool call."""
_FLAG_SIZE: Final = 0.5


@dataclass(frozen=True, slots=True)
class DemoModel:
    """The compiled model, before it is written in any format."""

    vocabulary: Vocabulary
    width: int
    tensors: tuple[Tensor, ...]


class _Matrix:
    """Half-precision numbers, nearly all of them 0."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.data = bytearray(2 * rows * columns)

    def put(self, row: int, column: int, value: float) -> None:
        struct.pack_into("<e", self.data, 2 * (row * self.columns + column), value)

    def tensor(self, name: str) -> Tensor:
        return Tensor(name, self.rows, self.columns, "f16", self.data)


def compile_demo(canned_call: str | None = None) -> DemoModel:
    """Turn the habits of `demo_language` into weights.

    `canned_call` is a whole tool call the model says at once where no grammar stops it,
    for engines that do not hold calls to a schema.
    """
    vocabulary = demo_vocabulary.learn(
        demo_language.taught_pieces(), [canned_call] if canned_call else []
    )
    size = len(vocabulary.tokens)
    width = -(-(size + 2) // 64) * 64
    constant, flag = size, size + 1
    # What normalisation multiplies a token's two ones by.
    gain = 1 / sqrt(2 / width + NORM_EPSILON)
    embedding = _Matrix(size, width)
    for token in range(size):
        embedding.put(token, token, 1.0)
        embedding.put(token, constant, 1.0)
    ones = struct.pack("<f", 1.0) * width
    tensors = (
        embedding.tensor("token_embd.weight"),
        *_attention(vocabulary, width, gain, places=(constant, flag)),
        *_silent_feed_forward(width),
        *(Tensor(name, 1, width, "f32", ones) for name in NORMS),
        _output(vocabulary, width, gain, canned_call).tensor("output.weight"),
    )
    return DemoModel(vocabulary, width, tensors)


def _attention(
    vocabulary: Vocabulary, width: int, gain: float, *, places: tuple[int, int]
) -> tuple[Tensor, ...]:
    """One head: from anywhere to the marks of tools, in the slowest, all but still, rotation."""
    constant, flag = places
    still = HEAD_SIZE - 2
    query, key, value = (_Matrix(HEAD_SIZE, width) for _ in range(3))
    output = _Matrix(width, HEAD_SIZE)
    query.put(still, constant, _LOOKUP / gain)
    # A call weighs more than the offer: the model calls once, and talks when it has the result.
    for mark, weight in ((demo_vocabulary.TOOLS_START, 1), (demo_vocabulary.CALL_START, -3)):
        key.put(still, vocabulary.of(mark), _LOOKUP / gain)
        value.put(0, vocabulary.of(mark), weight / gain)
    output.put(flag, 0, _FLAG_SIZE)
    return (
        query.tensor("blk.0.attn_q.weight"),
        key.tensor("blk.0.attn_k.weight"),
        value.tensor("blk.0.attn_v.weight"),
        output.tensor("blk.0.attn_output.weight"),
    )


def _silent_feed_forward(width: int) -> tuple[Tensor, ...]:
    """The architecture wants one; this one adds nothing."""
    return (
        _Matrix(FEED_FORWARD_SIZE, width).tensor("blk.0.ffn_gate.weight"),
        _Matrix(FEED_FORWARD_SIZE, width).tensor("blk.0.ffn_up.weight"),
        _Matrix(width, FEED_FORWARD_SIZE).tensor("blk.0.ffn_down.weight"),
    )


def _output(vocabulary: Vocabulary, width: int, gain: float, canned_call: str | None) -> _Matrix:
    """Row: a word. Column: the word before it; `constant` holds what follows the unknown."""
    size = len(vocabulary.tokens)
    constant, flag = size, size + 1
    matrix = _Matrix(size, width)
    default = _default_logits(vocabulary, canned_call)
    for token, logit in enumerate(default):
        matrix.put(token, constant, logit / gain)
    for token, following in _logits(vocabulary, canned_call).items():
        unsaid = {vocabulary.of(piece): UNSEEN for piece in demo_language.FALLBACK}
        for successor, logit in {**unsaid, **following}.items():
            matrix.put(successor, token, (logit - default[successor]) / gain)
    call_start = vocabulary.of(demo_vocabulary.CALL_START)
    matrix.put(call_start, flag, _CALL_LIFT / (_FLAG_SIZE * gain))
    return matrix


def _default_logits(vocabulary: Vocabulary, canned_call: str | None) -> list[float]:
    logits = [UNSEEN] * len(vocabulary.tokens)
    for blank in ("\t", "\n", "\r", " "):
        logits[vocabulary.of(blank)] = BLANK
    silent = [*demo_vocabulary.CONTROL_TOKENS, *demo_vocabulary.MARKER_TOKENS]
    for piece in [*silent, *([canned_call] if canned_call else [])]:
        logits[vocabulary.of(piece)] = NEVER
    for piece, probability in demo_language.FALLBACK.items():
        logits[vocabulary.of(piece)] = log(probability)
    return logits


def _logits(vocabulary: Vocabulary, canned_call: str | None) -> dict[int, dict[int, float]]:
    table = {
        vocabulary.of(piece): _logs(vocabulary, following)
        for piece, following in demo_language.habits().items()
    }
    start, end = (
        vocabulary.of(mark) for mark in (demo_vocabulary.CALL_START, demo_vocabulary.CALL_END)
    )
    new_line = vocabulary.of(demo_language.ANSWER_START)
    # The flag lifts the start; the end follows an object only where a grammar lets it.
    table[new_line] |= {start: log(1e-5), end: log(1e-6)}
    table[vocabulary.of("}")] |= {end: 0.0}
    table[start] = {new_line: log(1e-4)}
    table[end] = {vocabulary.of(demo_vocabulary.TURN_END): 0.0}
    if canned_call:
        table[start] |= {vocabulary.of(canned_call): 0.0}
        table[vocabulary.of(canned_call)] = {end: 0.0}
    return table


def _logs(vocabulary: Vocabulary, following: Mapping[str, float]) -> dict[int, float]:
    return {vocabulary.of(piece): log(probability) for piece, probability in following.items()}
