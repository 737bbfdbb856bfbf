"""What a route masks does not leave, and its client cannot tell that anything was masked.

Every conversation is sent twice through the real server: to a stand-in outside, masked, and to
one at home, as it is. Both repeat what they read. `HEADGATE_MASKED_CONVERSATIONS` sets how many
conversations are made up.
"""

import os
from collections.abc import Iterator
from random import Random

import pytest

from support.echo import Masked, leaks
from support.masked_bench import BACKENDS, Bench, first_difference, told
from support.masked_requests import CLIENTS, LENGTHS, Writer

CONVERSATIONS = int(os.environ.get("HEADGATE_MASKED_CONVERSATIONS", "150"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("masked")) as bench:
        yield bench
        assert "Traceback" not in bench.server.said


def test_nothing_leaks_and_everything_comes_back(bench: Bench) -> None:
    for seed in range(CONVERSATIONS):
        check_one(bench, seed)


def check_one(bench: Bench, seed: int) -> None:
    random = Random(seed)
    client, backend = CLIENTS[random.choice(list(CLIENTS))], random.choice(list(BACKENDS))
    asked = Writer(random).conversation(random.choice(LENGTHS))
    stream = random.random() < 0.6
    case = f"seed {seed}: {client.dialect} at {backend}, {len(asked.turns)}, stream: {stream}"
    masked, plain = bench.answers(client, backend, asked, stream=stream, seed=seed)
    sent, original = bench.outside.requests[-1], bench.home.requests[-1]
    check = Masked(asked.values)
    problems = [
        *(f"leaked: {value}" for value in leaks([sent], asked.values)),
        *filter(None, [first_difference(told(masked), told(plain))]),
        *check.differences(sent.json, original.json),
    ]
    assert not problems, "\n".join([case, *problems])
    assert leaks([original], asked.values), f"the check sees nothing: {case}"
    # One for each way in which a value is written: as text, inside of JSON text, as a number.
    assert len(check.values) <= 3 * len(set(check.values.values())), case
