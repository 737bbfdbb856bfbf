"""What the ledger knows of money that a budget counts: invoices, not the time of own machines."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    cast,
    func,
    literal_column,
    select,
    text,
)

from headgate.ledger.schema import attempts, decisions
from headgate.policy.budget.period import Period
from headgate.policy.budget.terms import BudgetTerms

HOUR_S = 3600
LONGEST_REQUEST_S = 86_400.0
"""An attempt of this period may be of a request that began so long before it."""
_TOTAL = func.sum(literal_column("attempts.cost_pico_usd", BigInteger))
_FACTS = "CAST(decisions.facts AS TEXT)"


def spent_before(connection: Connection, terms: BudgetTerms, who: str, period: Period) -> int:
    """Pico-dollars of a period's attempts, of those whose cost is known."""
    asked = _counted(select(_TOTAL), terms, who, period.starts_at, period.ends_at)
    return int(connection.execute(asked).scalar() or 0)


def spent_by_hour(
    connection: Connection, terms: BudgetTerms, who: str, since: float, until: float
) -> Mapping[int, float]:
    """Dollars by the number of the hour since 1970; hours without any are left out."""
    hour = cast(attempts.c.started_at / HOUR_S, Integer).label("hour")
    sums: Select[*tuple[Any, ...]] = select(hour, _TOTAL)
    asked = _counted(sums, terms, who, since, until).group_by(hour)
    return {int(row[0]): float(row[1] or 0) / 1e12 for row in connection.execute(asked)}


def _counted(
    asked: Select[*tuple[Any, ...]], terms: BudgetTerms, who: str, since: float, until: float
) -> Select[*tuple[Any, ...]]:
    tried = attempts.c
    return (
        asked.join_from(attempts, decisions, tried.decision_id == decisions.c.id)
        .where(decisions.c.at >= since - LONGEST_REQUEST_S, decisions.c.at < until)
        .where(tried.started_at >= since, tried.started_at < until)
        .where(tried.cost_basis != "local", *_of(terms, who))
    )


def _of(terms: BudgetTerms, who: str) -> list[ColumnElement[bool]]:
    match terms.scope:
        case None:
            return []
        case "key":
            return [decisions.c.key_name == who]
        case "route":
            return [decisions.c.route == who]
        case "target":
            return [attempts.c.target == who]
        case "team":
            said = text(f"json_extract({_FACTS}, '$.team') = :who").bindparams(who=who)
        case "tag":
            each = f"SELECT 1 FROM json_each({_FACTS}, '$.tags') WHERE json_each.value = :who"
            said = text(f"EXISTS ({each})").bindparams(who=who)
    return [said]  # type: ignore[list-item]
