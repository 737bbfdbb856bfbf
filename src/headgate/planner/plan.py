"""A question in, a report out. Pure: the day and the draws are passed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log, log1p

from msgspec import structs

from headgate.core.errors import InvalidRequest
from headgate.planner.candidate import Candidate, hybrid_candidates, pure_candidates
from headgate.planner.chart import curves, span
from headgate.planner.check import check
from headgate.planner.classic import classic_table
from headgate.planner.crossover import MATERIAL, Change, changes
from headgate.planner.draws import Column, Draws
from headgate.planner.inputs import Inputs
from headgate.planner.link import to_query
from headgate.planner.option import Setting
from headgate.planner.option_report import Reporter
from headgate.planner.question import Question
from headgate.planner.recommend import Findings, choose, verdict
from headgate.planner.report import Bar, Crossover, OptionReport, Report, WorkloadReport
from headgate.planner.sources import Sources
from headgate.planner.uncertainty import (
    Swing,
    outcomes,
    swings,
    volume_input,
)
from headgate.planner.workload import SECONDS_PER_MONTH, Workload, workload_of

MOST_BARS = 12
LONGEST_MONTHS = 1200
"""A century: beyond it growth is no forecast."""
RIVALS = 5
"""Those most often cheaper, which an input's swing is measured against."""
UNKNOWNS = (
    "Whether a cheaper model answers your prompts well enough: only your own prompts tell",
    "Your own contract: discounts, committed spend and credits are not in a price list",
    "Speed of machines is calculated, not measured; `basis` says how far off it may be",
    "Prices of next year: models were retired and replaced about once a year so far",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a plan does not get from its question."""

    today: date
    column: Column
    """The draws of each input: the same numbers each time."""
    version: str
    price_list: str


def plan(question: Question, around: Surroundings) -> Report:
    """Cost, speed, crossovers and a recommendation.

    Raises:
        InvalidRequest: Something in the question cannot be; names the field.
    """
    question = _pinned(question, around.today)
    check(question)
    setting = _setting(question)
    pure = pure_candidates(setting)
    candidates = [*pure, *hybrid_candidates(pure, setting)]
    findings, chosen = _found(candidates, setting, around.column)
    return _report(findings, chosen, around)


def _pinned(question: Question, today: date) -> Question:
    if question.as_of is None:
        return structs.replace(question, as_of=today.isoformat())
    try:
        date.fromisoformat(question.as_of)
    except ValueError:
        raise InvalidRequest(
            f"`as_of` is no date: {question.as_of}", param="as_of", hint="write 2026-11-27"
        ) from None
    return question


def _setting(question: Question) -> Setting:
    assert question.as_of is not None
    return Setting(
        question=question,
        workload=workload_of(question),
        day=date.fromisoformat(question.as_of),
        inputs=Inputs([volume_input(question.volume_error)]),
    )


def _found(
    candidates: Sequence[Candidate], setting: Setting, column: Column
) -> tuple[Findings, str | None]:
    values, tokens = setting.inputs.usual(), setting.workload.tokens
    priced = {each.id: each.costed for each in candidates if each.costed is not None}
    costs = {name: each.at(values) for name, each in priced.items()}
    allowed = {each.id: priced[each.id] for each in candidates if each.is_allowed}
    mixed = {each.id: priced[each.id] for each in candidates if each.is_allowed and each.is_mix}
    drawn = outcomes(mixed, tokens, Draws(setting.inputs, column)) if mixed else {}
    chosen = choose(drawn)
    usd = {name: cost.usd(tokens) for name, cost in costs.items()}
    found: list[Change] = []
    moved: list[Swing] = []
    if chosen is not None:
        found = changes({name: costs[name] for name in allowed}, *span(tokens))
        others = (name for name in mixed if name != chosen)
        nearest = sorted(others, key=lambda name: (-drawn[name].p_cheapest, usd[name]))[:RIVALS]
        rivals = {name: mixed[name] for name in (chosen, *nearest)}
        moved = swings(chosen, rivals, tokens, setting.inputs)
    named = {name for change in found for name in (change.below, change.above)}
    findings = Findings(
        setting=setting,
        candidates=[each for each in candidates if each.is_mix or each.id in named],
        costs=costs,
        usd=usd,
        outcomes=drawn,
        changes=found,
        swings=moved,
    )
    return findings, chosen


def _report(findings: Findings, chosen: str | None, around: Surroundings) -> Report:
    setting = findings.setting
    sources = Sources(around.today)
    options = _options(findings, sources)
    honest = {each.id: each.usd_per_month for each in options}
    question, workload = setting.question, setting.workload
    costs = {
        each.id: findings.costs[each.id]
        for each in findings.candidates
        if each.id in findings.costs
    }
    band = None if chosen is None else findings.outcomes[chosen]
    is_classic = question.preset == "classic"
    return Report(
        question=question,
        link=to_query(question, around.today),
        headgate_version=around.version,
        price_list=around.price_list,
        workload=_workload_report(workload),
        verdict=verdict(findings, chosen),
        options=options,
        classic=classic_table(findings.candidates, setting, honest) if is_classic else None,
        crossovers=tuple(_crossover(change, workload) for change in findings.changes),
        curves=curves(costs, chosen, band, workload.tokens),
        tornado=tuple(_bar(swing) for swing in findings.swings[:MOST_BARS]),
        sources=sources.lines(),
        unknowns=UNKNOWNS,
    )


def _options(findings: Findings, sources: Sources) -> tuple[OptionReport, ...]:
    apis = [each for each in findings.candidates if each.is_allowed and each.kind == "api"]
    cheapest = min(apis, key=lambda each: findings.usd[each.id], default=None)
    reporter = Reporter(
        setting=findings.setting,
        values=findings.setting.inputs.usual(),
        outcomes=findings.outcomes,
        sources=sources,
        cheapest_api=None if cheapest is None else cheapest.api,
        cheapest_api_usd=None if cheapest is None else findings.usd[cheapest.id],
    )
    ordered = sorted(
        findings.candidates,
        key=lambda each: (not each.is_allowed, findings.usd.get(each.id, float("inf"))),
    )
    return tuple(reporter.option(each) for each in ordered)


def _crossover(change: Change, workload: Workload) -> Crossover:
    return Crossover(
        tokens_per_month=change.tokens,
        cheaper_below=change.below,
        cheaper_above=change.above,
        is_material=change.saves_share >= MATERIAL,
        month=months_until(change.tokens / workload.tokens, workload.growth_per_month),
    )


def months_until(factor: float, growth_per_month: float) -> float | None:
    """Months until a volume has grown by a factor; `None` when it never does, or has.

    log(factor) / log(1 + growth)
    """
    rate = log1p(growth_per_month)
    if not rate:
        return None
    months = log(factor) / rate
    return months if 0 < months <= LONGEST_MONTHS else None


def _bar(swing: Swing) -> Bar:
    entry = swing.input
    return Bar(
        input=entry.id,
        name=entry.name,
        unit=entry.unit,
        low=entry.range.low,
        usual=entry.range.usual,
        high=entry.range.high,
        advantage_at_low_usd=swing.at_low_usd,
        advantage_at_high_usd=swing.at_high_usd,
        flips_at=swing.flips_at,
        flips_to=swing.flips_to,
    )


def _workload_report(workload: Workload) -> WorkloadReport:
    requests, mean = workload.requests, workload.requests / SECONDS_PER_MONTH
    return WorkloadReport(
        requests_per_month=requests,
        tokens_per_month=workload.tokens,
        input_tokens_per_month=requests * workload.mean("input_tokens"),
        output_tokens_per_month=requests * workload.mean("output_tokens"),
        cached_tokens_per_month=requests * workload.mean("cache_read_tokens"),
        mean_input_tokens=workload.mean("input_tokens"),
        mean_output_tokens=workload.mean("output_tokens"),
        mean_requests_per_s=mean,
        peak_requests_per_s=mean * workload.peak,
        busy_share=sum(step.share for step in workload.steady_curve if step.load > 0),
        notes=workload.notes,
    )
