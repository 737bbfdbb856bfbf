"""The audit log: what left, to whom, how it was masked, and what was kept or refused.

Each row holds the SHA-256 of its entry and of the hash before it. A row that is changed,
taken out or put in later breaks the chain from there on; that rows were cut off its end, or
that all of it was written anew, shows against a head that was noted elsewhere. Values are
never here, only labels and how often.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    select,
)

from headgate.ledger.schema import metadata
from headgate.ledger.store import LedgerStore

Kind = Literal[
    "policy",  # what is in force from here on, by its hash
    "sent",  # a target outside got a request
    "kept",  # a request with labels was answered by a local target
    "refused",  # nobody got it, because of what it holds
]
BEGINNING = sha256(b"headgate audit").hexdigest()
"""Stands before the first row."""
_BATCH = 1000
_encoder = msgspec.json.Encoder(order="deterministic")

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_at", "at"),
)


class AuditEntry(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One verdict. Labels are names; what they were found in is nowhere."""

    at: float
    """Unix seconds."""
    kind: Kind
    route: str
    policy: str
    """Hash of the route's rules about data, as a `policy` entry before it spells them out."""
    decision_id: str | None = None
    key_name: str | None = None
    role: str | None = None
    """Of an attempt that was sent; see `ledger.entry.Role`."""
    target: str | None = None
    provider: str | None = None
    region: str | None = None
    labels: Mapping[str, int] = {}
    """Labels of the request, each with how often it was found; 0 of what was declared."""
    masked: Mapping[str, int] = {}
    """How many different values of a label left as pseudonyms."""
    redacted: Mapping[str, int] = {}
    """How many were taken out for good."""
    refused_by: tuple[str, ...] = ()
    """Rules that refused targets."""
    detail: str | None = None
    """What a `policy` says, as JSON."""


class Row(Struct, frozen=True):
    """An entry in its place in the chain."""

    seq: int
    hash: str
    entry: AuditEntry


class Chain(Struct, frozen=True):
    """What became of checking a chain."""

    rows: int
    head: str
    """Hash of the last row that holds."""
    problem: str | None = None
    """What does not hold, and where first; `None` for nothing."""


def append(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Add entries to the end of the chain.

    The transaction must hold the write lock: nobody may add others in between.
    """
    seq, head = _end(connection)
    rows = []
    for entry in entries:
        seq, body = seq + 1, _encoder.encode(entry)
        head = _hash(head, seq, body)
        rows.append({"seq": seq, "at": entry.at, "entry": body, "hash": head})
    connection.execute(insert(audit), rows)


def verify(store: LedgerStore, *, noted: tuple[int, str] | None = None) -> Chain:
    """Check every row; `noted` is the number and hash of one that must still be there."""
    head, count = BEGINNING, 0
    for seq, body, kept in _rows(store):
        if seq != count + 1:
            return Chain(count, head, f"row {count + 1} is missing: {seq} follows {count}")
        if kept != _hash(head, seq, body):
            return Chain(count, head, f"row {seq} is not what was written, or not in its place")
        head, count = kept, seq
        if noted is not None and noted[0] == seq and noted[1] != kept:
            return Chain(count, head, f"row {seq} is another than the one that was noted")
    if noted is not None and noted[0] > count:
        return Chain(count, head, f"row {noted[0]}, which was noted, is gone")
    return Chain(count, head)


def entries(
    store: LedgerStore, *, since: float | None = None, until: float | None = None
) -> Iterator[Row]:
    """Rows of a period, `since` included and `until` not, in the order they were written."""
    query = select(audit.c.seq, audit.c.hash, audit.c.entry).order_by(audit.c.seq)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    with store.engine.connect() as connection:
        for seq, kept, body in connection.execute(query).yield_per(_BATCH):
            yield Row(seq, kept, msgspec.json.decode(body, type=AuditEntry))


def _rows(store: LedgerStore) -> Iterator[tuple[int, bytes, str]]:
    query = select(audit.c.seq, audit.c.entry, audit.c.hash).order_by(audit.c.seq)
    with store.engine.connect() as connection:
        for seq, body, kept in connection.execute(query).yield_per(_BATCH):
            # SQLite lets whoever changes a row change its type, too.
            yield seq, body.encode() if isinstance(body, str) else body, kept


def _end(connection: Connection) -> tuple[int, str]:
    last = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    found = connection.execute(last).first()
    return (0, BEGINNING) if found is None else (found.seq, found.hash)


def _hash(before: str, seq: int, body: bytes) -> str:
    return sha256(b"%b\n%d\n%b" % (before.encode(), seq, body)).hexdigest()
