"""The values of a decision. They are stored by the ledger as JSON and decoded back to decide again.

`msgspec.Struct` and not a dataclass: built on every request, and written to the ledger as it is.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, final

from msgspec import Struct

from headgate.catalog.capabilities import ModelKind
from headgate.core.inbound import Need, Operation
from headgate.policy.compliance.policy import Applying
from headgate.policy.compliance.standing import Standing

Preference = Literal["order", "cost", "latency"]
Breaker = Literal["closed", "half_open", "open"]
Action = Literal["allow", "local", "mask", "redact", "deny"]
"""What a label means for a target outside the trust boundary: it may have the data, must not,
gets it under a pseudonym that is undone in the answer, or blacked out for good. `deny` means
that nobody gets it, local targets neither."""
Actions = tuple[tuple[str, Action], ...]
"""Labels, each with what is done about it; sorted, and no label twice."""
BendHow = Literal["tiers_down", "local_only", "refuse"]
"""Requests prefer weaker tiers, stay where nothing is paid, or are refused what is paid."""


class Gain(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How much better a stronger tier is expected to answer, from -1 to 1."""

    expected: float
    low: float
    high: float
    """80 % of gains are expected between `low` and `high`."""
    cut: float
    """Gains above it ask for the stronger tier: set by share of traffic, or by quality."""
    explores: bool = False
    """The tier was drawn to learn from it, whatever was expected."""
    labels: int = 0
    """Answers whose quality the estimate has learned from."""


class Applied(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One rule of a route's configuration whose condition holds for the request."""

    name: str
    only: frozenset[str] | None = None
    refuse: frozenset[str] = frozenset()
    prefer: frozenset[str] = frozenset()


class Bend(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a budget asks of the requests that count against it."""

    budget: str
    how: BendHow
    spent: float
    """Share of the budget, reservations included."""
    resets: str | None = None
    """When the budget begins anew, in its time zone."""


class RequestFacts(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What routing may know about a request and its route. Never its text."""

    operation: Operation
    route: str
    environment: str | None = None
    environment_targets: frozenset[str] | None = None
    """Targets of the environment in force; `None` when no environment is configured."""
    input_tokens: int
    """Estimated; see `estimate.tokens`."""
    expected_output_tokens: int
    """Of one choice."""
    max_output_tokens: int | None = None
    """Of one choice, as the client bounds it."""
    choices: int = 1
    needs: frozenset[Need] = frozenset()
    labels: frozenset[str] = frozenset()
    """Found in the text (`email`, `card`, …) or declared by header, key or route."""
    local_labels: frozenset[str] = frozenset()
    """Those of `labels` that the route keeps on local targets."""
    actions: Actions = ()
    """What the route does about other labels of the request, where it says."""
    maskable: frozenset[str] = frozenset()
    """Labels whose places in the text are known. Of the others, what was declared may stand
    anywhere, and cannot be masked."""
    allowed_regions: frozenset[str] | None = None
    complexity: float | None = None
    """0 (simple) … 1 (hard); `None` when the route has no tiers."""
    tier: int | None = None
    """The tier the request asks for: an index into the route's tiers, weakest first."""
    gain: Gain | None = None
    """What a stronger tier is expected to be worth, where the route learns it."""
    prefer: Preference = "order"
    max_usd: float | None = None
    """Most the request may be expected to cost."""
    max_ttft_ms: float | None = None
    key: str | None = None
    """Name of the caller's key."""
    team: str | None = None
    tags: frozenset[str] = frozenset()
    """What the key or the request is tagged with, for budgets and conditions; no secret."""
    session: str | None = None
    """A hash that requests of one conversation share."""
    held_by: str | None = None
    """The target that served the session before, where the route keeps sessions together."""
    draw: int | None = None
    """Decides between weighted targets: of the session where there is one, else by chance."""
    priority: int = 0
    """Higher goes first where requests wait."""
    deadline_ms: float | None = None
    """Longest the client will wait for the first output."""
    max_wait_ms: float | None = None
    """Longest wait for a free slot before the request goes elsewhere; `None`: it never waits."""
    slo_ttft_ms: float | None = None
    """Targets expected to start later, in one request of twenty, come after the others."""
    keeps_cache: bool = False
    """The route prefers targets that have read the prompt's beginning lately."""
    is_deferrable: bool = False
    """The answer may take hours: own machines do it when idle, providers at batch prices."""
    applied: tuple[Applied, ...] = ()
    """The route's own rules whose conditions hold."""
    bend: Bend | None = None
    """The tightest budget that the request counts against, once it bends."""
    policies: tuple[Applying, ...] = ()
    """Compliance policies that are about the request."""


class Known(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What the catalogue says of a model, less what the configuration says otherwise."""

    kind: ModelKind
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    lacks: frozenset[Need] = frozenset()
    checked: str
    """The day its source was read."""


class Candidate(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One target as it stands at this moment."""

    name: str
    model: str
    provider: str
    is_local: bool
    region: str | None = None
    position: int = 0
    """Its place in the route's list."""
    tier: int | None = None
    operations: frozenset[Operation] = frozenset({"chat", "completion", "embedding"})
    lacks: frozenset[Need] = frozenset()
    """What it is known not to support."""
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    """Both as configured; the catalogue's are in `known`."""
    known: Known | None = None
    usd_per_input_mtok: float | None = None
    usd_per_output_mtok: float | None = None
    breaker: Breaker = "closed"
    in_flight: int = 0
    max_concurrency: int | None = None
    ttft_ms: float | None = None
    """Measured here, moving average; `None` before the first answer."""
    output_tokens_per_s: float | None = None
    p95_ttft_ms: float | None = None
    """Of requests with prompts about as long, as measured here."""
    waiting: int = 0
    """Requests that wait for a slot of it."""
    max_waiting: int | None = None
    """Most that may; `None` for any number."""
    wait_ms: float | None = None
    """Predicted until a slot is free: 0 where one is; `None` where nothing is measured."""
    load_ms: float | None = None
    """Until its model is loaded; `None` where it is, or nobody knows."""
    cached_tokens: int = 0
    """Of the request's prompt, estimated, that it has read lately and need not read again."""
    saved_ms: float | None = None
    """By that, as fast as it has been reading; `None` where that is not measured."""
    weight: float | None = None
    """Its share of the route's traffic against the others'; `None` where the route has no split."""
    drawn: int | None = None
    """Its place in the draw between weighted targets, for this request."""
    by_batch: bool = False
    """It would be asked through its provider's batch API, and the prices are those of it."""
    only_mirrors: bool = False
    """It gets copies of requests, and answers nobody."""
    hours: str | None = None
    """When it may be used, as configured; `None` for always."""
    is_open: bool = True
    """Whether it may be used at this hour."""
    is_unbilled: bool = False
    """Nothing is paid for using it: an own machine without a `price`."""
    bend: Bend | None = None
    """Of a budget for this target."""
    actions: Actions = ()
    """What the route does about labels of the request at this target, where it differs."""
    standing: Standing | None = None
    """What is signed and published of it, as far as the request's policies ask."""

    @property
    def has_price(self) -> bool:
        """Whether both prices are known."""
        return self.usd_per_input_mtok is not None and self.usd_per_output_mtok is not None


@final
class Veto(Struct, frozen=True, gc=False, tag="veto"):
    """The candidate must not be tried."""

    reason: str


@final
class Penalty(Struct, frozen=True, gc=False, tag="penalty"):
    """The candidate may be tried; how much less it is wanted.

    `steps` compares first (lower is better), then `usd`. A rule with no opinion says
    `Penalty("why")`.
    """

    reason: str
    steps: int = 0
    usd: float = 0.0


Verdict = Veto | Penalty


class Rule(Protocol):
    """One routing rule: stateless, pure, always with a reason."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Refuse `candidate`, or say how much less it is wanted."""
        ...


class Assessment(Struct, frozen=True, gc=False):
    """A candidate with the verdict of every rule, by rule name."""

    candidate: Candidate
    verdicts: dict[str, Verdict]
    steps: int
    usd: float
    is_refused: bool = False

    @property
    def vetoes(self) -> dict[str, str]:
        """Reasons of the rules that refuse it."""
        return {n: v.reason for n, v in self.verdicts.items() if isinstance(v, Veto)}


class Decision(Struct, frozen=True, gc=False):
    """Candidates to try, best first, and those that must not be tried."""

    ranked: tuple[Assessment, ...]
    refused: tuple[Assessment, ...]

    @property
    def order(self) -> Sequence[str]:
        """Names of the ranked candidates, best first."""
        return [item.candidate.name for item in self.ranked]
