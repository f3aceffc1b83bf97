"""Which files hold tests?  Those that are named, and in folders those that are called `*.test.yaml` or the like."""

from __future__ import annotations

import os

from pqltools.diagnostics import PQLError
from pqltools.files import expand, read_source
from pqltools.source import Source
from pqltools.testing.documents import MAX_SIZE
from pqltools.testing.file_names import is_test_file, looks_like_tests
from pqltools.testing.model import Suite
from pqltools.testing.reading import read_suite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pqltools.testing.references import Library


def suites(names: Iterable[str], library: Library, is_excluded: Callable[[str], bool] | None = None) -> Iterator[Suite]:
    """The tests in files and folders, one file after the other, in the order of names; see `suite`."""
    for name, named in expand(names, is_excluded):
        if named or is_test_file(name):
            found = suite(os.path.normpath(name) if name != "-" else name, library, named=named)
            if found is not None:
                yield found


def suite(name: str, library: Library, *, named: bool) -> Suite | None:
    """The tests of one file, None for one that is not `named` and holds none.

    A file that cannot be read is a suite without tests and with a problem.
    """
    try:
        source = read_source(name, max_size=MAX_SIZE)
    except PQLError as problem:
        return Suite(problem.diagnostics[0].source or Source("", name), (), problem.diagnostics)
    return read_suite(source, library) if named or looks_like_tests(source.text) else None
