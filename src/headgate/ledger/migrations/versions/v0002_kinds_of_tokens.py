"""Every kind of token that is charged on its own, and what a provider says it charged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTS = (
    "cache_write_1h_tokens",
    "audio_input_tokens",
    "audio_output_tokens",
    "cache_read_audio_tokens",
    "billed_input_tokens",
    "billed_output_tokens",
    "search_units",
    "web_searches",
)


def upgrade() -> None:
    """Add the columns; `NULL` in the rows there are, whose counts nobody kept."""
    for name in COUNTS:
        op.add_column("attempts", sa.Column(name, sa.BigInteger))
    op.add_column("attempts", sa.Column("tier", sa.String))
    op.add_column("attempts", sa.Column("reported_pico_usd", sa.BigInteger))
