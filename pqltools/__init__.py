"""pqltools: read, write, check, convert, format and evaluate Adobe Experience Platform's Profile Query Language (PQL).

    >>> from pqltools import parse, to_json, to_text
    >>> to_text(parse('workAddress.country="US"'))
    'workAddress.country = "US"'

`PQLError` is the only exception that these functions raise for bad input; it carries `Diagnostic` objects.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "PQLError",
    "check",
    "compile",
    "convert_definition",
    "describe",
    "evaluate",
    "explain",
    "format_text",
    "from_json",
    "parse",
    "parse_tolerant",
    "to_json",
    "to_json_bytes",
    "to_text",
]

# Names are imported when they are first used: `pql --version` must not pay for the parser.
_HOMES = {
    "Diagnostic": "pqltools.diagnostics",
    "PQLError": "pqltools.diagnostics",
    "check": "pqltools.workspace.single",
    "compile": "pqltools.evaluation.compiling",
    "convert_definition": "pqltools.formats.definition",
    "describe": "pqltools.description.describe",
    "evaluate": "pqltools.evaluation.compiling",
    "explain": "pqltools.evaluation.explain",
    "format_text": "pqltools.formats.formatter",
    "from_json": "pqltools.formats.pql_json",
    "parse": "pqltools.syntax.parser",
    "parse_tolerant": "pqltools.syntax.parser",
    "to_json": "pqltools.formats.pql_json",
    "to_json_bytes": "pqltools.formats.pql_json",
    "to_text": "pqltools.formats.pql_text",
}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.describe import describe
    from pqltools.diagnostics import Diagnostic, PQLError
    from pqltools.evaluation.compiling import compile, evaluate
    from pqltools.evaluation.explain import explain
    from pqltools.formats.definition import convert_definition
    from pqltools.formats.formatter import format_text
    from pqltools.formats.pql_json import from_json, to_json, to_json_bytes
    from pqltools.formats.pql_text import to_text
    from pqltools.syntax.parser import parse, parse_tolerant
    from pqltools.workspace.single import check


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
