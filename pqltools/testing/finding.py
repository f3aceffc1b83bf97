"""Which files hold tests?  Those that are named, and in folders those that are called `*.test.yaml` or the like."""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.files import expand, read_source
from pqltools.testing.documents import MAX_SIZE
from pqltools.testing.model import Suite
from pqltools.testing.names import is_test_file, looks_like_tests
from pqltools.testing.reading import read_suite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pqltools.testing.references import Library


def suites(names: Iterable[str], library: Library, is_excluded: Callable[[str], bool] | None = None) -> Iterator[Suite]:
    """The tests in files and folders, one file after the other, in the order of names.

    A file that cannot be read is a suite without tests and with a problem.
    """
    for name, named in expand(names, is_excluded):
        if not named and not is_test_file(name):
            continue
        try:
            source = read_source(name, max_size=MAX_SIZE)
        except PQLError as problem:
            found = problem.diagnostics[0].source
            assert found is not None
            yield Suite(found, (), problem.diagnostics)
            continue
        if named or looks_like_tests(source.text):
            yield read_suite(source, library)
