"""The tables of the ledger. A change here needs a migration; a test compares the two.

Money is counted in whole pico-dollars (10⁻¹² US dollars), so that sums made by the
database are exact. `NULL` is unknown. Times are Unix seconds.
"""

from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from headgate.core.usage import Money

PICO_PER_USD = 10**12


class Usd(TypeDecorator[Money]):
    """`Decimal` dollars, stored as whole pico-dollars."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else to_pico_usd(value)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return None if value is None else from_pico_usd(value)


def to_pico_usd(value: Money) -> int:
    """Dollars as whole pico-dollars, rounded half to even."""
    return round(value * PICO_PER_USD)


def from_pico_usd(pico: int) -> Money:
    """Pico-dollars as dollars, without trailing zeros."""
    whole, rest = divmod(pico, PICO_PER_USD)
    return Decimal(f"{whole}.{rest:012d}".rstrip("0").rstrip("."))


metadata = MetaData()

decisions = Table(
    "decisions",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("operation", String, nullable=False),
    Column("route", String, nullable=False),
    Column("requested_model", String, nullable=False),
    Column("key_name", String),
    Column("environment", String),
    Column("stream", Boolean, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("candidates", LargeBinary, nullable=False),
    Column("ranked", String, nullable=False),
    Column("status", String, nullable=False),
    Column("served_by", String),
    Column("http_status", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("duration_ms", Double, nullable=False),
    Column("rules_version", String, nullable=False),
    # What later versions added comes last: rows are inserted in this order.
    Column("verdict", String),
    Index("decisions_at", "at"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("decision_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("target", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("response_model", String),
    Column("is_local", Boolean, nullable=False),
    Column("region", String),
    Column("started_at", Double, nullable=False),
    Column("duration_ms", Double, nullable=False),
    Column("ttft_ms", Double),
    Column("outcome", String, nullable=False),
    Column("error", String),
    Column("http_status", Integer),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cache_read_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("usage_is_estimated", Boolean),
    Column("cost_pico_usd", Usd, key="cost_usd"),
    Column("cost_basis", String, nullable=False),
    Column("price_source", String),
    Column("price_as_of", String),
    # What later versions added comes last: rows are inserted in this order.
    Column("cache_write_1h_tokens", BigInteger),
    Column("audio_input_tokens", BigInteger),
    Column("audio_output_tokens", BigInteger),
    Column("cache_read_audio_tokens", BigInteger),
    Column("billed_input_tokens", BigInteger),
    Column("billed_output_tokens", BigInteger),
    Column("search_units", BigInteger),
    Column("web_searches", BigInteger),
    Column("tier", String),
    Column("reported_pico_usd", Usd, key="reported_usd"),
    Column("role", String, nullable=False, server_default="serve"),
    Column("note", String),
    # One tree instead of two: the key is how attempts are always read.
    sqlite_with_rowid=False,
)

budget_leases = Table(
    "budget_leases",
    metadata,
    Column("budget", String, primary_key=True),
    Column("who", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("holder", String, primary_key=True),
    Column("granted_pico", BigInteger, nullable=False),
    Column("spent_pico", BigInteger, nullable=False),
    Column("renewed_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
