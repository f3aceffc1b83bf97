"""Which tables are there?  One for each resource: a JSON document, and beside it the columns that are searched.

A change here needs a migration in `migrations/versions/`; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, UniqueConstraint

SCHEMA = MetaData()


def document_table(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of documents with their scope and id. `serial` is the order in which they came."""
    return Table(
        name,
        SCHEMA,
        Column("serial", Integer, primary_key=True),
        Column("org", String, nullable=False),
        Column("sandbox", String, nullable=False),
        Column("id", String, nullable=False),
        *columns,
        Column("document", String, nullable=False),
        UniqueConstraint("org", "sandbox", "id", name=f"{name}_key"),
        sqlite_autoincrement=True,
    )


#: Segment definitions, and audiences that were made elsewhere (`external`), which have no expression.
DEFINITIONS = document_table(
    "definitions",
    Column("name", String, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("external", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("batch", Boolean, nullable=False),
    Column("continuous", Boolean, nullable=False),
    Column("synchronous", Boolean, nullable=False),
    Column("merge_policy", String),
    Index("definitions_name", "org", "sandbox", "name"),
    Index("definitions_created", "org", "sandbox", "created"),
    Index("definitions_merge_policy", "org", "sandbox", "merge_policy"),
)

#: Which definition refers to which by `inSegment`.
DEFINITION_REFERENCES = Table(
    "definition_references",
    SCHEMA,
    Column("org", String, primary_key=True),
    Column("sandbox", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("target", String, primary_key=True),
    Index("definition_references_target", "org", "sandbox", "target"),
)

#: How many profiles an audience, of this id, had in the last job that evaluated it.
AUDIENCE_METRICS = document_table("audience_metrics")

MERGE_POLICIES = document_table(
    "merge_policies",
    Column("schema", String, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
)

#: `next` is the instant at which a schedule fires next, null while it is inactive.
SCHEDULES = document_table(
    "schedules",
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("next", Integer),
    Index("schedules_next", "next"),
)

#: Every instant at which a schedule has fired, with the job that was made or why there is none. The key is what keeps a
#: schedule from firing twice.
SCHEDULE_FIRES = Table(
    "schedule_fires",
    SCHEMA,
    Column("org", String, primary_key=True),
    Column("sandbox", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("instant", Integer, primary_key=True),
    Column("job", String),
    Column("problem", String),
)

#: What was asked of previews, and what was found; `running` ones have no result yet.
PREVIEWS = document_table(
    "previews",
    Column("created", Integer, nullable=False),
    Column("running", Boolean, nullable=False),
    Index("previews_running", "running"),
)

#: Where data come from and where exports go.
DATASETS = document_table(
    "datasets",
    Column("name", String, nullable=False),
    Column("created", Integer, nullable=False),
    Index("datasets_name", "org", "sandbox", "name"),
)

#: `inputs` are the definitions as they were when the job was made, until it has ended. `outcome` is what the document
#: will be when its results are in the other store: a crash between the two is found out at the next start.
SEGMENT_JOBS = document_table(
    "segment_jobs",
    Column("status", String, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("inputs", String),
    Column("outcome", String),
    Index("segment_jobs_created", "org", "sandbox", "created"),
    Index("segment_jobs_status", "status"),
)

EXPORT_JOBS = document_table(
    "export_jobs",
    Column("status", String, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Index("export_jobs_created", "org", "sandbox", "created"),
    Index("export_jobs_status", "status"),
)

#: What exports have written: `dataset` is the id, `status` says whether it counts or has been replaced.
EXPORT_BATCHES = document_table(
    "export_batches",
    Column("dataset", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created", Integer, nullable=False),
    Index("export_batches_dataset", "org", "sandbox", "dataset"),
)

#: Batches that are loaded over HTTP, from when they are opened.
IMPORT_BATCHES = document_table(
    "import_batches",
    Column("status", String, nullable=False),
    Column("created", Integer, nullable=False),
)
