"""What a cascade came to, and what a judge said: sentences of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; what there is has neither."""
    op.add_column("decisions", sa.Column("verdict", sa.String))
    op.add_column("attempts", sa.Column("note", sa.String))
