"""Is what is written on the disk, in the tables that the migrations make, and said clearly where it cannot be?"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from disks import read_only
from pqltools.segmentation.directory import DataDirectory, DirectoryProblem
from pqltools.segmentation.doc_era import ERAS, SWITCHES, read_doc_era
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import MERGE_POLICIES, SCHEMA
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

SCOPE = Scope("o", "prod")
COLUMNS = {"schema": "s", "is_default": False, "created": 1, "updated": 1}


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "odd % name?.sqlite")


def test_migrations_make_the_tables_that_the_program_expects(path: str) -> None:
    metadata = Metadata(path)
    with metadata.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SCHEMA) == []
    metadata.close()


def test_every_commit_waits_for_the_disk(path: str) -> None:
    metadata = Metadata(path)
    with metadata.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    metadata.close()


def test_opening_again_keeps_everything(path: str) -> None:
    policies = Documents(MERGE_POLICIES)
    for expected in (0, 1):
        metadata = Metadata(path)
        with metadata.write() as connection:
            assert policies.count(connection, SCOPE) == expected
            policies.add(connection, SCOPE, str(expected), {"ß": "😀", "n": 2**60}, **COLUMNS)
        metadata.close()
    metadata = Metadata(path)
    with metadata.read() as connection:
        assert policies.find(connection, SCOPE) == [{"ß": "😀", "n": 2**60}] * 2
    metadata.close()


def test_what_fails_changes_nothing(path: str) -> None:
    metadata, policies = Metadata(path), Documents(MERGE_POLICIES)

    def interrupted() -> None:
        with metadata.write() as connection:
            policies.add(connection, SCOPE, "a", {}, **COLUMNS)
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    with metadata.read() as connection:
        assert policies.count(connection, SCOPE) == 0
    metadata.close()


def test_reader_sees_one_state(path: str) -> None:
    metadata, policies = Metadata(path), Documents(MERGE_POLICIES)
    with metadata.read() as reading:
        assert policies.count(reading, SCOPE) == 0
        with metadata.write() as writing:
            policies.add(writing, SCOPE, "a", {}, **COLUMNS)
        assert policies.count(reading, SCOPE) == 0
    with metadata.read() as reading:
        assert policies.count(reading, SCOPE) == 1
    metadata.close()


def test_database_of_a_newer_version_is_left_alone(path: str) -> None:
    Metadata(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    with pytest.raises(DirectoryProblem, match="newer version of pqltools"):
        Metadata(path)


def test_file_that_is_no_database(path: str) -> None:
    Path(path).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(DirectoryProblem, match="not a database"):
        Metadata(path)


def test_full_disk_is_said_and_loses_nothing(path: str) -> None:
    metadata, policies = Metadata(path), Documents(MERGE_POLICIES)
    with metadata.write() as connection:
        policies.add(connection, SCOPE, "a", {}, **COLUMNS)
        # SQLite's own limit gives what the system gives when the disk is full.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    size = {"text": "x" * 100_000}

    def fill() -> None:
        with metadata.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            policies.add(connection, SCOPE, "b", size, **COLUMNS)

    with pytest.raises(Problem, match="disk is full: nothing of this was stored") as caught:
        fill()
    assert caught.value.status == 507
    with metadata.read() as connection:
        assert policies.count(connection, SCOPE) == 1
    metadata.close()


# The directory.


def test_one_process_at_a_time(tmp_path: Path) -> None:
    held = DataDirectory(str(tmp_path))
    script = f"from pqltools.segmentation.directory import DataDirectory; DataDirectory({str(tmp_path)!r})"
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert f"is in use by another pql (process {os.getpid()})" in second.stderr
    with pytest.raises(DirectoryProblem, match="in use"):
        DataDirectory(str(tmp_path))
    held.close()
    subprocess.run([sys.executable, "-c", script], check=True)


def test_lock_is_given_back_when_the_data_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "metadata.sqlite").write_bytes(b"no database" * 100)
    for _ in range(2):
        with pytest.raises(DirectoryProblem, match="not a database"):
            Service(str(tmp_path))


def test_directories_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DirectoryProblem, match="is a file, not a directory"):
        DataDirectory(str(tmp_path / "file"))
    with pytest.raises(DirectoryProblem, match="cannot be created"):
        DataDirectory(str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("is_used", [False, True])
def test_directory_that_cannot_be_written(tmp_path: Path, is_used: bool) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if is_used:
        Service(str(data)).close()
    with read_only(data), pytest.raises(DirectoryProblem, match=f"^{data} cannot be written: "):
        Service(str(data))


# Eras.


def test_eras_are_made_of_switches() -> None:
    assert read_doc_era("") == read_doc_era("current") == frozenset()
    assert read_doc_era("2020, duplicate-names") == {*ERAS["2020"], "duplicate-names"}
    assert {switch for era in ERAS.values() for switch in era} <= {*SWITCHES}
    with pytest.raises(ValueError, match="did you mean duplicate-names"):
        read_doc_era("duplicate-name")
