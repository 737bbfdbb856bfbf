"""A question's workload in the form that everything is calculated from."""

from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from headgate.core.errors import InvalidRequest
from headgate.estimate.serving import Lengths
from headgate.estimate.traffic import LoadStep, RequestClass
from headgate.planner.question import Question
from headgate.planner.traffic_check import check_traffic
from headgate.planner.units import dollars

HOURS_PER_MONTH = 730.0
"""8,760 hours a year by 12: the month of cloud price lists."""
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
ACTIVE_STEPS = 12
"""Steps that a day's rise and fall is drawn in."""
ALL_HOURS = (1 / 24,) * 24


class Workload(Struct, frozen=True, kw_only=True, dict=True):
    """Requests of a month: how many, how long, and when."""

    requests: float
    classes: tuple[RequestClass, ...]
    load_curve: tuple[LoadStep, ...]
    """Busiest first."""
    hours_utc: tuple[float, ...]
    batch_share: float
    growth_per_month: float
    notes: tuple[str, ...] = ()

    @cached_property
    def tokens_per_request(self) -> float:
        """Input and output of the mean request."""
        return sum(each.share * (each.input_tokens + each.output_tokens) for each in self.classes)

    @cached_property
    def tokens(self) -> float:
        """Of a month."""
        return self.requests * self.tokens_per_request

    @cached_property
    def lengths(self) -> Lengths:
        """Of the mean request."""
        return Lengths(
            input_tokens=self.mean("input_tokens"),
            output_tokens=self.mean("output_tokens"),
            cached_tokens=self.mean("cache_read_tokens"),
        )

    @cached_property
    def longest_tokens(self) -> float:
        """Input and output of the longest class."""
        return max(each.input_tokens + each.output_tokens for each in self.classes)

    @cached_property
    def steady_curve(self) -> tuple[LoadStep, ...]:
        """The load when deferrable requests are spread evenly over the month."""
        keep = 1 - self.batch_share
        return tuple(
            LoadStep(share=step.share, load=keep * step.load + self.batch_share)
            for step in self.load_curve
        )

    @cached_property
    def peak(self) -> float:
        """Busiest rate over the mean of the whole month, deferrable requests spread evenly."""
        # Never under the mean, which loads that were rounded may say.
        return max(1.0, *(step.load for step in self.steady_curve))

    def mean(self, field: str) -> float:
        """Mean of one kind of token over all requests."""
        return float(sum(each.share * getattr(each, field) for each in self.classes))


def workload_of(question: Question) -> Workload:
    """The workload that is meant.

    Raises:
        InvalidRequest: A number is out of its range; names the field.
    """
    _check(question)
    if question.traffic is None:
        requests, each = _typed_in(question)
        return Workload(
            requests=requests,
            classes=(_with_cache(each, question),),
            load_curve=load_curve(question),
            hours_utc=ALL_HOURS,
            batch_share=question.batch_share,
            growth_per_month=question.growth_per_month,
        )
    traffic = question.traffic
    return Workload(
        requests=_scaled(question),
        classes=tuple(_with_cache(each, question) for each in traffic.classes),
        load_curve=traffic.load_curve,
        hours_utc=traffic.hours_utc or ALL_HOURS,
        batch_share=question.batch_share,
        growth_per_month=question.growth_per_month,
        notes=(
            *traffic.notes,
            *_about_spend(question),
            *_about_prefixes(question),
            *_about_scale(question),
        ),
    )


def load_curve(question: Question) -> tuple[LoadStep, ...]:
    """How unevenly typed-in traffic comes: nothing outside the active hours, a hill inside.

    In the active hours the rate at the share `u` of the time (quietest first) is
    `p × u^(p−1)` times their mean, which has the mean 1 and the maximum `p`, the asked
    peak-to-mean. The first step is that maximum, for one minute in a thousand.
    """
    active = question.hours_per_day * question.days_per_week / 168
    peak = question.peak_to_mean
    summit = 0.001
    edges = [index * (1 - summit) / ACTIVE_STEPS for index in range(ACTIVE_STEPS + 1)]
    hill = [(high - low, (high**peak - low**peak) / (high - low)) for low, high in pairwise(edges)]
    hill.append((summit, (1 - edges[-1] ** peak) / summit))
    steps = [LoadStep(share=share * active, load=load / active) for share, load in reversed(hill)]
    if active < 1:
        steps.append(LoadStep(share=1 - active, load=0.0))
    return tuple(steps)


def _typed_in(question: Question) -> tuple[float, RequestClass]:
    if question.requests_per_month is not None:
        return question.requests_per_month, RequestClass(
            share=1.0,
            input_tokens=question.input_tokens,
            output_tokens=question.output_tokens,
        )
    length = question.tokens_per_request
    return question.monthly_tokens / length, RequestClass(
        share=1.0,
        input_tokens=length * (1 - question.output_share),
        output_tokens=length * question.output_share,
    )


def _scaled(question: Question) -> float:
    traffic = question.traffic
    assert traffic is not None
    if question.requests_per_month is not None:
        return question.requests_per_month
    if not traffic.span_s:
        raise InvalidRequest(
            f"`{traffic.name}` has no times, so it does not say how much a month is",
            param="requests_per_month",
            hint="say how many requests a month has: `--requests 100000`",
        )
    return traffic.requests * SECONDS_PER_MONTH / traffic.span_s


def _with_cache(each: RequestClass, question: Question) -> RequestClass:
    read, write = each.cache_read_tokens, each.cache_write_tokens
    if question.cached_share is not None:
        read = each.input_tokens * question.cached_share
    if question.cache_write_share is not None:
        write = each.input_tokens * question.cache_write_share
    return RequestClass(
        share=each.share,
        input_tokens=each.input_tokens,
        output_tokens=each.output_tokens,
        cache_read_tokens=read,
        cache_write_tokens=write,
    )


def _about_prefixes(question: Question) -> tuple[str, ...]:
    traffic = question.traffic
    if traffic is None or traffic.prefix_hit_share is None or question.cached_share is not None:
        return ()
    return (
        f"An unbounded prefix cache would have held {traffic.prefix_hit_share:.1%} of the input; "
        "none is assumed: set the cached share to count on it",
    )


def _about_spend(question: Question) -> tuple[str, ...]:
    """What the log itself says that these requests cost: what a plan has to beat."""
    traffic = question.traffic
    models = () if traffic is None else traffic.by_model
    # The models of a long list are cut: then the sum would be too low.
    if traffic is None or sum(each.requests for each in models) != traffic.requests:
        return ()
    costs = [each.recorded_cost_usd for each in models]
    if None in costs:
        return ()
    spent = sum(cost for cost in costs if cost is not None)
    a_month = spent * _scaled(question) / traffic.requests
    return (
        f"The log itself records {dollars(spent)} for its requests, "
        f"at this rate {dollars(a_month)} a month",
    )


def _about_scale(question: Question) -> tuple[str, ...]:
    traffic = question.traffic
    if traffic is None or traffic.span_s is None:
        return ()
    if question.requests_per_month is not None:
        return ("The lengths and the rhythm are the file's, the number of requests is yours",)
    if traffic.span_s >= SECONDS_PER_MONTH * 0.9:
        return ()
    return (
        f"The file covers {_duration(traffic.span_s)}; the month is that, over and over: "
        "nights and weekends that are not in it are not in the plan",
    )


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


LIMITS: tuple[tuple[str, float, float, str], ...] = (
    ("monthly_tokens", 1, 1e15, "tokens"),
    ("output_share", 0, 1, "a share"),
    ("tokens_per_request", 1, 1e7, "tokens"),
    ("requests_per_month", 1e-3, 1e12, "requests"),
    ("input_tokens", 1, 1e7, "tokens"),
    ("output_tokens", 0, 1e7, "tokens"),
    ("cached_share", 0, 1, "a share"),
    ("cache_write_share", 0, 1, "a share"),
    ("batch_share", 0, 1, "a share"),
    ("peak_to_mean", 1, 1000, "a factor"),
    ("hours_per_day", 0.1, 24, "hours"),
    ("days_per_week", 0.1, 7, "days"),
    ("growth_per_month", -0.5, 2, "a share, 0.1 for ten per cent a month"),
    ("volume_error", 0, 0.9, "a share"),
    ("ttft_s", 1e-3, 3600, "seconds"),
    ("tokens_per_s", 0.1, 10_000, "tokens per second"),
    ("quality_floor", 0, 100, "per cent"),
    ("team_hours_per_month", 0, 1e5, "hours"),
    ("usd_per_kwh", 0, 10, "dollars"),
    ("spare_units", 0, 100, "replicas"),
)


def _check(question: Question) -> None:
    for field, least, most, unit in LIMITS:
        value = getattr(question, field)
        # Not `value < least or …`: that would let NaN through.
        if value is not None and not least <= value <= most:
            raise InvalidRequest(
                f"`{field}` is {value:g}; it must be {unit}, from {least:g} to {most:g}",
                param=field,
            )
    if question.traffic is not None:
        check_traffic(question.traffic)
    cached = (question.cached_share or 0) + (question.cache_write_share or 0)
    if cached > 1:
        raise InvalidRequest(
            "`cached_share` and `cache_write_share` add up to more than all input",
            param="cache_write_share",
        )
