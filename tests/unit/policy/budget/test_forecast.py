"""A forecast is right where spending repeats itself, and says how wrong it may be elsewhere."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.budget.forecast import LOOKS_BACK_S, forecast
from headgate.policy.budget.period import period_of

DAY_S = 86_400
NOW = datetime(2026, 11, 16, 0, 0, tzinfo=UTC).timestamp()
NOVEMBER = period_of(NOW, "month", UTC)
BEFORE = range(int((NOW - LOOKS_BACK_S) // 3600), int(NOW // 3600))


def test_even_spending_goes_on() -> None:
    found = forecast(15 * 24.0, dict.fromkeys(BEFORE, 1.0), NOVEMBER, UTC, NOW)
    assert found is not None
    assert found.usd == pytest.approx(30 * 24)
    assert found.low_usd == pytest.approx(found.high_usd) == pytest.approx(30 * 24)


def test_it_knows_weekdays_and_office_hours() -> None:
    """15 November days are over, 11 of the 15 to come are workdays."""
    by_hour = {hour: 2.0 for hour in BEFORE if is_office(hour)}
    found = forecast(160.0, by_hour, NOVEMBER, UTC, NOW)
    assert found is not None
    assert found.usd == pytest.approx(160 + 11 * 8 * 2.0, rel=0.2)


def is_office(hour: int) -> bool:
    moment = datetime.fromtimestamp(hour * 3600, UTC)
    return moment.weekday() < 5 and 9 <= moment.hour < 17


def test_recent_weeks_count_more() -> None:
    half = BEFORE[len(BEFORE) // 2]
    rising = {hour: 1.0 if hour < half else 2.0 for hour in BEFORE}
    found = forecast(0.0, rising, NOVEMBER, UTC, NOW)
    assert found is not None
    assert 15 * 24 * 1.55 < found.usd < 15 * 24 * 2


def test_nobody_knows_before_a_day_was_seen() -> None:
    now_hour = int(NOW // 3600)
    assert forecast(5.0, {}, NOVEMBER, UTC, NOW) is None
    assert forecast(5.0, {now_hour - 23: 5.0}, NOVEMBER, UTC, NOW) is None
    found = forecast(5.0, {now_hour - 24: 5.0}, NOVEMBER, UTC, NOW)
    assert found is not None
    assert found.low_usd is None


def month_of(random: Random, level: float) -> Mapping[int, float]:
    """Hours of 65 days: workdays cost twice as much, days vary, and hours of a day, too."""
    made = {}
    start = BEFORE[0]
    for hour in range(start, start + 65 * 24):
        if (hour - start) % 24 == 0:
            day = random.lognormvariate(0, 0.5)
        weekday = datetime.fromtimestamp(hour * 3600, UTC).weekday()
        made[hour] = level * day * (2 if weekday < 5 else 1) * random.expovariate(1)
    return made


def test_four_of_five_months_end_within_the_interval() -> None:
    random, inside, trials = Random(5), 0, 300
    for _ in range(trials):
        truth = month_of(random, 1.0)
        past = {hour: usd for hour, usd in truth.items() if hour < NOW // 3600}
        spent = sum(u for h, u in past.items() if h * 3600 >= NOVEMBER.starts_at)
        end = spent + sum(u for h, u in truth.items() if NOW <= h * 3600 < NOVEMBER.ends_at)
        found = forecast(spent, past, NOVEMBER, UTC, NOW)
        assert found is not None
        assert found.low_usd is not None
        assert found.high_usd is not None
        inside += found.low_usd <= end <= found.high_usd
    assert 0.72 <= inside / trials <= 0.90


@given(
    st.dictionaries(st.sampled_from(list(BEFORE)), st.floats(0, 100), min_size=1),
    st.floats(0, 1000),
    st.floats(0, 1),
)
def test_nothing_that_is_spent_is_forecast_away(by_hour, spent, share) -> None:
    now = NOW + share * (NOVEMBER.ends_at - NOW)
    found = forecast(spent, by_hour, NOVEMBER, ZoneInfo("Asia/Kathmandu"), now)
    if found is not None:
        assert found.usd >= spent
        if found.low_usd is not None and found.high_usd is not None:
            assert spent <= found.low_usd <= found.usd <= found.high_usd
