"""Hard rules: what may not be recommended, whatever it saves.

Each rule looks at one option and answers `met`, `broken` or `unproven`, with a reason. Only
an option that meets every rule may be recommended: what is not known to hold does not hold.
"""

from collections.abc import Callable

from headgate.planner.bill import Bill
from headgate.planner.compliance import NEEDS, RENTAL, need_verdict
from headgate.planner.option import Option, Setting
from headgate.planner.report import LatencyReport, Outcome, RuleVerdict

__all__ = ["NEEDS", "RENTAL", "is_home", "judge"]

Rule = Callable[[Option, Setting, LatencyReport | None], RuleVerdict | None]


def judge(
    option: Option, setting: Setting, latency: LatencyReport | None
) -> tuple[RuleVerdict, ...]:
    """What every rule that applies says of an option."""
    said = [rule(option, setting, latency) for rule in RULES]
    home = is_home(option)
    needs = [need_verdict(option, setting, need, is_home=home) for need in setting.question.needs]
    return tuple(verdict for verdict in (*said, *needs) if verdict is not None)


def is_home(option: Option) -> bool:
    """Whether everything stays on hardware the operator owns."""
    return option.machine is not None and option.machine.tenure in {"bought", "desk"}


def _known_price(option: Option, _: Setting, __: LatencyReport | None) -> RuleVerdict | None:
    if option.bill is not None:
        return None
    rule = "price" if option.api is not None or _fits(option) else "fits"
    return RuleVerdict(rule=rule, outcome="broken", reason=option.problem or "unknown")


def _fits(option: Option) -> bool:
    return option.capacity is not None and option.capacity.requests_per_s > 0


def _still_offered(option: Option, setting: Setting, _: LatencyReport | None) -> RuleVerdict | None:
    api = option.api
    if api is None or api.retired is None:
        return None
    if api.retired > setting.day:
        reason = f"answers until {api.retired}"
        return RuleVerdict(rule="offered", outcome="met", reason=reason)
    reason = f"retired on {api.retired}"
    if api.successor:
        reason += f"; its successor is `{api.successor}`"
    return RuleVerdict(rule="offered", outcome="broken", reason=reason)


def _context(option: Option, setting: Setting, _: LatencyReport | None) -> RuleVerdict | None:
    known = option.api.context_tokens if option.api else None
    if option.machine is not None:
        known = option.machine.model.context_tokens
    longest = setting.workload.longest_tokens
    if known is None:
        return None
    outcome: Outcome = "met" if longest <= known else "broken"
    reason = f"the longest requests have {longest:,.0f} tokens, it takes {known:,}"
    return RuleVerdict(rule="context", outcome=outcome, reason=reason)


def _ttft(option: Option, setting: Setting, latency: LatencyReport | None) -> RuleVerdict | None:
    asked = setting.question.ttft_s
    if asked is None or option.bill is None:
        return None
    if latency is None or latency.ttft_p95_s is None:
        return RuleVerdict(
            rule="ttft", outcome="unproven", reason="its time to first token at p95 is not known"
        )
    reason = f"first token within {latency.ttft_p95_s:.2f} s at p95, asked for {asked:g} s"
    return _at_most(latency.ttft_p95_s, asked, "ttft", f"{reason} ({latency.basis.kind})")


def _tokens_per_s(
    option: Option, setting: Setting, latency: LatencyReport | None
) -> RuleVerdict | None:
    asked = setting.question.tokens_per_s
    if asked is None or option.bill is None:
        return None
    slow = None if latency is None else latency.tpot_p95_s or latency.tpot_p50_s
    if latency is None or slow is None:
        return RuleVerdict(rule="tokens_per_s", outcome="unproven", reason="its speed is not known")
    reason = f"{1 / slow:.0f} tokens/s, asked for {asked:g} ({latency.basis.kind})"
    return _at_most(slow, 1 / asked, "tokens_per_s", reason)


def _at_most(value: float, limit: float, rule: str, reason: str) -> RuleVerdict:
    # A machine is sized to the limit itself: a rounding error is no breach.
    outcome: Outcome = "met" if value <= limit * (1 + 1e-6) else "broken"
    return RuleVerdict(rule=rule, outcome=outcome, reason=reason)


def _quality(option: Option, setting: Setting, _: LatencyReport | None) -> RuleVerdict | None:
    floor = setting.question.quality_floor
    if floor is None:
        return None
    quality = option.quality
    if quality is None:
        return RuleVerdict(
            rule="quality", outcome="unproven", reason="no sourced MMLU-Pro score is known"
        )
    outcome: Outcome = "met" if quality.percent >= floor else "broken"
    reason = f"MMLU-Pro {quality.percent:g} %, asked for {floor:g} %"
    return RuleVerdict(rule="quality", outcome=outcome, reason=reason)


def _residency(option: Option, setting: Setting, _: LatencyReport | None) -> RuleVerdict | None:
    region = setting.question.region
    if region is None:
        return None
    if option.api is None:
        if is_home(option):
            reason = "it stands where you put it"
            return RuleVerdict(rule="residency", outcome="met", reason=reason)
        return _if_signed(RENTAL, setting, "residency", f"a promise to keep data in `{region}`")
    if region in option.api.regions:
        reason = f"{option.api.provider} offers processing in `{region}`"
        return RuleVerdict(rule="residency", outcome="met", reason=reason)
    return _if_signed(
        option.api.provider, setting, "residency", f"a promise to keep data in `{region}`"
    )


def _team(option: Option, setting: Setting, _: LatencyReport | None) -> RuleVerdict | None:
    capacity = setting.question.team_hours_per_month
    if capacity is None or option.bill is None:
        return None
    hours = _hours(option.bill, setting)
    outcome: Outcome = "met" if hours <= capacity else "broken"
    reason = f"needs {hours:g} h a month, the team has {capacity:g}"
    return RuleVerdict(rule="team", outcome=outcome, reason=reason)


def _hours(bill: Bill, setting: Setting) -> float:
    """Of engineering a month: for the option as a whole, or for each of its machines."""
    usual = setting.inputs.usual()
    units = bill.at(usual).units(setting.workload.tokens)
    return sum(
        usual[name] * (part.fixed + part.per_unit * units)
        for part in bill.parts
        for name in part.inputs
        if "engineering_hours" in name
    )


def _if_signed(holder: str, setting: Setting, rule: str, contract: str) -> RuleVerdict:
    who = "the host of rented machines" if holder == RENTAL else holder
    if holder in setting.question.signed:
        reason = f"you have signed {contract} with {who}"
        return RuleVerdict(rule=rule, outcome="met", reason=reason)
    reason = f"needs {contract} with {who}, which is not signed"
    return RuleVerdict(rule=rule, outcome="unproven", reason=reason)


RULES: tuple[Rule, ...] = (
    _known_price,
    _still_offered,
    _context,
    _ttft,
    _tokens_per_s,
    _quality,
    _residency,
    _team,
)
