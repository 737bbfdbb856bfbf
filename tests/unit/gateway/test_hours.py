"""Times of the week."""

from datetime import UTC, datetime, timedelta

import pytest

from headgate.gateway.hours import Hours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def is_open(hours: Hours, day: int, clock: str) -> bool:
    hour, minute = map(int, clock.split(":"))
    return hours.is_open((MONDAY + timedelta(days=day, hours=hour, minutes=minute)).timestamp())


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (0, "17:59", False),
        (0, "18:00", True),
        (1, "07:59", True),
        (1, "08:00", False),
        (0, "07:00", False),  # Sunday's night is none of those
        (5, "07:59", True),  # Friday's lasts into Saturday
        (5, "08:00", False),
        (6, "20:00", False),
    ],
)
def test_nights_of_working_days(day: int, clock: str, expected: bool) -> None:
    assert is_open(Hours(["mon-fri 18:00-08:00"], "UTC"), day, clock) == expected


def test_the_night_of_sunday_lasts_into_the_week_after() -> None:
    hours = Hours(["sun 22:00-06:00"], "UTC")
    assert is_open(hours, 6, "23:00")
    assert is_open(hours, 0, "05:59")
    assert not is_open(hours, 1, "05:59")


def test_without_days_it_is_every_day_and_spans_add_up() -> None:
    hours = Hours(["12:00-13:00", "sat-sun 00:00-24:00"], "UTC")
    assert is_open(hours, 2, "12:30")
    assert is_open(hours, 5, "03:00")
    assert not is_open(hours, 2, "13:00")
    assert hours.share_of_week() == pytest.approx((5 + 48) / 168)
    assert hours.text == "12:00-13:00, sat-sun 00:00-24:00 UTC"


def test_the_zone_counts_with_its_summer_time() -> None:
    hours = Hours(["08:00-09:00"], "Europe/Berlin")
    winter = datetime(2026, 1, 5, 7, 30, tzinfo=UTC).timestamp()
    summer = datetime(2026, 7, 6, 6, 30, tzinfo=UTC).timestamp()
    assert hours.is_open(winter)
    assert hours.is_open(summer)
    assert not hours.is_open(summer + 3600)


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        ("always", "is no time of the week"),
        ("mon 8:00-9:00", "is no time of the week"),
        ("mon 25:00-26:00", "that no clock shows"),
        ("mon 08:70-09:00", "that no clock shows"),
        ("xyz 08:00-09:00", "`xyz` is no day"),
        ("mon 08:00-08:00", "begins when it ends"),
    ],
)
def test_what_is_wrong_is_said(span: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Hours([span], "UTC")


def test_a_zone_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        Hours(["08:00-09:00"], "Middle/Earth")
