"""What is wrong with this expression, this definition?  `check`, for programs that have no files."""

from __future__ import annotations

from pqltools.checks.surroundings import Limits, Segment
from pqltools.records import replace
from pqltools.source import Source
from pqltools.syntax.ast import Node
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.selection import Choice, Selection, prefix_of
from pqltools.xdm.given import schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pqltools.checks.eligibility.model import Method
    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Expr
    from pqltools.xdm.schema import Schema


def check(
    expression: str | Expr | Mapping[str, Any],
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    method: Method | None = None,
    as_of: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    segments: Mapping[str, Segment] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    now: int | None = None,
) -> list[Diagnostic]:
    """What is wrong with an expression, in the order of its text; no configuration file is read.

    >>> [problem.message for problem in check("person.gender = person.gender")]
    ['`person.gender` is compared with itself']

    `expression` is PQL text, pql/json as text or decoded, a tree, or a decoded segment definition. Spans are those of
    the text; for decoded JSON each diagnostic has the JSON `path`. What cannot be read is a diagnostic as well.

    `schema` is a loaded schema, or the files of one, with `tenant` if they do not name it; without it the standard
    fields are known. `method` is ``"batch"``, ``"streaming"`` or ``"edge"``; a definition says its own unless one is
    given. `select` and `ignore` are codes, beginnings of codes or names of rules. `segments` are the other definitions
    by id, `now` the time in milliseconds since 1970 UTC.

    Raises `PQLError` for files of a schema that cannot be used, ValueError for a code that no rule has or a wrong
    `as_of`.
    """
    from pqltools.types.time import is_iso_day

    if as_of is not None and not is_iso_day(as_of):
        raise ValueError(f"{as_of!r} is no day; write it as 2025-05-20")
    if now is None:
        import time

        now = int(time.time() * 1000)
    choice = Choice(None if select is None else _checked(select), (), _checked(ignore))
    known = Known(schema_of(schema, tenant), now, method, as_of, limits, segments, overrides=method is not None)
    checker = Checker(Selection(command=choice), known)
    if isinstance(expression, Node):
        return [*checker.check_tree(expression, None, {}).diagnostics]
    if isinstance(expression, str):
        return _text(expression, checker)
    return _decoded(expression, checker)


def _checked(codes: Iterable[str]) -> tuple[str, ...]:
    codes = (codes,) if isinstance(codes, str) else tuple(codes)
    for code in codes:
        if prefix_of(code) is None:
            raise ValueError(f"no rule has the code or name {code!r}")
    return codes


def _text(text: str, checker: Checker) -> list[Diagnostic]:
    from pqltools.formats.file_kinds import kind_of_text

    source = Source(text)
    format = "pql/json" if kind_of_text(text) == "tree" else "pql/text"
    outcome = checker.check(format, text)
    found = [
        diagnostic if diagnostic.source is not None else replace(diagnostic, source=source)
        for diagnostic in outcome.diagnostics
    ]
    if format == "pql/text":
        return found
    return [_located(diagnostic, text) for diagnostic in found]


def _located(diagnostic: Diagnostic, text: str) -> Diagnostic:
    """A finding in a tree with its place in the JSON text."""
    if diagnostic.span is not None or diagnostic.path is None:
        return diagnostic
    from pqltools.formats.json_locations import locate, path_steps

    path = path_steps(diagnostic.path)
    place = locate(text, [path]).get(path)
    return diagnostic if place is None else replace(diagnostic, span=place.value)


def _decoded(data: Mapping[str, Any], checker: Checker) -> list[Diagnostic]:
    if "nodeType" in data and "expression" not in data:
        return [*checker.check("pql/json", data).diagnostics]
    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_shapes import check_definition
    from pqltools.formats.json_locations import path_text
    from pqltools.workspace.given import GivenSegment

    faults = check_definition(data, ())
    if faults:
        return [Diagnostic(fault.code, fault.message, help=fault.help, path=path_text(fault.path)) for fault in faults]
    expression = data["expression"]
    segment = GivenSegment.of(data, None)
    value = expression["value"]
    found = checker.check(expression["format"], value, segment=segment).diagnostics
    source = Source(value) if isinstance(value, str) else None
    return [
        replace(diagnostic, source=source, path="$.expression.value" + (diagnostic.path or "$")[1:])
        for diagnostic in found
    ]
