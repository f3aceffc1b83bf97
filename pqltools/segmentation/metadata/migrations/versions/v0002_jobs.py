"""Migration 2 of jobs: datasets, segment and export jobs, batches that are exported and loaded."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    name, created = sa.Column("name", sa.String, nullable=False), sa.Column("created", sa.Integer, nullable=False)
    _documents("datasets", name, created)
    op.create_index("datasets_name", "datasets", ["org", "sandbox", "name"])
    _documents("segment_jobs", *_states(), sa.Column("inputs", sa.String), sa.Column("outcome", sa.String))
    _documents("export_jobs", *_states())
    for table in ("segment_jobs", "export_jobs"):
        op.create_index(f"{table}_created", table, ["org", "sandbox", "created"])
        op.create_index(f"{table}_status", table, ["status"])
    _documents(
        "export_batches",
        sa.Column("dataset", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
    )
    op.create_index("export_batches_dataset", "export_batches", ["org", "sandbox", "dataset"])
    _documents(
        "import_batches",
        sa.Column("status", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
    )


def _states() -> list[sa.Column[Any]]:
    return [
        sa.Column("status", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
    ]


def _documents(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        *columns,
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name=f"{table}_key"),
        sqlite_autoincrement=True,
    )
