"""The limit that is found by trying, on an engine whose slots it is not told."""

import heapq
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.limiter import BACKED_OFF, START, Limiter

FIRST_MS = 100.0


class Engine:
    """Always as many requests as the limiter lets in; `slots` of them are served at once."""

    def __init__(self, limiter: Limiter, slots: int, *, service_s: float = 1.0) -> None:
        self.limiter, self.slots, self.service_s = limiter, slots, service_s
        self.random = Random(7)
        self.now, self.number = 0.0, 0
        self.free_at = [0.0] * slots
        self.running: list[tuple[float, int, float, float, int, bool]] = []
        """When each ends, a number, when it began, its time to first token, its bucket,
        and whether it was the last that might begin."""

    def resize(self, slots: int) -> None:
        self.free_at = (sorted(self.free_at) + [self.now] * slots)[:slots]

    def run(self, requests: int, bucket: Callable[[int], int] = lambda _: 0) -> list[int]:
        limits = []
        for number in range(requests):
            while len(self.running) < self.limiter.limit:
                self._start(bucket(number))
            ends, _, began, ttft_ms, was, filled = heapq.heappop(self.running)
            self.now = max(self.now, ends)
            self.limiter.add(began, self.now, ttft_ms, bucket=was, is_full=filled)
            limits.append(self.limiter.limit)
        return limits

    def _start(self, bucket: int) -> None:
        slot = min(range(len(self.free_at)), key=self.free_at.__getitem__)
        begins = max(self.now, self.free_at[slot])
        ends = begins + self.service_s * self.random.uniform(0.5, 1.5)
        self.free_at[slot] = ends
        first_ms = FIRST_MS * 4**bucket * self.random.uniform(0.8, 1.2)
        ttft_ms = (begins - self.now) * 1000 + first_ms
        self.number += 1
        filled = len(self.running) + 1 >= self.limiter.limit
        heapq.heappush(self.running, (ends, self.number, self.now, ttft_ms, bucket, filled))


def mean(values: list[int]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("slots", [2, 4, 8, 32])
def test_it_finds_the_slots_of_an_engine(slots: int) -> None:
    limits = Engine(Limiter(), slots).run(6000)
    settled = limits[3000:]
    assert slots * 0.8 <= mean(settled) <= slots * 1.25 + 1.5


def test_it_follows_an_engine_that_grows_and_shrinks() -> None:
    engine = Engine(Limiter(), 16)
    engine.run(4000)
    engine.resize(4)
    assert 3 <= mean(engine.run(4000)[2000:]) <= 6.5
    engine.resize(16)
    assert 12 <= mean(engine.run(6000)[3000:]) <= 21.5


def test_the_limit_does_not_creep_up_in_the_long_run() -> None:
    engine = Engine(Limiter(), 4)
    engine.run(3000)
    early, late = mean(engine.run(3000)), mean(engine.run(30_000)[-3000:])
    assert late <= early + 1


def test_slow_prompts_are_not_taken_for_a_queue() -> None:
    assert mean(Engine(Limiter(), 8).run(8000, bucket=lambda n: n // 50 % 3)[4000:]) >= 6


def test_what_is_not_used_is_not_raised() -> None:
    limiter = Limiter()
    for number in range(500):
        limiter.add(number, number + 0.5, FIRST_MS, bucket=0, is_full=False)
    assert limiter.limit == START


def test_a_refusal_lowers_it_once_for_all_that_were_sent_before() -> None:
    limiter = Limiter()
    limiter.limit = 100
    assert limiter.refused(10.0, 9.0) == int(100 * BACKED_OFF)
    assert limiter.refused(10.1, 9.0) == int(100 * BACKED_OFF)
    assert limiter.refused(11.0, 10.5) == int(int(100 * BACKED_OFF) * BACKED_OFF)


@given(
    st.integers(1, 10),
    st.lists(st.tuples(st.floats(0, 1e5), st.booleans(), st.booleans()), max_size=200),
)
def test_it_is_never_below_one_nor_above_the_most(
    most: int, events: list[tuple[float, bool, bool]]
) -> None:
    limiter = Limiter(most=most)
    for second, (ttft_ms, is_full, is_refusal) in enumerate(events):
        if is_refusal:
            limiter.refused(second + 0.5, second)
        else:
            limiter.add(second, second + 0.5, ttft_ms, bucket=0, is_full=is_full)
        assert 1 <= limiter.limit <= most
