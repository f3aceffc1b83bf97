"""Which tests are in this file?  `read_suite`: every test with all that it needs, or with what is wrong with it.

Read by hand like the configuration, and not with pydantic: each fault has its place in the file, its cause and its
cure, and one bad test costs no other. What the file as a whole says wrong stops its tests, for half of what was meant
would accuse falsely.
"""

from __future__ import annotations

from pqltools.data.decoding import as_decoded
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.records import replace
from pqltools.testing.documents import decoded
from pqltools.testing.faults import Reading
from pqltools.testing.model import Expectation, SegmentTest, Setting, Suite
from pqltools.testing.shapes import CASE, FILE, OUTCOMES, TEST
from pqltools.testing.titles import default_name, unique
from pqltools.testing.values import Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from pqltools.formats.json_locations import Path
    from pqltools.source import Source
    from pqltools.testing.changes import Change
    from pqltools.testing.documents import Document
    from pqltools.testing.references import Library
    from pqltools.testing.shapes import Key

_HELP = "a test file has a `definition` and `tests`"
_EXPECT = "say what is to come out: `qualifies`, `value`, `diagnostics`, or a table of `cases`"
_EXPECT_OF_CASE = "say what is to come out: `qualifies` or `value`"
#: Of these the parts are put together; of all else what stands further inside holds.
_TOGETHER = ("segments", "models")


def read_suite(source: Source, library: Library) -> Suite:
    """The tests of a file.

    Its problems are PQL075 to PQL077, PQL063 for codes that no rule has, and what is wrong with files that it names.
    """
    try:
        documents = decoded(source)
    except PQLError as problem:
        return Suite(source, (), problem.diagnostics)
    if not documents:
        return Suite(source, (), (Diagnostic("PQL075", "the file is empty", (0, 0), help=_HELP, source=source),))
    suites = [_Suite(document, library).read() for document in documents]
    tests = unique(test for suite in suites for test in suite.tests)
    return Suite(source, tuple(tests), tuple(problem for suite in suites for problem in suite.problems))


class _Suite:
    """The tests of one document."""

    def __init__(self, document: Document, library: Library) -> None:
        self.document = document
        self.reading = Reading(document)
        self.values = Values(self.reading, library)

    def read(self) -> Suite:
        source, data = self.document.source, self.document.data
        reading = self.reading
        if not isinstance(data, dict):
            reading.wrong_type(data, "a mapping with `definition` and `tests`", ())
            return Suite(source, (), tuple(reading.faults))
        shared = _merged({}, self._mapping(data, FILE, (), "a test file"))
        if "tests" not in data and data.keys() <= FILE.keys():
            reading.fault("PQL075", "there are no `tests`", (), None, opening=True)
        elif data.get("tests") == []:
            reading.fault("PQL075", "`tests` is empty", ("tests",), None)
        fatal = reading.take()
        broken = self.values.profile_faults
        if fatal:
            return Suite(source, (), tuple(dict.fromkeys([*fatal, *broken])))
        tests = [test for index, item in enumerate(data["tests"]) for test in self._test(item, index, shared)]
        return Suite(source, tuple(tests), tuple(broken))

    def _mapping(self, data: dict[str, Any], keys: dict[str, Key], path: Path, what: str) -> dict[str, Any]:
        """What stands under the known keys, read; keys without fault only."""
        self._one_of(("definition", "expression"), data, path)
        if "profiles" in keys and "profiles" in data:
            self.values.read_profiles(data["profiles"], ("profiles",))
        found = {}
        for key, value in data.items():
            known = keys.get(key)
            if known is None:
                self.reading.unknown(key, (*path, key), keys, what)
            elif known.kind not in ("tests", "profiles"):
                before = len(self.reading.faults)
                read = self.values.read(known.kind, value, (*path, key))
                if len(self.reading.faults) == before:
                    found[key] = read
            elif known.kind == "tests" and not isinstance(value, list):
                self.reading.wrong_type(value, "a list of tests", (*path, key))
        return found

    def _one_of(self, keys: Iterable[str], data: dict[str, Any], path: Path) -> list[str]:
        """Which of the keys is there; a fault if there are several."""
        found = [key for key in data if key in keys]
        if len(found) > 1:
            names = " and ".join([f"`{key}`" for key in found])
            self.reading.fault("PQL075", f"{names} exclude each other", (*path, found[1]), None, key=True)
        return found

    # Tests.

    def _test(self, item: object, index: int, shared: dict[str, Any]) -> Iterator[SegmentTest]:
        path: Path = ("tests", index)
        number = f"test {index + 1}"
        if not isinstance(item, dict):
            self.reading.wrong_type(item, "a test", path)
            yield self._broken(number, path)
            return
        own = self._mapping(item, TEST, path, "a test")
        name = own.get("name") or number
        if not self._one_of(OUTCOMES, item, path) and item.keys() <= TEST.keys():
            self.reading.fault("PQL075", "the test expects nothing", path, _EXPECT, opening=True)
        merged = _merged(shared, own)
        if "subject" not in merged and not {"definition", "expression"} & item.keys():
            help = "name a file with `definition`, or give an `expression`"
            self.reading.fault("PQL075", "there is nothing to test", path, help, opening=True)
        if self.reading.faults:
            yield self._broken(name, path)
        elif "cases" in item:
            yield from self._cases(item["cases"], path, merged, own.get("name"))
        else:
            yield self._ready(merged, item, path, own.get("name"), None)

    def _cases(self, items: list[Any], path: Path, shared: dict[str, Any], table: str | None) -> Iterator[SegmentTest]:
        if not items:
            self.reading.fault("PQL075", "`cases` is empty", (*path, "cases"), None)
            yield self._broken(table or f"test {path[-1]}", path)
        for index, item in enumerate(items):
            at = (*path, "cases", index)
            number = f"{f'{table}: ' if table else ''}case {index + 1}"
            if not isinstance(item, dict):
                self.reading.wrong_type(item, "a case", at)
                yield self._broken(number, at)
                continue
            own = self._mapping(item, CASE, at, "a case")
            if not self._one_of(OUTCOMES, item, at) and item.keys() <= CASE.keys():
                self.reading.fault("PQL075", "the case expects nothing", at, _EXPECT_OF_CASE, opening=True)
            if self.reading.faults:
                yield self._broken(number, at)
            else:
                yield self._ready(_merged(shared, own), item, at, own.get("name"), table)

    def _ready(
        self, merged: dict[str, Any], item: dict[str, Any], path: Path, name: str | None, table: str | None
    ) -> SegmentTest:
        """The test, once the fields of its profile are changed."""
        kind = next(key for key in OUTCOMES if key in item)
        expected = Expectation(kind, merged[kind])
        who, profile = merged.get("profile") or (None, {})
        changes = merged.get("with", ())
        # What changes put in may have other names than paths use, too.
        profile = as_decoded(self._changed(profile, changes))
        name = name or default_name(expected, who, [change for change in changes if change.path[: len(path)] == path])
        # With the faults of the changes, if there are any.
        test = self._broken(f"{table}: {name}" if table else name, path)
        return replace(
            test,
            expected=expected,
            profile=profile,
            who=who,
            now=merged.get("now"),
            segments=merged.get("segments", {}),
            models=merged.get("models", {}),
            setting=Setting(self.document.source.name, merged.get("schema"), merged.get("tenant")),
            subject=None if test.faults else merged["subject"],
        )

    def _changed(self, profile: Any, changes: Iterable[Change]) -> Any:
        """The profile with the changes; those that cannot be made are faults."""
        for change in changes:
            try:
                profile = change.applied(profile)
            except ValueError as problem:
                self.reading.fault("PQL075", f"the field cannot be changed: {problem}", change.path, None, key=True)
        return profile

    def _broken(self, name: str, path: Path) -> SegmentTest:
        """A test with all faults that were found since the last one, and nothing to run."""
        source = self.document.source
        return SegmentTest(name, faults=tuple(self.reading.take()), source=source, span=self.document.span(path))


def _merged(outer: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    """What holds inside: what is said there, else what is said around it."""
    found = {**outer, **inner}
    for key in _TOGETHER:
        if key in outer and key in inner:
            found[key] = {**outer[key], **inner[key]}
    if "with" in outer and "with" in inner:
        found["with"] = (*outer["with"], *inner["with"])
    for key in ("definition", "expression"):
        if key in inner:
            found["subject"] = inner[key]
    return found
