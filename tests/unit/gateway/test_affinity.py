"""Beginnings of prompts that were read before."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.affinity import (
    BLOCK_BYTES,
    KEPT_S,
    MOST_BLOCKS_KEPT,
    MOST_BLOCKS_READ,
    Prefixes,
    Prompt,
    prompt_of,
)
from headgate.wire.dialects.openai_chat import DIALECT


def prompt(*turns: str, **more: object) -> Prompt:
    messages = [{"role": "user", "content": turn} for turn in turns]
    body = json.dumps({"model": "m", "messages": messages, **more}).encode()
    return prompt_of(DIALECT.decode("chat", body))


def shared(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False))


LONG = "x" * (8 * BLOCK_BYTES)


def test_the_next_turn_begins_with_the_blocks_of_the_one_before() -> None:
    first, next_turn = prompt(LONG).blocks, prompt(LONG, "and then?").blocks
    assert len(first) == 8
    assert next_turn[: len(first)] == first


def test_another_model_tool_or_system_prompt_shares_nothing() -> None:
    first = prompt(LONG).blocks
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    assert shared(first, prompt(LONG, tools=tools).blocks) == 0
    assert shared(first, prompt(LONG, model="other").blocks) == 0


@given(st.text("ab", min_size=1, max_size=40).map(lambda text: text * 200), st.integers(0, 7999))
def test_blocks_are_shared_up_to_the_first_difference_and_no_further(text: str, at: int) -> None:
    at = min(at, len(text) - 1)
    changed = text[:at] + "c" + text[at + 1 :]
    start = len(b'[{"role": "user", "content": "')
    assert shared(prompt(text).blocks, prompt(changed).blocks) == (start + at) // BLOCK_BYTES


def test_a_short_prompt_has_no_blocks_and_a_long_one_not_too_many() -> None:
    assert prompt("Hi").blocks == ()
    assert len(prompt("x" * 2_000_000).blocks) == MOST_BLOCKS_READ


def test_the_longest_beginning_that_was_read_counts() -> None:
    read = Prefixes()
    assert read.bytes_read((1, 2, 3), 0.0) == 0
    read.note((1, 2, 3), 0.0)
    assert read.bytes_read((1, 2, 3, 4, 5), 0.0) == 3 * BLOCK_BYTES
    assert read.bytes_read((1, 2, 9), 0.0) == 2 * BLOCK_BYTES
    assert read.bytes_read((8, 9), 0.0) == 0


def test_what_was_read_long_ago_is_forgotten() -> None:
    read = Prefixes()
    read.note((1, 2), 0.0)
    assert read.bytes_read((1, 2), KEPT_S - 1) == 2 * BLOCK_BYTES
    assert read.bytes_read((1, 2), KEPT_S) == 0


def test_the_least_lately_used_goes_first_ends_before_beginnings() -> None:
    read = Prefixes()
    read.note(range(100), 0.0)
    read.note(range(1000, 1000 + MOST_BLOCKS_KEPT - 50), 1.0)
    assert len(read) == MOST_BLOCKS_KEPT
    assert read.bytes_read(range(100), 1.0) == 50 * BLOCK_BYTES
