"""One option of a report: its bill, its band, its speed, and what is known beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from headgate.catalog.apis import HostedModel, disagreement, hosted_models
from headgate.core.usage import Money
from headgate.estimate.api_cost import prices_of_day
from headgate.planner.api_option import request_usd
from headgate.planner.bill import Part, Values, money
from headgate.planner.candidate import Candidate
from headgate.planner.hybrid import HybridBill
from headgate.planner.option import Option, Setting
from headgate.planner.report import CostLine, Disagreement, OptionReport, Successor
from headgate.planner.sources import Sources
from headgate.planner.uncertainty import Outcome

PURCHASE = "purchase"
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes options up; what all of them share."""

    setting: Setting
    values: Values
    """Every input as it usually is."""
    outcomes: Mapping[str, Outcome]
    sources: Sources
    cheapest_api_usd: float | None
    """Of the allowed ones, at the workload's volume."""
    cheapest_api: Option | None

    def option(self, candidate: Candidate) -> OptionReport:
        """One of them."""
        setting = self.setting
        lines = self._lines(candidate)
        usd = sum((line.usd for line in lines), Decimal(0)) if lines else None
        outcome = self.outcomes.get(candidate.id)
        api = candidate.hosted if candidate.kind == "api" else None
        tokens = Decimal(repr(setting.workload.tokens))
        return OptionReport(
            id=candidate.id,
            name=candidate.name,
            kind=candidate.kind,
            tenure=None if candidate.machine is None else candidate.machine.tenure,
            is_allowed=candidate.is_allowed,
            is_elsewhere=not candidate.is_mix,
            verdicts=candidate.verdicts,
            usd_per_month=usd,
            low_usd=None if outcome is None else money(outcome.low_usd),
            high_usd=None if outcome is None else money(outcome.high_usd),
            usd_per_mtok=None if usd is None else money(float(usd / tokens * MILLION)),
            lines=lines,
            p_cheapest=None if outcome is None else outcome.p_cheapest,
            regret_usd=None if outcome is None else money(outcome.regret_usd),
            latency=candidate.latency,
            quality_percent=_quality_percent(candidate),
            retired=retired(api),
            successor=successor(api, setting),
            disagreement=None if api is None else self._disagreement(api),
            notes=_notes(candidate),
            **self._hardware(candidate),
        )

    def _lines(self, candidate: Candidate) -> tuple[CostLine, ...]:
        if candidate.costed is None:
            return ()
        return tuple(
            CostLine(
                id=line.part.id,
                name=line.part.name,
                usd=line.usd,
                formula=line.formula,
                source=self._source(line.part),
            )
            for line in candidate.costed.lines(self.setting.workload.tokens, self.values)
        )

    def _source(self, part: Part) -> int | None:
        if part.source is not None:
            return self.sources.index(part.name, part.source, part.checked)
        # A fee or an hour comes from the input it is made of.
        for name in part.inputs:
            if name in self.setting.inputs:
                entry = self.setting.inputs[name]
                return self.sources.index(entry.name, entry.source, entry.checked)
        return None

    def _hardware(self, candidate: Candidate) -> dict[str, Any]:
        """Units, utilisation and payback of an option with machines."""
        own = candidate.own
        if own is None or own.bill is None or own.bill.unit_tokens is None:
            return {}
        assert own.deployment is not None
        assert own.capacity is not None
        shared = {
            "devices_per_unit": own.deployment.devices,
            "capacity_tokens_per_month": own.bill.unit_tokens,
            "limited_by": own.capacity.limited_by,
        }
        tokens = self.setting.workload.tokens
        flat_out = own.bill.unit_tokens * self.setting.workload.peak
        if isinstance(candidate.costed, HybridBill):
            split = candidate.costed.at(self.values).split(tokens)
            busy = split.kept_tokens / (split.units * flat_out) if split.units else None
            return {
                **shared,
                "units": split.units,
                "utilisation": busy,
                "local_share": split.kept_tokens / tokens,
            }
        working = own.bill.working_units(tokens)
        return {
            **shared,
            "units": working + own.bill.spare_units,
            "utilisation": tokens / (working * flat_out),
            "local_share": 1.0,
            "payback_months": self._payback(own, working + own.bill.spare_units),
            "break_even_utilisation": self._break_even(own, flat_out),
        }

    def _payback(self, own: Option, units: int) -> float | None:
        """Purchase over what is saved each month against the cheapest allowed API.

        capital / (API − (own − write-off))
        """
        if not own.capital_usd_per_unit or self.cheapest_api_usd is None or own.bill is None:
            return None
        tokens = self.setting.workload.tokens
        running = sum(
            part.usd(tokens, units, self.values) for part in own.bill.parts if part.id != PURCHASE
        )
        saved = self.cheapest_api_usd - running
        return own.capital_usd_per_unit * units / saved if saved > 0 else None

    def _break_even(self, own: Option, flat_out_tokens: float) -> float | None:
        """Utilisation of one working replica at which both cost the same; `None`: never."""
        if self.cheapest_api is None or self.cheapest_api.bill is None or own.bill is None:
            return None
        mine, theirs = own.bill.at(self.values), self.cheapest_api.bill.at(self.values)
        slope = theirs.per_token - mine.per_token
        if slope <= 0:
            return None
        tokens = (mine.usd(0) - theirs.usd(0)) / slope
        assert mine.unit_tokens is not None
        if tokens > mine.unit_tokens:
            return None
        return max(0.0, tokens) / flat_out_tokens

    def _disagreement(self, api: HostedModel) -> Disagreement | None:
        prices = prices_of_day(api.provider, api.model, self.setting.day)
        if prices is None:
            return None
        price = prices[0].price
        other = disagreement(api.provider, api.model, price)
        if other is None:
            return None
        self.sources.index(f"Second price of {api.name}", other.source, str(other.checked))
        return Disagreement(
            source=f"{other.source} ({other.checked})",
            usd_per_input_mtok=other.input_usd_per_mtok,
            usd_per_output_mtok=other.output_usd_per_mtok,
            here_usd_per_input_mtok=price.usd_per_input_mtok or 0.0,
            here_usd_per_output_mtok=price.usd_per_output_mtok or 0.0,
        )


def retired(api: HostedModel | None) -> str | None:
    """The day a hosted model stops answering."""
    return None if api is None or api.retired is None else str(api.retired)


def successor(api: HostedModel | None, setting: Setting) -> Successor | None:
    """What a retired model's users should look at, priced for the same workload."""
    if api is None or api.successor is None:
        return None
    following = hosted_models()[api.successor]
    usd = request_usd(following, setting)[0]
    return Successor(id=following.id, name=following.name, usd_per_month=month_of(usd, setting))


def month_of(usd_per_request: Money | None, setting: Setting) -> Money | None:
    """A month of the mean request."""
    if usd_per_request is None:
        return None
    return money(float(usd_per_request) * setting.workload.requests)


def _quality_percent(candidate: Candidate) -> float | None:
    """Of a hybrid that of the weaker half: it is what a user may get."""
    halves = [each.quality for each in (candidate.own, candidate.api) if each is not None]
    known = [each.percent for each in halves if each is not None]
    return min(known) if known and len(known) == len(halves) else None


def _notes(candidate: Candidate) -> tuple[str, ...]:
    notes: list[str] = []
    if not candidate.is_mix:
        notes.append("At this volume it would be one of its two halves alone")
    deployment = None if candidate.own is None else candidate.own.deployment
    if deployment is not None and deployment.weight_bits < 8:
        notes.append(
            f"The weights are reduced to {deployment.weight_bits:g} bits: answers are a little "
            "worse than the full model's"
        )
    return tuple(notes)
