"""The recommendation in words: what to do, why, and what would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headgate.core.usage import Money
from headgate.planner.bill import Cost, money
from headgate.planner.candidate import Candidate
from headgate.planner.crossover import MATERIAL, Change
from headgate.planner.draws import DRAWS
from headgate.planner.option import Setting
from headgate.planner.report import RuleOfThumb, Verdict
from headgate.planner.uncertainty import Outcome, Swing
from headgate.planner.units import dollars, tokens_in_words, value_in_words

FEW, MANY = 500, 2000
"""Dollars a month on APIs between which the seed says to run the numbers."""
MOST_FLIPS = 4
TAKEN_FOR_GRANTED = frozenset({"context", "offered"})
"""Rules that nobody asked for: only worth a word when they are broken."""
SURE = 0.8
CENT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a recommendation is made from."""

    setting: Setting
    candidates: Sequence[Candidate]
    costs: Mapping[str, Cost]
    """With every input as it usually is, of all that have a known price."""
    usd: Mapping[str, float]
    """The same at the workload's volume."""
    outcomes: Mapping[str, Outcome]
    """Of the allowed."""
    changes: Sequence[Change] = ()
    swings: Sequence[Swing] = ()

    @property
    def names(self) -> Mapping[str, str]:
        """Candidates' names by id."""
        return {each.id: each.name for each in self.candidates}


def choose(outcomes: Mapping[str, Outcome]) -> str | None:
    """The allowed option with the lowest mean cost over all draws: the least regret."""
    return min(outcomes, key=lambda name: outcomes[name].mean_usd, default=None)


def verdict(findings: Findings, chosen: str | None) -> Verdict:
    """The recommendation."""
    if chosen is None:
        return Verdict(
            option=None,
            sentence=_nothing(findings),
            reasons=tuple(_refusals(findings)),
            flips=tuple(_cheaper_but_refused(findings, None)),
            conditions=(),
            rule_of_thumb=None,
        )
    return Verdict(
        option=chosen,
        sentence=_sentence(findings, chosen),
        reasons=tuple(_reasons(findings, chosen)),
        flips=(*_flips(findings, chosen), *_cheaper_but_refused(findings, chosen)),
        conditions=tuple(_conditions(findings, chosen)),
        rule_of_thumb=rule_of_thumb(findings, chosen),
    )


def _nothing(findings: Findings) -> str:
    if not findings.candidates:
        return "Nothing to compare: name at least one API or machine"
    return "None of these options meets every requirement; the reasons stand beside each"


def _sentence(findings: Findings, chosen: str) -> str:
    name, usd = findings.names[chosen], findings.usd[chosen]
    sure = findings.outcomes[chosen].p_cheapest
    rival = _next_best(findings, chosen)
    if rival is None:
        return f"{name} for {dollars(usd)} a month: the only option that meets every requirement"
    saved = findings.usd[rival] - usd
    words = f"{name} for {dollars(usd)} a month"
    if abs(saved) < CENT:
        words += f", the same as {findings.names[rival]}"
    elif saved > 0:
        words += f", {dollars(saved)} less than the next best, {findings.names[rival]}"
    else:
        words += (
            f": {dollars(-saved)} more than {findings.names[rival]} in the usual case, "
            "less on average over what is uncertain"
        )
    doubt = "" if sure >= SURE else "; others are close, so measure before you commit"
    return f"{words}; cheapest in {sure:.0%} of {DRAWS} draws{doubt}"


def _next_best(findings: Findings, chosen: str) -> str | None:
    others = [name for name in findings.outcomes if name != chosen]
    return min(others, key=lambda name: findings.usd[name], default=None)


def _reasons(findings: Findings, chosen: str) -> list[str]:
    outcome = findings.outcomes[chosen]
    candidate = next(each for each in findings.candidates if each.id == chosen)
    reasons = [
        f"80 % of the draws lie between {dollars(outcome.low_usd)} and "
        f"{dollars(outcome.high_usd)} a month",
    ]
    if outcome.regret_usd >= 1:
        reasons.append(
            f"On average over all draws it is {dollars(outcome.regret_usd)} a month above the "
            "cheapest of each"
        )
    reasons += _like_for_like(findings, candidate)
    reasons += [each.reason for each in candidate.verdicts if each.rule not in TAKEN_FOR_GRANTED]
    choices = [each for each in findings.candidates if each.is_mix]
    refused = sum(not each.is_allowed for each in choices)
    if refused:
        reasons.append(f"{refused} of {len(choices)} options are ruled out")
    return reasons


def _like_for_like(findings: Findings, chosen: Candidate) -> list[str]:
    """What the same weights cost on the other side: the fair comparison of hardware."""
    mine = _open_model(chosen)
    same = [
        each
        for each in findings.candidates
        if mine is not None and each.kind not in {chosen.kind, "hybrid"}
        if _open_model(each) == mine and each.id in findings.usd
    ]
    if not same:
        return []
    nearest = min(same, key=lambda each: findings.usd[each.id])
    where = "hosted" if nearest.kind == "api" else "on own hardware"
    usd = dollars(findings.usd[nearest.id])
    return [f"The same model {where}: {nearest.name} for {usd} a month"]


def _open_model(candidate: Candidate) -> str | None:
    if candidate.machine is not None:
        return candidate.machine.model.id
    return None if candidate.hosted is None else candidate.hosted.open_model


def _flips(findings: Findings, chosen: str) -> list[str]:
    names, tokens = findings.names, findings.setting.workload.tokens
    said = [
        f"{swing.input.name} at {value_in_words(swing.flips_at, swing.input.unit)}: "
        f"then {names[swing.flips_to]}"
        for swing in findings.swings
        if swing.flips_at is not None and swing.flips_to is not None
    ][:MOST_FLIPS]
    changes = [change for change in findings.changes if change.saves_share >= MATERIAL]
    below = [change for change in changes if change.tokens <= tokens]
    above = [change for change in changes if change.tokens > tokens]
    if above:
        where = tokens_in_words(above[0].tokens)
        said.append(f"Above {where} tokens a month {names[above[0].above]} is cheaper")
    if below:
        where = tokens_in_words(below[-1].tokens)
        said.append(f"Below {where} tokens a month {names[below[-1].below]} is cheaper")
    return said or ["No single input within its range, and no other volume"]


def _cheaper_but_refused(findings: Findings, chosen: str | None) -> list[str]:
    limit = float("inf") if chosen is None else findings.usd[chosen]
    cheaper = [
        each
        for each in findings.candidates
        if not each.is_allowed and each.id in findings.usd and findings.usd[each.id] < limit
    ]
    cheaper.sort(key=lambda each: findings.usd[each.id])
    return [
        f"{each.name} would be {dollars(findings.usd[each.id])} a month if this held: "
        + "; ".join(v.reason for v in each.verdicts if v.outcome != "met")
        for each in cheaper[:2]
    ]


def _refusals(findings: Findings) -> list[str]:
    return [
        f"{each.name}: {verdict.reason}"
        for each in findings.candidates
        for verdict in each.verdicts
        if verdict.outcome != "met"
    ]


def _conditions(findings: Findings, chosen: str) -> list[str]:
    candidate = next(each for each in findings.candidates if each.id == chosen)
    said = []
    if candidate.latency is None:
        said.append("Its speed is not known: measure it on your own requests")
    elif candidate.latency.basis.kind != "measured":
        said.append(
            f"Its speed is {candidate.latency.basis.kind}, not measured on your traffic: "
            "serve a part of it first"
        )
    hosted, machine = candidate.hosted, candidate.machine
    if hosted is not None and hosted.retired is not None:
        said.append(
            f"It stops answering on {hosted.retired}: plan the move to `{hosted.successor}`"
        )
    if machine is not None and machine.tenure == "spot":
        said.append("A spot machine can be taken away at any time: keep a fallback")
    question = findings.setting.question
    if question.quality_floor is None and len({e.name for e in findings.candidates}) > 1:
        said.append(
            "Options differ in quality, which no floor was set for: try your own prompts on it"
        )
    return said


def rule_of_thumb(findings: Findings, chosen: str) -> RuleOfThumb | None:
    """The seed's rule, beside the computed answer."""
    spend = _cheapest_api_tokens(findings)
    if spend is None:
        return None
    usd = float(spend)
    kind = next(each.kind for each in findings.candidates if each.id == chosen)
    if usd < FEW:
        says, agrees = f"under ${FEW} a month: use APIs", kind == "api"
    elif usd <= MANY:
        says, agrees = f"${FEW}–{MANY:,} a month: run the numbers", None
    else:
        says, agrees = f"over ${MANY:,} a month: self-hosting is likely cheaper", kind != "api"
    stands = {True: "agrees", False: "disagrees", None: "leaves it open"}[agrees]
    return RuleOfThumb(
        api_usd_per_month=spend,
        says=says,
        agrees=agrees,
        sentence=f"The rule of thumb ({says}) {stands}; it has no measured backing, "
        "and looks at the tokens' price alone",
    )


def _cheapest_api_tokens(findings: Findings) -> Money | None:
    values, tokens = findings.setting.inputs.usual(), findings.setting.workload.tokens
    spends = [
        part.usd(tokens, 0, values)
        for each in findings.candidates
        if each.is_allowed and each.kind == "api" and each.api is not None and each.api.bill
        for part in each.api.bill.parts
        if part.id == "tokens"
    ]
    return money(min(spends)) if spends else None
