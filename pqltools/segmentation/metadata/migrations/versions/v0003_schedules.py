"""Migration 3: schedules, when they fired, and previews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "schedules",
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
        sa.Column("next", sa.Integer),
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name="schedules_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("schedules_next", "schedules", ["next"])
    op.create_table(
        "schedule_fires",
        sa.Column("org", sa.String, primary_key=True),
        sa.Column("sandbox", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("instant", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("job", sa.String),
        sa.Column("problem", sa.String),
    )
    op.create_table(
        "previews",
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("running", sa.Boolean, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name="previews_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("previews_running", "previews", ["running"])
