"""What an unbounded prefix cache would have had."""

import json
from itertools import accumulate, chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.traffic.read import read_file
from support.usage import write

requests = st.lists(
    st.lists(st.integers(0, 3), min_size=1, max_size=4),
    min_size=1,
    max_size=12,
)


def share(requests: list[tuple[int, list[int]]]) -> float | None:
    with TemporaryDirectory() as folder:
        rows = [
            {"timestamp": 0, "input_length": length, "output_length": 1, "hash_ids": hashes}
            for length, hashes in requests
        ]
        return read_file(write(Path(folder), *map(json.dumps, rows))).prefix_hit_share


def test_only_what_comes_again_is_a_hit() -> None:
    assert share([(1_100, [1, 2, 3]), (1_100, [1, 2, 4])]) == pytest.approx(1_024 / 2_200)
    assert share([(512, [1]), (512, [2])]) == 0


def test_the_last_block_counts_with_the_tokens_it_has() -> None:
    assert share([(600, [1, 2]), (600, [1, 2])]) == pytest.approx(0.5)


def test_requests_without_blocks_have_no_hits() -> None:
    assert share([(512, [1]), (512, [1]), (1_024, [])]) == pytest.approx(512 / 2_048)


@given(requests)
@settings(max_examples=15, deadline=None)
def test_it_is_what_a_cache_would_say(requests: list[list[int]]) -> None:
    # A block's name tells all before it; the last block of a prompt is 300 tokens long.
    prompts = [[*accumulate(map(str, blocks)), f"{blocks} ends"] for blocks in requests]
    numbers = {name: number for number, name in enumerate(set(chain.from_iterable(prompts)))}
    rows = [(512 * len(names) - 212, [numbers[name] for name in names]) for names in prompts]
    seen: set[int] = set()
    hits = 0
    for length, hashes in rows:
        for place, name in enumerate(hashes):
            hits += min(512, length - 512 * place) * (name in seen)
            seen.add(name)
    assert share(rows) == pytest.approx(hits / sum(length for length, _ in rows))
