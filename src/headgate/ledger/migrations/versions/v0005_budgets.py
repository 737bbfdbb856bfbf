"""What processes have taken from budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "budget_leases",
        sa.Column("budget", sa.String, primary_key=True),
        sa.Column("who", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("holder", sa.String, primary_key=True),
        sa.Column("granted_pico", sa.BigInteger, nullable=False),
        sa.Column("spent_pico", sa.BigInteger, nullable=False),
        sa.Column("renewed_at", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
