"""What routes have learned from: labels with hashed features, and models as of some label.

The labels are the truth. A model is kept so that a start need not learn them all again, and
says up to which label it goes; whatever came later, from a process that was killed or from
`headgate learn import`, is learned on top. No prompt is here, only buckets of words.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from headgate.estimate.learning.features import Features
from headgate.ledger.schema import metadata
from headgate.ledger.store import LedgerStore

learning_labels = Table(
    "learning_labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("route", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("decision_id", String),
    Column("gain", Double, nullable=False),
    Column("weight", Double, nullable=False),
    Column("features", LargeBinary, nullable=False),
    Index("learning_labels_decision", "decision_id"),
    Index("learning_labels_route", "route", "id"),
    # A number is used once, whatever is deleted: models say up to which label they go.
    sqlite_autoincrement=True,
)
learning_models = Table(
    "learning_models",
    metadata,
    Column("route", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("last_label", BigInteger, nullable=False),
    Column("model", LargeBinary, nullable=False),
)
learning_seen = Table(
    "learning_seen",
    metadata,
    Column("decision_id", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("route", String, nullable=False),
    Column("key_name", String),
    Column("tier", Integer, nullable=False),
    Column("features", LargeBinary, nullable=False),
    Index("learning_seen_at", "at"),
    sqlite_with_rowid=False,
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Features).decode


class Label(Struct, frozen=True, kw_only=True):
    """What a stronger tier was worth for one request."""

    at: float
    route: str
    kind: str
    gain: float
    weight: float
    features: Features
    decision_id: str | None = None
    id: int = 0
    """0 until it is stored."""


class Seen(Struct, frozen=True, kw_only=True):
    """A request that may be rated later."""

    decision_id: str
    at: float
    route: str
    key_name: str | None
    tier: int
    """That answered it."""
    features: Features


class Stored(Struct, frozen=True):
    """A model, and the label it goes up to."""

    model: bytes
    last_label: int


class KindCount(Struct, frozen=True):
    """Labels of one kind."""

    kind: str
    labels: int
    mean_gain: float
    newest_at: float


class LearningStore:
    """Reads and writes in the ledger's database. Calls block."""

    def __init__(self, store: LedgerStore) -> None:
        """Of an open ledger."""
        self._engine = store.engine

    def add(self, labels: Sequence[Label], seen: Sequence[Seen] = ()) -> int:
        """Keep labels and requests; the id of the last label, 0 when there is none."""
        last = 0
        with self._engine.begin() as connection:
            for label in labels:
                row = {
                    "at": label.at,
                    "route": label.route,
                    "kind": label.kind,
                    "decision_id": label.decision_id,
                    "gain": label.gain,
                    "weight": label.weight,
                    "features": _encode(label.features),
                }
                key = connection.execute(insert(learning_labels), row).inserted_primary_key
                assert key is not None
                last = key[0]
            if seen:
                rows = [
                    {**msgspec.structs.asdict(each), "features": _encode(each.features)}
                    for each in seen
                ]
                connection.execute(upsert(learning_seen).on_conflict_do_nothing(), rows)
        return last

    def labels(self, route: str, *, after: int = 0, limit: int = 20_000) -> list[Label]:
        """A route's labels, the oldest first."""
        columns = learning_labels.c
        query = (
            select(learning_labels)
            .where(columns.route == route, columns.id > after)
            .order_by(columns.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Label(**{**row, "features": _decode(row["features"])}) for row in rows]

    def is_rated(self, decision_id: str) -> bool:
        """Whether somebody has rated the answer of a decision already."""
        columns = learning_labels.c
        query = select(columns.id).where(
            columns.decision_id == decision_id, columns.kind == "feedback"
        )
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def find_seen(self, decision_id: str) -> Seen | None:
        """A request by the id of its decision."""
        query = select(learning_seen).where(learning_seen.c.decision_id == decision_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Seen(**{**row, "features": _decode(row["features"])})

    def forget_seen(self, before: float) -> None:
        """Drop requests that nobody rated in time."""
        with self._engine.begin() as connection:
            connection.execute(delete(learning_seen).where(learning_seen.c.at < before))

    def model(self, route: str) -> Stored | None:
        """The route's model, if one was kept."""
        query = select(learning_models).where(learning_models.c.route == route)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Stored(row["model"], row["last_label"])

    def keep_model(self, route: str, model: bytes, *, last_label: int, at: float) -> None:
        """Keep a model in place of the one before."""
        row = {"route": route, "at": at, "last_label": last_label, "model": model}
        change = {name: row[name] for name in ("at", "last_label", "model")}
        statement = upsert(learning_models).values(row)
        statement = statement.on_conflict_do_update(index_elements=["route"], set_=change)
        with self._engine.begin() as connection:
            connection.execute(statement)

    def counts(self, route: str) -> list[KindCount]:
        """A route's labels by kind."""
        columns = learning_labels.c
        query = (
            select(columns.kind, func.count(), func.avg(columns.gain), func.max(columns.at))
            .where(columns.route == route)
            .group_by(columns.kind)
            .order_by(columns.kind)
        )
        with self._engine.connect() as connection:
            return [KindCount(*row) for row in connection.execute(query)]

    def routes(self) -> list[str]:
        """Routes that have labels."""
        query = select(learning_labels.c.route).distinct().order_by(learning_labels.c.route)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def reset(self, routes: Iterable[str]) -> None:
        """Forget everything that routes have learned."""
        with self._engine.begin() as connection:
            for route in routes:
                for table in (learning_labels, learning_models, learning_seen):
                    connection.execute(delete(table).where(table.c.route == route))
