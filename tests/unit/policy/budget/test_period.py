"""Days, weeks and months, over the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.budget.period import Per, period_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (UTC, BERLIN, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Asia/Kathmandu"))
HOUR_S = 3600
pers = st.sampled_from(get_args(Per))
moments = st.floats(0, 4e9)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("per", "start", "end"),
    [
        ("day", "2026-11-28T00:00+01:00", "2026-11-29T00:00+01:00"),
        ("week", "2026-11-23T00:00+01:00", "2026-11-30T00:00+01:00"),
        ("month", "2026-11-01T00:00+01:00", "2026-12-01T00:00+01:00"),
    ],
)
def test_a_period_is_that_of_the_calendar_there(per: Per, start: str, end: str) -> None:
    period = period_of(at("2026-11-28T12:00+01:00"), per, BERLIN)
    assert (period.starts_at, period.ends_at) == (at(start), at(end))
    assert period.resets == end


def test_a_day_on_which_clocks_change_is_shorter_or_longer() -> None:
    spring = period_of(at("2026-03-29T12:00+02:00"), "day", BERLIN)
    autumn = period_of(at("2026-10-25T12:00+01:00"), "day", BERLIN)
    assert spring.ends_at - spring.starts_at == 23 * HOUR_S
    assert autumn.ends_at - autumn.starts_at == 25 * HOUR_S


def test_midnight_is_of_the_day_that_begins() -> None:
    midnight = at("2026-12-01T00:00+01:00")
    assert period_of(midnight, "month", BERLIN).starts_at == midnight
    assert period_of(midnight - 1, "month", BERLIN).ends_at == midnight


@given(moments, pers, st.sampled_from(ZONES))
def test_every_moment_is_in_its_period_and_periods_meet(moment, per, zone) -> None:
    period = period_of(moment, per, zone)
    assert period.starts_at <= moment < period.ends_at
    assert period_of(period.starts_at, per, zone) == period
    following = period_of(period.ends_at, per, zone)
    assert following.starts_at == period.ends_at
    assert following.name != period.name
    longest = {"day": 1, "week": 7, "month": 31}[per]
    assert period.ends_at - period.starts_at <= timedelta(days=longest, hours=1).total_seconds()
