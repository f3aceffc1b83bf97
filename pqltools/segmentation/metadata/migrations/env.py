"""How does Alembic run the migrations?  On the connection that `migrating` gives it."""

from __future__ import annotations

from alembic import context

from pqltools.segmentation.metadata.tables import SCHEMA

# All of them or none: SQLite can take back what it did to tables.
context.configure(connection=context.config.attributes["connection"], target_metadata=SCHEMA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
