"""What an attempt was for: to answer, or to check, to hedge, to compare."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; every attempt there is was made to answer."""
    column = sa.Column("role", sa.String, nullable=False, server_default="serve")
    op.add_column("attempts", column)
