"""Migration 4: how many profiles the audiences had in the last job that evaluated them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "audience_metrics",
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name="audience_metrics_key"),
        sqlite_autoincrement=True,
    )
