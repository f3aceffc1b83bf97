"""Migration 1: segment definitions, their references, and merge policies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "definitions",
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
        sa.Column("external", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("batch", sa.Boolean, nullable=False),
        sa.Column("continuous", sa.Boolean, nullable=False),
        sa.Column("synchronous", sa.Boolean, nullable=False),
        sa.Column("merge_policy", sa.String),
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name="definitions_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("definitions_name", "definitions", ["org", "sandbox", "name"])
    op.create_index("definitions_created", "definitions", ["org", "sandbox", "created"])
    op.create_index("definitions_merge_policy", "definitions", ["org", "sandbox", "merge_policy"])
    op.create_table(
        "definition_references",
        sa.Column("org", sa.String, primary_key=True),
        sa.Column("sandbox", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("target", sa.String, primary_key=True),
    )
    op.create_index("definition_references_target", "definition_references", ["org", "sandbox", "target"])
    op.create_table(
        "merge_policies",
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("org", sa.String, nullable=False),
        sa.Column("sandbox", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("schema", sa.String, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("updated", sa.Integer, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.UniqueConstraint("org", "sandbox", "id", name="merge_policies_key"),
        sqlite_autoincrement=True,
    )
