"""Traffic given by value, in a request or a link, is only used when it can be true."""

from collections.abc import Iterable
from math import isclose, isfinite

from headgate.core.errors import InvalidRequest
from headgate.estimate.traffic import RequestClass, Traffic

TOLERANCE = 1e-3
"""Of sums that should be 1: whoever rounds to four digits is right."""
MOST_PARTS = 1000
HOURS = 24
LONGEST_S = 1e6
"""Nothing answers later."""


def check_traffic(traffic: Traffic) -> None:
    """Refuse what no log can hold.

    Raises:
        InvalidRequest: Says which part of it cannot be.
    """
    problem = next(iter(_problems(traffic)), None)
    if problem is not None:
        raise InvalidRequest(
            f"`{traffic.name[:100]}` cannot be planned for: {problem}",
            param="traffic",
            hint="read the file again, or give the volume yourself: `--tokens 10M`",
        )


def _problems(traffic: Traffic) -> Iterable[str]:
    if traffic.requests <= 0 or not traffic.classes:
        yield "it holds no requests"
    if traffic.span_s is not None and not 1e-3 <= traffic.span_s <= 1e10:
        yield "its span is not from a millisecond to three centuries"
    if max(len(traffic.classes), len(traffic.load_curve)) > MOST_PARTS:
        yield f"it has more than {MOST_PARTS} parts"
    yield from _class_problems(traffic.classes)
    yield from _curve_problems(traffic)
    for each in traffic.speeds:
        seconds = (each.ttft_p50_s, each.ttft_p95_s, each.tpot_p50_s, each.tpot_p95_s)
        if not all(0 <= time <= LONGEST_S for time in seconds):
            yield "a measured speed cannot be"
    if len(traffic.hours_utc) not in {0, HOURS} or not _are_shares(traffic.hours_utc, empty=True):
        yield "`hours_utc` are not 24 shares of 1"


def _class_problems(classes: Iterable[RequestClass]) -> Iterable[str]:
    classes = tuple(classes)
    if not _are_shares(tuple(each.share for each in classes)):
        yield "the shares of its classes do not add up to 1"
    for each in classes:
        cached = each.cache_read_tokens + each.cache_write_tokens
        counts = (
            each.input_tokens,
            each.output_tokens,
            each.cache_read_tokens,
            each.cache_write_tokens,
        )
        if not all(0 <= count <= 1e9 for count in counts):
            yield "a class has a number of tokens that cannot be"
        elif cached > each.input_tokens * (1 + TOLERANCE):
            yield "a class has more cached than input tokens"
    if not any(each.input_tokens + each.output_tokens > 0 for each in classes):
        yield "its requests have no tokens"


def _curve_problems(traffic: Traffic) -> Iterable[str]:
    curve = traffic.load_curve
    if not _are_shares(tuple(step.share for step in curve)):
        yield "the shares of its load curve do not add up to 1"
    if not all(0 <= step.load <= 1e9 for step in curve):
        yield "its load curve has a load that cannot be"
    mean = sum(step.share * step.load for step in curve)
    if not isclose(mean, 1, abs_tol=TOLERANCE):
        yield f"the mean of its load curve is {mean:g} and not 1"


def _are_shares(values: tuple[float, ...], *, empty: bool = False) -> bool:
    """Whether they are from 0 to 1 and add up to 1; `empty` ones may be none at all."""
    if not values:
        return empty
    in_range = all(isfinite(value) and 0 <= value <= 1 + TOLERANCE for value in values)
    return in_range and isclose(sum(values), 1, abs_tol=TOLERANCE)
