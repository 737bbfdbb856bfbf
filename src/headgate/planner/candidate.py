"""The options of a plan with what is said about them: costs, speed, verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from headgate.catalog.apis import HostedModel
from headgate.planner.api_option import api_option
from headgate.planner.bill import Costed
from headgate.planner.hybrid import Curve, HybridBill
from headgate.planner.latency import latency_of
from headgate.planner.machine import Machine
from headgate.planner.option import Option, Setting
from headgate.planner.own_option import own_option
from headgate.planner.presets import USUAL_APIS, USUAL_MACHINES
from headgate.planner.report import LatencyReport, OptionKind, RuleVerdict
from headgate.planner.rules import judge

MOST_HYBRIDS = 2
"""The cheapest pairs; each is drawn and charted like any option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pure option, or a hybrid of two."""

    id: str
    name: str
    kind: OptionKind
    costed: Costed | None
    """`None`: not known what it costs."""
    own: Option | None
    api: Option | None
    latency: LatencyReport | None
    verdicts: tuple[RuleVerdict, ...]
    is_mix: bool = True
    """Of a hybrid: it divides the work at this volume, and is not one of its halves alone."""

    @property
    def hosted(self) -> HostedModel | None:
        """The model at an API; of a hybrid the one that peaks go to."""
        return None if self.api is None else self.api.api

    @property
    def machine(self) -> Machine | None:
        """What it runs on here."""
        return None if self.own is None else self.own.machine

    @property
    def is_allowed(self) -> bool:
        """Every rule is met, and it is known what it costs."""
        return self.costed is not None and all(each.outcome == "met" for each in self.verdicts)


def pure_candidates(setting: Setting) -> list[Candidate]:
    """Every hosted model and machine that is asked about, in that order."""
    question = setting.question
    apis = USUAL_APIS if question.apis is None else question.apis
    machines = USUAL_MACHINES if question.machines is None else question.machines
    options = [
        *(api_option(name, setting) for name in dict.fromkeys(apis)),
        *(own_option(text, setting) for text in dict.fromkeys(map(str.strip, machines))),
    ]
    return [_pure(option, setting) for option in options]


def hybrid_candidates(pure: Sequence[Candidate], setting: Setting) -> list[Candidate]:
    """The allowed machines, each with the cheapest allowed API; at most `MOST_HYBRIDS`."""
    values, tokens = setting.inputs.usual(), setting.workload.tokens

    def usd(candidate: Candidate) -> float:
        assert candidate.costed is not None
        return candidate.costed.at(values).usd(tokens)

    allowed = [each for each in pure if each.is_allowed]
    apis = [each for each in allowed if each.kind == "api"]
    if not setting.question.hybrid or not apis:
        return []
    api = min(apis, key=usd)
    pairs = [_hybrid(each, api, setting) for each in allowed if each.kind == "own"]
    return sorted(pairs, key=usd)[:MOST_HYBRIDS]


def _pure(option: Option, setting: Setting) -> Candidate:
    latency = latency_of(option, setting)
    return Candidate(
        id=option.id,
        name=option.name,
        kind=option.kind,
        costed=option.bill,
        own=option if option.kind == "own" else None,
        api=option if option.kind == "api" else None,
        latency=latency,
        verdicts=judge(option, setting, latency),
    )


def _hybrid(own: Candidate, api: Candidate, setting: Setting) -> Candidate:
    assert own.own is not None
    assert own.own.bill is not None
    assert api.api is not None
    assert api.api.bill is not None
    workload = setting.workload
    bill = HybridBill(
        own=own.own.bill,
        api=api.api.bill,
        curve=Curve(workload.steady_curve),
        peak=workload.peak,
    )
    split = bill.at(setting.inputs.usual()).split(workload.tokens)
    return Candidate(
        id=f"hybrid:{own.id}+{api.id}",
        name=f"{own.name}, peaks to {api.name}",
        kind="hybrid",
        costed=bill,
        own=own.own,
        api=api.api,
        latency=own.latency,
        verdicts=tuple(dict.fromkeys((*own.verdicts, *api.verdicts))),
        is_mix=split.is_mix,
    )
