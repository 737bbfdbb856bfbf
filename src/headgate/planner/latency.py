"""How fast each option answers, and how we know."""

from headgate.catalog.apis import HostedModel
from headgate.catalog.sources import source_of
from headgate.estimate.basis import Basis
from headgate.estimate.serving import speed
from headgate.planner.option import Option, Setting
from headgate.planner.report import LatencyReport
from headgate.planner.workload import SECONDS_PER_MONTH, Workload

LEAST_TPOT_S = 1e-4
"""An answer that came in one piece has no time between its tokens, and no speed without end."""


def latency_of(option: Option, setting: Setting) -> LatencyReport | None:
    """Speed at the workload's lengths and rate; `None` when nothing is known.

    What the traffic itself has measured comes first, then what is published, then what is
    calculated.
    """
    if option.api is not None:
        measured = _measured(option.api, setting)
        return measured or _published(option.api, setting.workload)
    if option.deployment is None or option.bill is None or option.bill.unit_tokens is None:
        return None
    return _estimated(option, setting.workload)


def _measured(api: HostedModel, setting: Setting) -> LatencyReport | None:
    traffic = setting.question.traffic
    if traffic is None:
        return None
    for each in traffic.speeds:
        if (each.provider, each.model) == (api.provider, api.model):
            further = max(setting.workload.lengths.output_tokens - 1, 0)
            tpot_p50, tpot_p95 = (max(t, LEAST_TPOT_S) for t in (each.tpot_p50_s, each.tpot_p95_s))
            return LatencyReport(
                ttft_p50_s=each.ttft_p50_s,
                ttft_p95_s=each.ttft_p95_s,
                tpot_p50_s=tpot_p50,
                tpot_p95_s=tpot_p95,
                e2e_p50_s=each.ttft_p50_s + further * tpot_p50,
                e2e_p95_s=each.ttft_p95_s + further * tpot_p95,
                basis=Basis(
                    kind="measured",
                    method=f"measured here, on {each.samples} streams",
                    source=traffic.name,
                    as_of=each.as_of,
                ),
            )
    return None


def _published(api: HostedModel, workload: Workload) -> LatencyReport | None:
    known = api.latency
    if known is None:
        return None
    source = source_of(api.sources, "latency")
    slow = known.tokens_per_s_p5
    further = max(workload.lengths.output_tokens - 1, 0)
    tpot_p50 = 1 / known.tokens_per_s_p50
    tpot_p95 = None if slow is None else 1 / slow
    is_p95_known = known.ttft_p95_s is not None and tpot_p95 is not None
    return LatencyReport(
        ttft_p50_s=known.ttft_p50_s,
        ttft_p95_s=known.ttft_p95_s,
        tpot_p50_s=tpot_p50,
        tpot_p95_s=tpot_p95,
        e2e_p50_s=known.ttft_p50_s + further * tpot_p50,
        e2e_p95_s=(known.ttft_p95_s or 0) + further * (tpot_p95 or 0) if is_p95_known else None,
        basis=Basis(
            kind="published",
            method="measured by others, on requests of their own",
            source=None if source is None else source.at,
            as_of=None if source is None else str(source.checked),
        ),
    )


def _estimated(option: Option, workload: Workload) -> LatencyReport:
    """p50 at the rate that the mean request meets, p95 in the busiest minute."""
    assert option.deployment is not None
    assert option.bill is not None
    per_replica = workload.requests / SECONDS_PER_MONTH / option.bill.working_units(workload.tokens)
    met = sum(step.share * step.load**2 for step in workload.steady_curve)
    usual = speed(option.deployment, workload.lengths, per_replica * met)
    busiest = speed(option.deployment, workload.lengths, per_replica * workload.peak)
    return LatencyReport(
        ttft_p50_s=usual.ttft_p50_s,
        ttft_p95_s=busiest.ttft_p95_s,
        tpot_p50_s=usual.tpot_p50_s,
        tpot_p95_s=busiest.tpot_p95_s,
        e2e_p50_s=usual.e2e_p50_s,
        e2e_p95_s=busiest.e2e_p95_s,
        basis=usual.basis,
    )
