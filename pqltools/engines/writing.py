"""How do memberships get to the disk?  As Parquet, in a folder that is there whole or not at all."""

from __future__ import annotations

import json
import os

from pqltools.diagnostics import error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Self

    from pqltools.engines.engine import Engine, Plan, Result, Take
    from pqltools.workspace.definitions import Definition

MEMBERSHIPS, COUNTS, QUARANTINE = "memberships.parquet", "counts.json", "quarantine.ndjson"
#: What jobs write on any engine; with a checksum, where Hadoop writes to a disk of this machine.
_OURS = frozenset((MEMBERSHIPS, COUNTS, QUARANTINE, f".{COUNTS}.crc"))


class Writing:
    """Writes to a folder, if there is to be one. `take` is what engines hand members to, None without a folder."""

    def __init__(self, out: str | None, definitions: Sequence[Definition], *, overwrite: bool) -> None:
        self.out = None if out is None else os.path.abspath(out)  # noqa: PTH100
        self.definitions = definitions
        self.overwrite = overwrite
        self.take: Take | None = None
        self._stage = ""
        self._file: Any = None

    def __enter__(self) -> Self:
        if self.out is None:
            return self
        if os.path.lexists(self.out):
            if not self.overwrite:
                raise already_there(self.out)
            check_replaceable(self.out, _names(self.out))
        import tempfile

        import pyarrow
        import pyarrow.parquet

        self._types = pyarrow.schema(
            [
                ("definition", pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
                ("segment", pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
                ("profile", pyarrow.large_string()),
            ]
        )
        try:
            os.makedirs(os.path.dirname(self.out), exist_ok=True)  # noqa: PTH103, PTH120
            self._stage = tempfile.mkdtemp(prefix=".pql-", dir=os.path.dirname(self.out))  # noqa: PTH120
            path = os.path.join(self._stage, MEMBERSHIPS)  # noqa: PTH118
            self._file = pyarrow.parquet.ParquetWriter(path, self._types, compression="zstd", use_dictionary=True)
        except OSError as problem:
            raise problem_at(self.out, problem.strerror or "it cannot be written") from None
        self.take = self._members
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._stage:
            import shutil

            shutil.rmtree(self._stage, ignore_errors=True)

    def _members(self, index: int, ids: Any) -> None:
        import pyarrow

        definition = self.definitions[index]
        zeros = pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), len(ids))
        columns = [
            pyarrow.DictionaryArray.from_arrays(zeros, pyarrow.array([name], pyarrow.string()))
            for name in (definition.title, definition.id)
        ]
        if definition.id is None:
            none = pyarrow.nulls(len(ids), pyarrow.int32())
            columns[1] = pyarrow.DictionaryArray.from_arrays(none, pyarrow.array([], pyarrow.string()))
        table = pyarrow.Table.from_arrays([*columns, ids.cast(pyarrow.large_string())], schema=self._types)
        if len(table):
            self._file.write_table(table)

    def run(self, engine: Engine, plan: Plan) -> Result:
        """Evaluate, and write the memberships."""
        return engine.run(plan, self.take)

    def finish(self, counts: dict[str, Any]) -> None:
        """Write the counts, and put the folder in its place."""
        if self.out is None:
            return
        self._file.close()
        old = f"{self._stage}.old"
        try:
            with open(os.path.join(self._stage, COUNTS), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
                json.dump(counts, file, ensure_ascii=False, indent=2)
            os.chmod(self._stage, 0o755)  # noqa: PTH101
            if os.path.lexists(self.out):
                os.rename(self.out, old)  # noqa: PTH104
            os.rename(self._stage, self.out)  # noqa: PTH104
        except OSError as problem:
            if os.path.lexists(old) and not os.path.lexists(self.out):
                os.rename(old, self.out)  # noqa: PTH104
            raise problem_at(self.out, problem.strerror or "it cannot be written") from None
        import shutil

        self._stage = ""
        shutil.rmtree(old, ignore_errors=True)


def check_replaceable(path: str, names: Iterable[str] | None) -> None:
    """Raise `PQLError` unless a folder with these names holds what a job writes and nothing else; None: no folder."""
    if names is None or not _OURS.issuperset(names):
        message = "there is something else than memberships, which --overwrite does not replace"
        raise problem_at(path, message, "name another folder")


def _names(path: str) -> list[str] | None:
    """What is in a folder; None for what is none."""
    return None if os.path.islink(path) or not os.path.isdir(path) else os.listdir(path)  # noqa: PTH112, PTH114, PTH208


def already_there(path: str) -> Exception:
    """The error for a folder that is not to be overwritten."""
    return problem_at(path, "there is something already", "name another folder, or add --overwrite")


def problem_at(path: str, message: str, help: str | None = None) -> Exception:
    """The error for a folder that cannot be written."""
    return error("PQL044", message, (0, 0), help=help, source=Source("", path))


def counts_data(definitions: Sequence[Definition], plan: Plan, result: Result, *, refused: int = 0) -> dict[str, Any]:
    """The counts as JSON. `refused` lines were left out by the engine, beside those that the result counts."""
    rows = [
        {
            "definition": definition.title,
            "id": definition.id,
            "profiles": result.profiles - result.failed[index],
            "qualified": result.counts[index],
            "errors": result.failed[index],
            "by": plan.ways[index].kind,
        }
        for index, definition in enumerate(definitions)
    ]
    all_refused = refused + result.refused
    return {"engine": plan.engine, "profiles": result.profiles, "refused": all_refused, "definitions": rows}
