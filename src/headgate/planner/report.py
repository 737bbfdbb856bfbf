"""What a plan answers. Money is `Decimal`, in JSON text, so that it stays exact."""

from typing import Literal

from msgspec import Struct

from headgate.core.usage import Money
from headgate.estimate.basis import Basis
from headgate.planner.question import Question

OptionKind = Literal["api", "own", "hybrid"]
Outcome = Literal["met", "broken", "unproven"]
"""`unproven`: nothing is known that says so; never taken for `met` where data must stay home."""


class CostLine(Struct, frozen=True, kw_only=True):
    """One line of a monthly bill, and how it was found."""

    id: str
    name: str
    usd: Money
    formula: str
    """With its numbers filled in."""
    source: int | None = None
    """Index into `Report.sources`."""


class RuleVerdict(Struct, frozen=True, kw_only=True):
    """What one hard rule says about one option."""

    rule: str
    outcome: Outcome
    reason: str


class LatencyReport(Struct, frozen=True, kw_only=True):
    """Speed at this workload's lengths and rate."""

    ttft_p50_s: float
    ttft_p95_s: float | None
    tpot_p50_s: float
    tpot_p95_s: float | None
    e2e_p50_s: float
    e2e_p95_s: float | None
    basis: Basis


class Successor(Struct, frozen=True, kw_only=True):
    """What a retired model's users should look at."""

    id: str
    name: str
    usd_per_month: Money | None


class Disagreement(Struct, frozen=True, kw_only=True):
    """A second price list that differs by more than 1 %."""

    source: str
    usd_per_input_mtok: float
    usd_per_output_mtok: float
    here_usd_per_input_mtok: float
    here_usd_per_output_mtok: float


class OptionReport(Struct, frozen=True, kw_only=True):
    """One way to serve the workload."""

    id: str
    """A hosted model's id, a machine's text, or `hybrid:MACHINE+API`."""
    name: str
    kind: OptionKind
    tenure: str | None = None
    is_allowed: bool
    """No hard rule is broken and a price is known."""
    is_elsewhere: bool = False
    """No choice at this volume: it is listed because it is the cheapest at another."""
    verdicts: tuple[RuleVerdict, ...]
    usd_per_month: Money | None
    """`None` is unknown."""
    low_usd: Money | None = None
    """With the next, the band that 80 % of the draws lie in."""
    high_usd: Money | None = None
    usd_per_mtok: Money | None = None
    lines: tuple[CostLine, ...] = ()
    p_cheapest: float | None = None
    """Of all draws, where it was the cheapest of the allowed."""
    regret_usd: Money | None = None
    """Mean cost above the cheapest of each draw."""
    latency: LatencyReport | None = None
    quality_percent: float | None = None
    """MMLU-Pro; `None` where no sourced score is known."""
    units: int | None = None
    """Replicas, spares included."""
    devices_per_unit: int | None = None
    utilisation: float | None = None
    """Of the replicas without the spares, over the whole month."""
    capacity_tokens_per_month: float | None = None
    """Of one replica, at this traffic's shape and peak."""
    limited_by: str | None = None
    local_share: float = 0.0
    """Of tokens that own hardware serves."""
    payback_months: float | None = None
    """Until a purchase has paid for itself against the cheapest allowed API."""
    break_even_utilisation: float | None = None
    """From which one replica is cheaper than the cheapest allowed API."""
    retired: str | None = None
    """ISO date."""
    successor: Successor | None = None
    disagreement: Disagreement | None = None
    notes: tuple[str, ...] = ()


class ClassicRow(Struct, frozen=True, kw_only=True):
    """A row of the seed's own table, with the honest number beside it."""

    name: str
    option: str
    usd_per_month: Money
    """As the seed counts: tokens times price, own hardware for nothing."""
    honest_usd_per_month: Money | None
    is_cheapest: bool
    is_local: bool
    retired: str | None = None
    successor: Successor | None = None


class Crossover(Struct, frozen=True, kw_only=True):
    """A volume at which the cheapest option changes."""

    tokens_per_month: float
    cheaper_below: str
    cheaper_above: str
    is_material: bool = True
    """Before the next one, it comes to save at least a hundredth; near ties are many."""
    month: float | None = None
    """When growth reaches it; `None` without growth, or behind us."""


class Line(Struct, frozen=True, kw_only=True):
    """One option's cost over the volume."""

    option: str
    usd: tuple[float, ...]
    """At each of `Curves.tokens`, or at `own_tokens` where that is not empty."""
    own_tokens: tuple[float, ...] = ()
    """Its steps: two points at each, so that they stand upright."""


class Curves(Struct, frozen=True, kw_only=True):
    """Cost over volume."""

    tokens: tuple[float, ...]
    lines: tuple[Line, ...]
    band_option: str | None = None
    band_low_usd: tuple[float, ...] = ()
    """At `tokens`; the 10th and 90th percentile of the recommended option."""
    band_high_usd: tuple[float, ...] = ()


class Bar(Struct, frozen=True, kw_only=True):
    """How much one uncertain input matters."""

    input: str
    name: str
    unit: str
    low: float
    usual: float
    high: float
    advantage_at_low_usd: float
    """What the recommended option saves against the next best when the input is low."""
    advantage_at_high_usd: float
    flips_at: float | None = None
    """Value from which another option is cheaper, within the range."""
    flips_to: str | None = None


class RuleOfThumb(Struct, frozen=True, kw_only=True):
    """The seed's < $500, $500–2K, > $2K, beside the computed answer."""

    api_usd_per_month: Money | None
    """Of the cheapest allowed API, which the rule looks at."""
    says: str
    agrees: bool | None
    """`None` where the rule says to evaluate."""
    sentence: str


class Verdict(Struct, frozen=True, kw_only=True):
    """The recommendation."""

    option: str | None
    """`None`: nothing is allowed."""
    sentence: str
    reasons: tuple[str, ...]
    flips: tuple[str, ...]
    """What would change the answer."""
    conditions: tuple[str, ...]
    """What is not proven and has to be checked first."""
    rule_of_thumb: RuleOfThumb | None


class WorkloadReport(Struct, frozen=True, kw_only=True):
    """The workload as it was understood."""

    requests_per_month: float
    tokens_per_month: float
    input_tokens_per_month: float
    output_tokens_per_month: float
    cached_tokens_per_month: float
    mean_input_tokens: float
    mean_output_tokens: float
    mean_requests_per_s: float
    peak_requests_per_s: float
    busy_share: float
    """Of the time in which there is any traffic."""
    notes: tuple[str, ...] = ()


class SourceLine(Struct, frozen=True, kw_only=True):
    """Where something comes from."""

    what: str
    at: str
    checked: str | None
    is_stale: bool = False


class Report(Struct, frozen=True, kw_only=True):
    """The whole answer. `question` alone makes it again."""

    question: Question
    link: str
    """The question as a query string: canonical, defaults left out."""
    headgate_version: str
    price_list: str
    workload: WorkloadReport
    verdict: Verdict
    options: tuple[OptionReport, ...]
    """Allowed first, cheapest first; unknown prices last."""
    classic: tuple[ClassicRow, ...] | None = None
    crossovers: tuple[Crossover, ...] = ()
    """Of the cheapest allowed option."""
    curves: Curves
    tornado: tuple[Bar, ...] = ()
    """What matters most first."""
    sources: tuple[SourceLine, ...] = ()
    unknowns: tuple[str, ...] = ()
    """What this plan does not know, in sentences."""
