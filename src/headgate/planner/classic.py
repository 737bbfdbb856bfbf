"""The seed's own table: tokens times price, own hardware for nothing; the honest cost beside."""

from collections.abc import Mapping, Sequence

from headgate.core.usage import Money
from headgate.planner.api_option import request_usd
from headgate.planner.bill import money
from headgate.planner.candidate import Candidate
from headgate.planner.option import Setting
from headgate.planner.option_report import month_of, retired, successor
from headgate.planner.report import ClassicRow


def classic_table(
    candidates: Sequence[Candidate], setting: Setting, honest: Mapping[str, Money | None]
) -> tuple[ClassicRow, ...]:
    """The rows, cheapest first; of equal ones in the order they were asked for."""
    rows = [
        (each, usd)
        for each in candidates
        if each.kind != "hybrid" and (usd := _naive(each, setting)) is not None
    ]
    rows.sort(key=lambda row: row[1])
    return tuple(
        ClassicRow(
            name=each.name,
            option=each.id,
            usd_per_month=usd,
            honest_usd_per_month=honest.get(each.id),
            is_cheapest=index == 0,
            is_local=each.kind == "own",
            retired=retired(each.hosted),
            successor=successor(each.hosted, setting),
        )
        for index, (each, usd) in enumerate(rows)
    )


def _naive(candidate: Candidate, setting: Setting) -> Money | None:
    if candidate.hosted is None:
        return money(0.0)
    return month_of(request_usd(candidate.hosted, setting)[0], setting)
