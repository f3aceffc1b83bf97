"""How does `pql profiles load` go?  File by file, each a batch, with progress, problems and a table at the end."""

from __future__ import annotations

import json
import sys

from pqltools.cli.eval_problems import Problems
from pqltools.cli.eval_progress import Progress
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from pqltools.cli.profiles_send import Server
    from pqltools.segmentation.profiles.model import Batch, Quarantined
    from pqltools.segmentation.profiles.sources import Form
    from pqltools.segmentation.profiles.store import ProfileStore
    from pqltools.segmentation.scope import Scope


def load(options: argparse.Namespace, store: ProfileStore | Server, scope: Scope) -> int:
    """Load the files; returns the exit code. Raises `PQLError` for a mapping or a schema that cannot be used."""
    return _Loading(options, store, scope, _form(options)).run()


def _form(options: argparse.Namespace) -> Form:
    from pqltools.cli.schema_choice import chosen
    from pqltools.segmentation.profiles.mapping import read_mapping
    from pqltools.segmentation.profiles.records import IdentityField
    from pqltools.segmentation.profiles.sources import Form
    from pqltools.xdm.names import steps_of_path

    schema, problems = chosen(options.schema, options.tenant)
    if any(problem.severity == "error" for problem in problems):
        raise PQLError(problems)
    mapping = None if options.mapping is None else read_mapping(options.mapping)
    identity = None
    if options.identity is not None:
        namespace, path = options.identity
        identity = IdentityField(namespace, steps_of_path(path))
    return Form(options.events, identity, mapping, schema.profile)


class _Loading:
    def __init__(self, options: argparse.Namespace, store: ProfileStore | Server, scope: Scope, form: Form) -> None:
        self.options = options
        self.store = store
        self.scope = scope
        self.form = form
        self.as_json = options.output_format == "json"
        self.problems = Problems(as_json=self.as_json, strict=False)
        self.report = Report(options.output_format)
        self.progress = Progress(options.files, beside=False)
        self.problems.before = self.progress.clear
        self.batches: list[tuple[str, Batch]] = []
        self.before = 0

    def run(self) -> int:
        status = 0
        try:
            for name in self.options.files:
                self._file(name)
        except KeyboardInterrupt:
            self.progress.clear()
            print(
                f"pql: interrupted; {len(self.batches)} of {len(self.options.files)} files are loaded", file=sys.stderr
            )
            status = 130
        finally:
            self.progress.clear()
            self._finish()
        return status or int(self.report.failed or any(batch.status == "failed" for _, batch in self.batches))

    def _file(self, name: str) -> None:
        """Load one file. One that cannot be read costs no other."""
        try:
            batch = self.store.load(
                self.scope,
                self.options.dataset,
                [name],
                self.form,
                batch=self.options.batch,
                progress=self._show,
                refused=self._refused,
            )
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return
        self.before += batch.profiles + batch.events + batch.bad
        self.batches.append((name, batch))

    def _show(self, size: int, count: int | None) -> None:
        self.progress.show(size, None if count is None else self.before + count)

    def _refused(self, found: Quarantined) -> None:
        from pqltools.data.lines import BadLine

        line = BadLine(found.file, found.line, found.reason)
        self.problems.tell([line.diagnostic("PQL072" if self.options.events else "PQL071")])

    def _finish(self) -> None:
        if self.as_json:
            from pqltools.render import as_data

            batches = [{"file": name, **batch.data()} for name, batch in self.batches]
            problems = [*map(as_data, self.report.diagnostics), *self.problems.data()]
            print(json.dumps({"batches": batches, "problems": problems}, ensure_ascii=False, indent=2))
            return
        self.report.show(beside=True)
        if self.batches:
            from pqltools.cli.profiles_show import table

            rows = [
                [name, batch.id, f"{batch.profiles:,}", f"{batch.events:,}", f"{batch.bad:,}"]
                for name, batch in self.batches
            ]
            print(table(["file", "batch", "profiles", "events", "refused"], rows, texts=2))
