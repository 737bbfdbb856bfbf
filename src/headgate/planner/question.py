"""What a plan is asked: all of it, so that a report can be made again from its question."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from headgate.estimate.traffic import Traffic

Need = Literal["hipaa", "financial", "trade_secrets", "gdpr", "air_gapped", "government"]
"""Why data may have to stay home: the seed's list of when one must go local."""


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workload, what it needs, what to compare, and the prices to assume.

    The volume is given in one of three ways, the first present wins: `traffic` from a
    usage file (as it is, or scaled to `requests_per_month`), `requests_per_month` with the
    lengths of a request, or `monthly_tokens` with `output_share` and `tokens_per_request`.
    """

    version: Literal[1] = 1
    preset: str = ""
    """`classic` adds the table of the seed's calculator; others only name where this began."""
    as_of: str | None = None
    """ISO date whose prices hold; the day of asking when absent. A report pins it."""

    # The workload.
    monthly_tokens: float = 10_000_000.0
    output_share: float = 0.3
    tokens_per_request: float = 1000.0
    requests_per_month: float | None = None
    input_tokens: float = 700.0
    """Of one request, with `requests_per_month`."""
    output_tokens: float = 300.0
    traffic: Traffic | None = None
    cached_share: float | None = None
    """Of input tokens read from a prefix cache; as in `traffic` when absent, else 0."""
    cache_write_share: float | None = None
    batch_share: float = 0.0
    """Of requests that may wait a day."""
    peak_to_mean: float = 3.0
    """Busiest minute over the mean of the active hours."""
    hours_per_day: float = 24.0
    days_per_week: float = 7.0
    growth_per_month: float = 0.0
    """.1 is ten per cent more each month."""
    volume_error: float = 0.25
    """Half the width of the band the volume may lie in, as a share."""

    # What it needs.
    ttft_s: float | None = None
    """Most seconds to the first token, at p95."""
    tokens_per_s: float | None = None
    """Least tokens per second of an answer."""
    quality_floor: float | None = None
    """Least MMLU-Pro score in per cent."""
    needs: tuple[Need, ...] = ()
    region: str | None = None
    """Where data must stay: `eu`, `us`, …."""
    signed: tuple[str, ...] = ()
    """Providers this operator has the contracts with that `needs` call for (BAA, DPA, ZDR)."""
    team_hours_per_month: float | None = None
    """What the team can give to running it."""

    # What to compare.
    apis: tuple[str, ...] | None = None
    """Ids of hosted models; the usual ones when absent."""
    machines: tuple[str, ...] | None = None
    """`MODEL@HARDWARE:TENURE[:BITS][xDEVICES]`, as `llama-3.1-8b@l4:rented`; the usual when absent.

    A tenure is `bought`, `rented`, `reserved`, `spot` or `desk` (already there).
    """
    hybrid: bool = True

    # Prices.
    tariff: str = "us"
    usd_per_kwh: float | None = None
    spare_units: int = 1
    """Replicas held ready for a failure; none on a desk."""
    allowances: Mapping[str, float] = {}
    """Hidden costs by id of the catalogue, where its default does not fit."""
    hardware_usd: Mapping[str, float] = {}
    """Prices paid, by hardware id."""
    rent_usd_per_hour: Mapping[str, float] = {}
    """Rent per device and hour, by hardware id."""
