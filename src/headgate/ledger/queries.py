"""Reading the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select

from headgate.core.errors import CallerError
from headgate.core.usage import Money, Usage
from headgate.estimate.cost import Basis
from headgate.ledger.entry import Outcome, Role, Status
from headgate.ledger.schema import attempts, decisions
from headgate.ledger.store import LedgerStore

IDS_PER_QUERY = 500
LAST_CHARACTER = "\U0010ffff"


class DecisionNotFound(CallerError):
    """No decision of the ledger has that id, or several begin like that."""

    code, http_status = "decision_not_found", 404


class RecordedAttempt(Struct, frozen=True, kw_only=True):
    """One try, as it was written down."""

    number: int
    target: str
    provider: str
    model: str
    response_model: str | None
    is_local: bool
    region: str | None
    started_at: float
    duration_ms: float
    ttft_ms: float | None
    outcome: Outcome
    error: str | None
    http_status: int | None
    usage: Usage | None
    cost_usd: Money | None
    """`None` is unknown."""
    cost_basis: Basis
    price_source: str | None
    price_as_of: str | None
    role: Role = "serve"
    note: str | None = None


class RecordedDecision(Struct, frozen=True, kw_only=True):
    """One request, as it was written down."""

    id: str
    at: float
    operation: str
    route: str
    requested_model: str
    key_name: str | None
    environment: str | None
    stream: bool
    ranked: tuple[str, ...]
    status: Status
    served_by: str | None
    http_status: int
    duration_ms: float
    rules_version: str
    attempts: tuple[RecordedAttempt, ...] = ()
    known_cost_usd: Money = Decimal(0)
    """Of the attempts whose cost is known."""
    unknown_costs: int = 0
    """Attempts whose cost is not in the sum."""
    verdict: str | None = None
    """What a cascade or a hedge came to."""


class Inputs(Struct, frozen=True):
    """What a decision was made from, as JSON."""

    facts: bytes
    candidates: bytes


class TargetTotal(Struct, frozen=True, kw_only=True):
    """What was used at one target, or at all of them."""

    target: str | None
    """`None` for all."""
    attempts: int
    answered: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    """Both are of `input_tokens`, at rates of their own."""
    reasoning_tokens: int
    search_units: int
    known_cost_usd: Money
    unknown_costs: int
    """Attempts whose cost is not in the sum."""


class Totals(Struct, frozen=True, kw_only=True):
    """Sums over decisions and their attempts."""

    decisions: int
    by_status: dict[str, int]
    by_target: tuple[TargetTotal, ...]
    total: TargetTotal


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which decisions; `None` is any."""

    since: float | None = None
    """Unix seconds."""
    route: str | None = None
    target: str | None = None
    """Tried for the request, whatever became of it."""
    key: str | None = None
    status: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        columns = decisions.c
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(columns.at >= self.since)
        for column, wanted in (
            (columns.route, self.route),
            (columns.key_name, self.key),
            (columns.status, self.status),
        ):
            if wanted is not None:
                found.append(column == wanted)
        if self.target is not None:
            tried = exists().where(
                attempts.c.decision_id == columns.id, attempts.c.target == self.target
            )
            found.append(or_(columns.served_by == self.target, tried.correlate(decisions)))
        return found


EVERYTHING = Filter()
_LISTED = [column for column in decisions.c if column.name not in {"facts", "candidates"}]
_SUMMED = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens", "search_units"),
)
_TRIED = [column.label(column.key) for column in attempts.c]


def recent(
    store: LedgerStore, which: Filter = EVERYTHING, *, limit: int | None = None
) -> list[RecordedDecision]:
    """Decisions with their attempts, newest first."""
    newest = select(*_LISTED).where(*which.conditions()).order_by(*_newest_first()).limit(limit)
    return _read(store, newest)


def find(store: LedgerStore, decision_id: str) -> RecordedDecision:
    """One decision, by its id or the beginning of it.

    Raises:
        DecisionNotFound: None, or more than one.
    """
    columns = decisions.c
    begins = columns.id.between(decision_id, decision_id + LAST_CHARACTER)
    # The id itself sorts before whatever it is the beginning of.
    asked = select(*_LISTED).where(begins).order_by(columns.id).limit(2)
    found = _read(store, asked) if decision_id and decision_id.isascii() else []
    if not found:
        raise DecisionNotFound(
            f"the ledger has no decision `{decision_id}`",
            hint="`headgate ledger` lists them; one is written about a second after its answer",
        )
    if len(found) > 1 and found[0].id != decision_id:
        raise DecisionNotFound(f"more than one decision begins with `{decision_id}`")
    return found[0]


def inputs(store: LedgerStore, decision_id: str) -> Inputs:
    """What the decision with this very id was made from."""
    columns = decisions.c
    asked = select(columns.facts, columns.candidates).where(columns.id == decision_id)
    with store.engine.connect() as connection:
        facts, candidates = connection.execute(asked).one()
    return Inputs(facts, candidates)


def totals(store: LedgerStore, which: Filter = EVERYTHING) -> Totals:
    """Sums over everything that passes `which`; exact, and without what is unknown."""
    status = decisions.c.status
    statuses = select(status, func.count()).where(*which.conditions()).group_by(status)
    with store.engine.connect() as connection:
        by_status = {row[0]: row[1] for row in connection.execute(statuses)}
        rows = [_target_total(row) for row in connection.execute(_sums_by_target(which))]
    return Totals(
        decisions=sum(by_status.values()),
        by_status=by_status,
        by_target=tuple(rows),
        total=_sum(rows),
    )


def _sums_by_target(which: Filter) -> Select[Any]:
    tried, conditions = attempts.c, which.conditions()
    if which.target is not None:
        # The sums are those of the target, not of whatever else its requests tried.
        conditions.append(tried.target == which.target)
    return (
        select(
            tried.target,
            func.count().label("attempts"),
            func.count().filter(tried.outcome == "answered").label("answered"),
            *(func.coalesce(func.sum(tried[name]), 0).label(name) for name in _SUMMED),
            func.sum(tried.cost_usd).label("known_cost_usd"),
            func.count().filter(tried.cost_usd.is_(None)).label("unknown_costs"),
        )
        .join_from(attempts, decisions, tried.decision_id == decisions.c.id)
        .where(*conditions)
        .group_by(tried.target)
        .order_by(tried.target)
    )


def _target_total(row: Row[Any]) -> TargetTotal:
    known = row.known_cost_usd
    return TargetTotal(**{**row._mapping, "known_cost_usd": Decimal(0) if known is None else known})


def _sum(rows: Iterable[TargetTotal]) -> TargetTotal:
    rows = list(rows)
    return TargetTotal(
        target=None,
        attempts=sum(row.attempts for row in rows),
        answered=sum(row.answered for row in rows),
        **{name: sum(getattr(row, name) for row in rows) for name in _SUMMED},
        known_cost_usd=sum((row.known_cost_usd for row in rows), Decimal(0)),
        unknown_costs=sum(row.unknown_costs for row in rows),
    )


def _newest_first() -> Sequence[ColumnElement[Any]]:
    return decisions.c.at.desc(), decisions.c.id.desc()


def _read(store: LedgerStore, asked: Select[Any]) -> list[RecordedDecision]:
    with store.engine.connect() as connection:
        rows = connection.execute(asked).all()
        tried: dict[str, list[RecordedAttempt]] = {row.id: [] for row in rows}
        ids = list(tried)
        for start in range(0, len(ids), IDS_PER_QUERY):
            some = ids[start : start + IDS_PER_QUERY]
            of_some = attempts.c.decision_id.in_(some)
            ordered = select(*_TRIED).where(of_some).order_by(attempts.c.number)
            for row in connection.execute(ordered):
                tried[row.decision_id].append(_attempt(row))
    return [_decision(row, tried[row.id]) for row in rows]


def _decision(row: Row[Any], tried: Sequence[RecordedAttempt]) -> RecordedDecision:
    fields = dict(row._mapping)
    # How many there were; the rows themselves may be a flush behind.
    expected = fields.pop("attempts")
    known = [attempt.cost_usd for attempt in tried if attempt.cost_usd is not None]
    fields["ranked"] = msgspec.json.decode(fields["ranked"], type=tuple[str, ...])
    return RecordedDecision(
        **fields,
        attempts=tuple(tried),
        known_cost_usd=sum(known, Decimal(0)),
        unknown_costs=max(expected, len(tried)) - len(known),
    )


def _attempt(row: Row[Any]) -> RecordedAttempt:
    fields = dict(row._mapping)
    del fields["decision_id"]
    fields["is_estimated"] = fields.pop("usage_is_estimated")
    found = {name: fields.pop(name) for name in Usage.__struct_fields__}
    # What is `NULL` was not counted when the row was written.
    known = {name: value for name, value in found.items() if value is not None}
    return RecordedAttempt(**fields, usage=Usage(**known) if "input_tokens" in known else None)
