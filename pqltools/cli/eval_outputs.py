"""What does a run print?  One class for each output; `output` finds it."""

from __future__ import annotations

import json
import sys

from pqltools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from pqltools.workspace.definitions import Definition
    from pqltools.workspace.runs import Answer


class Output:
    """Prints nothing, which is what `counts` does before the end.

    `wants` and `keeps` say which answers it is given; see `workspace.runs.Evaluation`.
    """

    wants = "none"
    keeps: tuple[str, ...] = ()

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self.definitions = definitions
        self.titles = [definition.title for definition in definitions]

    def start(self) -> None:
        """Print what stands before the answers."""

    def write(self, answers: Iterable[Answer]) -> None:
        """Print answers."""


class Ids(Output):
    """The id of each profile that qualifies; the definition behind a tab where there are several.

    Tabs and line ends in an id or a title are written as JSON writes them.
    """

    wants = "qualify"

    def write(self, answers: Iterable[Answer]) -> None:
        """See `Output`."""
        titles = [in_a_line(title) for title in self.titles]
        for answer in answers:
            name = in_a_line(_name(answer))
            for index in answer.qualifies:
                sys.stdout.write(f"{name}\n" if len(titles) == 1 else f"{name}\t{titles[index]}\n")


class Ndjson(Output):
    """An object for each profile."""

    wants = "all"

    def write(self, answers: Iterable[Answer]) -> None:
        """See `Output`."""
        for answer in answers:
            data: dict[str, Any] = {"id": answer.id, "file": answer.file, "line": answer.line}
            data["qualifies"] = [self.titles[index] for index in answer.qualifies]
            if answer.failed:
                data["failed"] = [self.titles[index] for index in answer.failed]
            _print(data)


class Csv(Output):
    """A row for each profile: true, false, or nothing where a definition could not be evaluated."""

    wants = "all"

    def __init__(self, definitions: Sequence[Definition]) -> None:
        super().__init__(definitions)
        import csv

        self.writer = csv.writer(sys.stdout, lineterminator="\n")

    def start(self) -> None:
        """See `Output`."""
        self.writer.writerow(["profile", *self.titles])

    def write(self, answers: Iterable[Answer]) -> None:
        """See `Output`."""
        for answer in answers:
            row = ["false"] * len(self.titles)
            for index in answer.qualifies:
                row[index] = "true"
            for index in answer.failed:
                row[index] = ""
            self.writer.writerow([_name(answer), *row])


class Memberships(Output):
    """The new ``segmentMembership`` of each profile."""

    wants = "all"
    keeps = ("segmentMembership",)
    legacy = False

    def __init__(self, definitions: Sequence[Definition]) -> None:
        super().__init__(definitions)
        nameless = [definition.title for definition in definitions if definition.id is None]
        if nameless:
            message = f"a membership needs the id of its definition, and `{nameless[0]}` has none"
            raise error("PQL040", message, help="evaluate segment definitions that have an `id`")
        first: dict[str | None, str] = {}
        for definition in definitions:
            if definition.id in first:
                both = f"`{first[definition.id]}` and `{definition.title}`"
                raise error("PQL040", f"{both} have the same id, `{definition.id}`, and would be one membership")
            first[definition.id] = definition.title

    def write(self, answers: Iterable[Answer]) -> None:
        """See `Output`."""
        from pqltools.evaluation.membership import updated

        ids = [definition.id or "" for definition in self.definitions]
        now = self.definitions[0].program.now
        for answer in answers:
            members, failed = set(answer.qualifies), set(answer.failed)
            qualifies = {id: index in members for index, id in enumerate(ids) if index not in failed}
            old = answer.kept["segmentMembership"]
            new = updated(old if isinstance(old, dict) else None, qualifies, now=now, legacy=self.legacy)
            _print({"id": answer.id, "file": answer.file, "line": answer.line, "segmentMembership": new})


def output(name: str, definitions: Sequence[Definition], *, legacy: bool = False) -> Output:
    """The output of this name. Raises `PQLError` if the definitions are not fit for it."""
    kinds = {"counts": Output, "ids": Ids, "ndjson": Ndjson, "csv": Csv, "memberships": Memberships}
    found = kinds[name](definitions)
    if isinstance(found, Memberships):
        found.legacy = legacy
    return found


def _name(answer: Answer) -> str:
    """The id of a profile, or where it stands."""
    return answer.id if answer.id is not None else f"{answer.file}:{answer.line}"


def in_a_line(text: str) -> str:
    """A text with tabs and line ends as JSON writes them."""
    return text if text.isprintable() else json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')


def _print(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
