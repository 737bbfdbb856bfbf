"""When a target may be used: times of the week, in a time zone."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
OPEN = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d):(\d\d)-(\d\d):(\d\d)")
"""`mon-fri 18:00-08:00`, `sat 00:00-24:00`, `22:00-06:00`."""
LOOKED_AT_EVERY_S = 30
"""How long an answer stands; hours are told to the minute."""


class Hours:
    """Opening hours; the end of one that is before its beginning is on the next day."""

    def __init__(self, spans: Sequence[str], timezone: str) -> None:
        """Read spans like `mon-fri 18:00-08:00`.

        Raises:
            ValueError: One is none, or there is no such time zone; says which.
        """
        self._zone = ZoneInfo(timezone)
        self._open = [minutes for span in spans for minutes in _spans(span)]
        self.text = f"{', '.join(spans)} {timezone}"
        self._known = (-1, False)

    def is_open(self, unix: float) -> bool:
        """Whether `unix` (seconds) lies within."""
        turn = int(unix // LOOKED_AT_EVERY_S)
        if self._known[0] != turn:
            self._known = (turn, self._look(unix))
        return self._known[1]

    def share_of_week(self) -> float:
        """How much of the week is open, 0 to 1."""
        spans = (range(start, end) for start, end in self._open)
        minutes = {minute % MINUTES_A_WEEK for span in spans for minute in span}
        return len(minutes) / MINUTES_A_WEEK

    def _look(self, unix: float) -> bool:
        at = datetime.fromtimestamp(unix, self._zone)
        minute = at.weekday() * MINUTES_A_DAY + at.hour * 60 + at.minute
        later = minute + MINUTES_A_WEEK
        return any(start <= minute < end or start <= later < end for start, end in self._open)


def _spans(span: str) -> list[tuple[int, int]]:
    """Minutes of the week from Monday; an end may lie in the week after."""
    found = OPEN.fullmatch(span)
    if found is None:
        raise ValueError(f"`{span}` is no time of the week, like `mon-fri 18:00-08:00`")
    first, last, *numbers = found.groups()
    hour, minute, end_hour, end_minute = map(int, numbers)
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise ValueError(f"`{span}` holds a time that no clock shows")
    if start == end:
        raise ValueError(f"`{span}` begins when it ends: write 00:00-24:00 for all day")
    if end < start:
        end += MINUTES_A_DAY
    return [(day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + end) for day in _days(first, last)]


def _days(first: str | None, last: str | None) -> list[int]:
    if first is None:
        return list(range(7))
    for day in (first, last or first):
        if day not in DAYS:
            raise ValueError(f"`{day}` is no day: {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)]
