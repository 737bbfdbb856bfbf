"""Decisions and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("requested_model", sa.String, nullable=False),
        sa.Column("key_name", sa.String),
        sa.Column("environment", sa.String),
        sa.Column("stream", sa.Boolean, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("candidates", sa.LargeBinary, nullable=False),
        sa.Column("ranked", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("served_by", sa.String),
        sa.Column("http_status", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Double, nullable=False),
        sa.Column("rules_version", sa.String, nullable=False),
    )
    op.create_index("decisions_at", "decisions", ["at"])
    _create_attempts()


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("decision_id", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("response_model", sa.String),
        sa.Column("is_local", sa.Boolean, nullable=False),
        sa.Column("region", sa.String),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("duration_ms", sa.Double, nullable=False),
        sa.Column("ttft_ms", sa.Double),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("error", sa.String),
        sa.Column("http_status", sa.Integer),
        sa.Column("input_tokens", sa.BigInteger),
        sa.Column("output_tokens", sa.BigInteger),
        sa.Column("cache_read_tokens", sa.BigInteger),
        sa.Column("cache_write_tokens", sa.BigInteger),
        sa.Column("reasoning_tokens", sa.BigInteger),
        sa.Column("usage_is_estimated", sa.Boolean),
        sa.Column("cost_pico_usd", sa.BigInteger),
        sa.Column("cost_basis", sa.String, nullable=False),
        sa.Column("price_source", sa.String),
        sa.Column("price_as_of", sa.String),
        sqlite_with_rowid=False,
    )
