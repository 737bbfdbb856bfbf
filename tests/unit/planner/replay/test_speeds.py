"""How fast targets answer."""

import random

import pytest

from headgate.planner.replay.speeds import (
    FEWEST_SAMPLES,
    Measured,
    Published,
    Sample,
    Steady,
    measured,
)


def sample(**fields: object) -> Sample:
    given = {
        "target": "a",
        "model": "m",
        "input_tokens": 100,
        "output_tokens": 101,
        "ttft_ms": 200.0,
        "duration_ms": 1200.0,
    }
    return Sample(**{**given, **fields})  # type: ignore[arg-type]


def test_a_speed_that_is_said_is_always_the_same() -> None:
    steady = Steady(read_tokens_per_s=2000, write_tokens_per_s=50)
    assert steady.take(1000, 101, lambda: 0.5) == (0.5, 2.5)
    assert steady.usual() == (500.0, 50)
    assert Steady(ttft_s=0.4, write_tokens_per_s=50).take(9999, 1, lambda: 0.5) == (0.4, 0.4)


def test_published_percentiles_come_out_of_many_draws() -> None:
    published = Published(ttft_p50_s=0.8, ttft_p95_s=1.6, tokens_per_s_p50=100, tokens_per_s_p5=50)
    draws = random.Random(1).random
    took = [published.take(100, 101, draws) for _ in range(20_000)]
    starts = sorted(each.ttft_s or 0 for each in took)
    assert starts[10_000] == pytest.approx(0.8, rel=0.02)
    assert starts[19_000] == pytest.approx(1.6, rel=0.03)
    writing = sorted(each.total_s - (each.ttft_s or 0) for each in took)
    assert writing[10_000] == pytest.approx(1.0, rel=0.02)
    assert writing[19_000] == pytest.approx(2.0, rel=0.03)
    assert published.usual() == (800.0, 100)


def test_a_median_alone_has_no_spread() -> None:
    published = Published(ttft_p50_s=0.8, tokens_per_s_p50=100)
    assert published.take(5, 201, lambda: 0.9) == (0.8, 2.8)


def test_measured_answers_are_drawn_from_prompts_of_like_length() -> None:
    short = [sample(ttft_ms=100.0) for _ in range(FEWEST_SAMPLES)]
    long = [sample(input_tokens=9000, ttft_ms=900.0) for _ in range(FEWEST_SAMPLES)]
    known = Measured([*short, *long])
    draw = random.Random(1).random
    assert {known.take(50, 101, draw).ttft_s for _ in range(50)} == {0.1}
    assert {known.take(20_000, 101, draw).ttft_s for _ in range(50)} == {0.9}
    # Of prompts in between there are none: any of them may be drawn.
    assert {known.take(1_000, 101, draw).ttft_s for _ in range(50)} == {0.1, 0.9}


def test_where_nobody_saw_the_start_it_stays_unknown_and_the_whole_is_spread() -> None:
    known = Measured([sample(ttft_ms=None) for _ in range(FEWEST_SAMPLES)])
    took = known.take(100, 201, lambda: 0.0)
    assert took.ttft_s is None
    assert took.total_s == pytest.approx(2.4)
    assert known.usual() == (None, pytest.approx(1 / 0.012))


def test_too_few_answers_tell_nothing() -> None:
    few = [sample(target="few") for _ in range(FEWEST_SAMPLES - 1)]
    enough = [sample(target="enough") for _ in range(FEWEST_SAMPLES)]
    assert list(measured([*few, *enough])) == [("enough", "m")]
