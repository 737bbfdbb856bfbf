"""What is remembered of a target's speed, and for how long."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.speeds import FRESH_S, KEPT, MOST_KINDS, Line, Recent, Speeds, bucket_of

values = st.floats(0.1, 1e6)


def started(
    speeds: Speeds, ttft_ms: float, tokens: int, *, at: float = 0.0, cached: int = 0
) -> None:
    speeds.started(at, ttft_ms, model="m", input_tokens=tokens, cached_tokens=cached)


@pytest.mark.parametrize(
    ("tokens", "bucket"), [(0, 0), (255, 0), (256, 1), (1023, 1), (1024, 2), (4096, 3)]
)
def test_prompts_are_sorted_by_powers_of_four(tokens: int, bucket: int) -> None:
    assert bucket_of(tokens) == bucket


@given(st.lists(values, min_size=1, max_size=200), st.floats(0.01, 1))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    measured: list[float], share: float
) -> None:
    recent = Recent()
    for value in measured:
        recent.add(0.0, value)
    newest = measured[-KEPT:]
    found = recent.percentile(share)
    assert sum(value <= found for value in newest) >= share * len(newest)
    assert sum(value < found for value in newest) < share * len(newest)
    assert recent.values == sorted(newest)


def test_measurements_that_are_too_old_are_forgotten_with_the_next() -> None:
    recent = Recent()
    recent.add(0.0, 5000.0)
    assert recent.is_fresh(FRESH_S - 1)
    assert not recent.is_fresh(FRESH_S)
    recent.add(FRESH_S, 100.0)
    assert (recent.average, recent.percentile(0.95)) == (100.0, 100.0)


def test_long_prompts_do_not_make_short_ones_look_slow() -> None:
    speeds = Speeds()
    started(speeds, 100.0, 50)
    started(speeds, 9000.0, 50_000)
    short = speeds.ttft(0.0, model="m", input_tokens=200)
    assert short is not None
    assert short.average == 100.0
    assert speeds.ttft(0.0, model="m", input_tokens=2000) is None
    assert speeds.ttft(0.0, model="another", input_tokens=200) is None


def test_the_time_to_read_a_token_is_learnt_from_prompts_of_different_lengths() -> None:
    speeds = Speeds()
    assert speeds.saved_ms(1000) is None
    for tokens in range(100, 2100, 100):
        started(speeds, 50 + 0.5 * tokens, tokens)
    assert speeds.saved_ms(1000) == pytest.approx(500)


def test_tokens_that_were_cached_are_not_read() -> None:
    speeds = Speeds()
    for tokens in range(100, 2100, 100):
        started(speeds, 50 + 0.5 * tokens, tokens + 5000, cached=5000)
    assert speeds.saved_ms(1000) == pytest.approx(500)


def test_equal_prompts_show_no_time_to_read_a_token() -> None:
    speeds = Speeds()
    for number in range(20):
        started(speeds, 100.0 + number, 1000)
    assert speeds.saved_ms(1000) is None


def test_whole_answers_of_different_lengths_show_start_and_speed() -> None:
    speeds, found = Speeds(), None
    for tokens in (10, 200, 30, 400, 50, 600, 70, 800):
        found = speeds.whole(300 + 20 * tokens, tokens)
    assert found == (pytest.approx(300), pytest.approx(50))


@given(st.floats(1, 1000), st.floats(0.01, 100), st.integers(0, 2**32))
def test_a_line_is_found_again(at_zero: float, slope: float, seed: int) -> None:
    line, random = Line(), Random(seed)
    for _ in range(50):
        x = random.uniform(1, 1000)
        line.add(x, at_zero + slope * x)
    assert line.fitted() == (pytest.approx(at_zero, rel=1e-3, abs=1e-2), pytest.approx(slope))


def test_clients_that_name_any_number_of_models_take_no_more_memory() -> None:
    speeds = Speeds()
    for number in range(MOST_KINDS + 10):
        speeds.started(0.0, 1.0, model=str(number), input_tokens=1, cached_tokens=0)
    assert len(speeds.by_prompt(0.0)) == MOST_KINDS
    assert speeds.ttft(0.0, model=str(MOST_KINDS + 9), input_tokens=1) is not None


def test_what_is_shown_is_fresh() -> None:
    speeds = Speeds()
    started(speeds, 100.0, 10)
    speeds.ended(0.0, 2.0)
    assert speeds.service_ms(1.0) == 2000
    (shown,) = speeds.by_prompt(1.0)
    assert (shown["below_tokens"], shown["p95_ms"]) == (256, 100.0)
    assert (speeds.by_prompt(FRESH_S), speeds.service_ms(FRESH_S)) == ([], None)


def test_variation_is_the_squared_deviation_over_the_mean_and_follows_what_comes() -> None:
    recent = Recent()
    for value in (2.0, 2.0):
        recent.add(0.0, value)
    assert recent.variation == 0.0
    for value in (1.0, 3.0):
        recent.add(0.0, value)
    assert recent.variation == pytest.approx(0.125)
