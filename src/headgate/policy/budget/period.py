"""Days, weeks and months, as a budget's time zone has them."""

from datetime import datetime, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

Per = Literal["day", "week", "month"]


class Period(Struct, frozen=True, gc=False):
    """One of them; times are Unix seconds."""

    name: str
    """Of all periods, only this one has it."""
    starts_at: float
    ends_at: float
    resets: str
    """The end as the time zone writes it."""


def period_of(at: float, per: Per, zone: tzinfo) -> Period:
    """The period that `at` (Unix seconds) lies in; a week begins on Monday."""
    midnight = datetime.fromtimestamp(at, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if per == "day":
        start, end = midnight, midnight + timedelta(days=1)
    elif per == "week":
        start = midnight - timedelta(days=midnight.weekday())
        end = start + timedelta(days=7)
    else:
        start = midnight.replace(day=1)
        end = (start + timedelta(days=31)).replace(day=1)
    # `fold` of a midnight that comes twice would make two starts of one day.
    start, end = start.replace(fold=0), end.replace(fold=0)
    resets = end.isoformat(timespec="minutes")
    return Period(f"{per} from {start.isoformat()}", start.timestamp(), end.timestamp(), resets)
