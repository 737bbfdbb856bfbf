import struct
from math import log, sqrt

import pytest

from headgate.engine.demo_language import FALLBACK, habits
from headgate.engine.demo_vocabulary import MARKER_TOKENS, TURN_END
from headgate.engine.demo_weights import NORM_EPSILON, DemoModel, compile_demo
from headgate.engine.gguf_writer import Tensor


def logit(model: DemoModel, before: str, after: str) -> float:
    """What the output matrix says for a token alone: its own place and the constant one."""
    output = next(tensor for tensor in model.tensors if tensor.name == "output.weight")
    gain = 1 / sqrt(2 / model.width + NORM_EPSILON)
    row, column = model.vocabulary.of(after), model.vocabulary.of(before)
    constant = len(model.vocabulary.tokens)
    return (number(output, row, column) + number(output, row, constant)) * gain


def number(tensor: Tensor, row: int, column: int) -> float:
    (value,) = struct.unpack_from("<e", tensor.data, 2 * (row * tensor.columns + column))
    return float(value)


@pytest.fixture(scope="module")
def model() -> DemoModel:
    return compile_demo()


def test_the_weights_hold_the_probabilities(model: DemoModel) -> None:
    for before, following in habits().items():
        for after, share in following.items():
            assert logit(model, before, after) == pytest.approx(log(share), abs=0.05)


def test_the_unknown_is_followed_by_the_fallback(model: DemoModel) -> None:
    for after, share in FALLBACK.items():
        assert logit(model, "\x07", after) == pytest.approx(log(share), abs=0.05)


def test_marks_of_tools_are_never_said_unasked(model: DemoModel) -> None:
    for before in (" the", "\x07", "\n\n"):
        for mark in MARKER_TOKENS:
            assert logit(model, before, mark) < -50


def test_every_matrix_has_as_many_numbers_as_it_says(model: DemoModel) -> None:
    sizes = {"f16": 2, "f32": 4}
    for tensor in model.tensors:
        assert len(tensor.data) == tensor.rows * tensor.columns * sizes[tensor.number]
    assert model.width % 64 == 0
    assert model.width >= len(model.vocabulary.tokens) + 2


def test_a_canned_call_is_said_at_once_and_ends_the_answer() -> None:
    call = '\n{"name": "f", "arguments": {}}\n'
    model = compile_demo(canned_call=call)
    assert logit(model, "<tool_call>", call) == pytest.approx(0, abs=0.05)
    assert logit(model, call, "</tool_call>") == pytest.approx(0, abs=0.05)
    assert logit(model, "</tool_call>", TURN_END) == pytest.approx(0, abs=0.05)
    assert logit(model, " the", call) < -50
