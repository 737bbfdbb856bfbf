"""What routes learn from, and what they have learned."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "learning_labels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("decision_id", sa.String),
        sa.Column("gain", sa.Double, nullable=False),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("features", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("learning_labels_decision", "learning_labels", ["decision_id"])
    op.create_index("learning_labels_route", "learning_labels", ["route", "id"])
    op.create_table(
        "learning_models",
        sa.Column("route", sa.String, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("last_label", sa.BigInteger, nullable=False),
        sa.Column("model", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "learning_seen",
        sa.Column("decision_id", sa.String, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("key_name", sa.String),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("features", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("learning_seen_at", "learning_seen", ["at"])
