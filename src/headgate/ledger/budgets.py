"""What there is of budgets, in the database, for every process that spends from them.

A process takes a lease before it spends, a row of its own that says how much it may. What is
granted together never exceeds the limit, because grants are made one at a time, in the
database. The lease of a process that was killed stays as it is until the period ends: what
it spent of it, nobody knows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from headgate.ledger.budget_history import spent_before
from headgate.ledger.schema import budget_leases
from headgate.ledger.store import LedgerStore
from headgate.policy.budget.period import Period
from headgate.policy.budget.terms import BudgetTerms

SETTLED = ""
"""Holds what was spent before the budget was set, and by processes that have ended well."""
LOST_AFTER_S = 12.0
"""A lease that nobody has renewed for so long is all spent, as far as anybody knows."""
_columns = budget_leases.c


class AccountKey(Struct, frozen=True):
    """One account in one period."""

    terms: BudgetTerms
    who: str
    period: Period

    @property
    def row(self) -> dict[str, str]:
        """What its rows have in common."""
        scope = self.terms.scope
        who = self.who if scope is None else f"{scope}:{self.who}"
        return {"budget": self.terms.name, "who": who, "period": self.period.name}


class Standing(Struct, frozen=True):
    """What others hold of an account, and what was granted now. In pico-dollars."""

    granted: int
    elsewhere: int
    spent_elsewhere: int


class Report(Struct, frozen=True):
    """What became of a lease."""

    key: AccountKey
    change: int
    """By so much the lease grows, or shrinks."""
    spent: int


class Sums(Struct, frozen=True):
    """An account over all processes. In pico-dollars."""

    spent: int
    reserved: int


class BudgetBank:
    """The leases of one process. Every method waits for the disk: call it from a thread."""

    def __init__(self, store: LedgerStore, holder: str) -> None:
        """`holder` names the process, and no other one."""
        self._store = store
        self._holder = holder
        self._opened: set[AccountKey] = set()

    def grant(self, key: AccountKey, asked: int, now: float) -> Standing:
        """Up to `asked` more, as far as the limit goes."""
        self._open(key)
        with self._begin() as connection:
            rows = _rows(connection, key)
            left = key.terms.limit_pico - sum(row.granted_pico for row in rows)
            granted = max(0, min(asked, left))
            self._add(connection, Report(key, granted, self._spent(rows)), now)
            connection.commit()
        return self._standing(rows, granted, now)

    def sync(self, reports: Sequence[Report], now: float) -> list[Standing]:
        """Write down what became of leases; how their accounts stand."""
        standings = []
        for report in reports:
            self._open(report.key)
        with self._begin() as connection:
            for report in reports:
                self._add(connection, report, now)
                standings.append(self._standing(_rows(connection, report.key), 0, now))
            connection.commit()
        return standings

    def look(self, key: AccountKey, now: float) -> Standing:
        """How an account stands; it is opened if it never was."""
        self._open(key)
        with self._store.engine.connect() as connection:
            return self._standing(_rows(connection, key), 0, now)

    def names(self, terms: BudgetTerms, period: Period) -> list[str]:
        """Whose accounts of a budget were used in a period."""
        with self._store.engine.connect() as connection:
            return names_of(connection, terms, period)

    def give_back(self, reports: Sequence[Report], now: float) -> None:
        """End every lease; `spent` is what stays spent."""
        for report in reports:
            self._open(report.key)
        with self._begin() as connection:
            for report in reports:
                connection.execute(
                    delete(budget_leases).where(*_is(report.key), _columns.holder == self._holder)
                )
                _grow(connection, report.key, SETTLED, report.spent, now)
            connection.commit()

    def _begin(self) -> Connection:
        # IMMEDIATE: nobody else may grant between our reading and our writing.
        return self._store.engine.connect().execution_options(sqlite_begin="IMMEDIATE")

    def _open(self, key: AccountKey) -> None:
        """The row of what was spent before anybody counted."""
        if key in self._opened:
            return
        with self._store.engine.connect() as connection:
            if any(row.holder == SETTLED for row in _rows(connection, key)):
                self._opened.add(key)
                return
            before = spent_before(connection, key.terms, key.who, key.period)
        row = {"granted_pico": before, "spent_pico": before, "renewed_at": key.period.starts_at}
        opened = insert(budget_leases).values(**key.row, holder=SETTLED, **row)
        with self._begin() as connection:
            # Another process may have been quicker: then it is the one that knew.
            connection.execute(opened.on_conflict_do_nothing())
            connection.commit()
        self._opened.add(key)

    def _add(self, connection: Connection, report: Report, now: float) -> None:
        row = {"granted_pico": report.change, "spent_pico": report.spent, "renewed_at": now}
        added = insert(budget_leases).values(**report.key.row, holder=self._holder, **row)
        grown = _columns.granted_pico + report.change
        connection.execute(
            added.on_conflict_do_update(
                index_elements=list(budget_leases.primary_key),
                set_={"granted_pico": grown, "spent_pico": report.spent, "renewed_at": now},
            )
        )

    def _spent(self, rows: Iterable[Any]) -> int:
        return sum(row.spent_pico for row in rows if row.holder == self._holder)

    def _standing(self, rows: Sequence[Any], granted: int, now: float) -> Standing:
        others = [row for row in rows if row.holder != self._holder]
        elsewhere = sum(row.granted_pico for row in others)
        return Standing(granted, elsewhere, sum(_spent_of(row, now) for row in others))


def sums(connection: Connection, key: AccountKey, now: float) -> Sums | None:
    """How an account stands over all processes; `None` where nobody has spent from it yet."""
    rows = _rows(connection, key)
    if not rows:
        return None
    spent = sum(_spent_of(row, now) for row in rows)
    return Sums(spent, max(0, sum(row.granted_pico for row in rows) - spent))


def names_of(connection: Connection, terms: BudgetTerms, period: Period) -> list[str]:
    """Whose accounts of a budget were used in a period."""
    asked = (
        select(_columns.who)
        .distinct()
        .where(_columns.budget == terms.name, _columns.period == period.name)
    )
    found = (row.who for row in connection.execute(asked))
    if terms.scope is None:
        return list(found)
    head = f"{terms.scope}:"
    return [who.removeprefix(head) for who in found if who.startswith(head)]


def _spent_of(row: Any, now: float) -> int:
    is_lost = row.holder != SETTLED and row.renewed_at < now - LOST_AFTER_S
    return int(row.granted_pico if is_lost else row.spent_pico)


def _is(key: AccountKey) -> list[ColumnElement[bool]]:
    return [_columns[name] == value for name, value in key.row.items()]


def _rows(connection: Connection, key: AccountKey) -> Sequence[Any]:
    columns = (_columns.holder, _columns.granted_pico, _columns.spent_pico, _columns.renewed_at)
    return connection.execute(select(*columns).where(*_is(key))).all()


def _grow(connection: Connection, key: AccountKey, holder: str, by: int, now: float) -> None:
    connection.execute(
        update(budget_leases)
        .where(*_is(key), _columns.holder == holder)
        .values(
            granted_pico=_columns.granted_pico + by,
            spent_pico=_columns.spent_pico + by,
            renewed_at=now,
        )
    )
