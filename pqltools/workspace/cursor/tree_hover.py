"""What is under the cursor in a tree of pql/json?  `tree_hover`: the names of functions and of fields."""

from __future__ import annotations

import re

from pqltools.diagnostics import PQLError
from pqltools.formats.json_locations import locate, path_steps
from pqltools.formats.pql_json import from_json_with_places
from pqltools.functions.registry import function
from pqltools.inference.infer import inferred
from pqltools.syntax import ast
from pqltools.workspace.cursor.documentation import field_doc
from pqltools.workspace.cursor.hover import Hover
from pqltools.workspace.cursor.scope import field_of, origin
from pqltools.workspace.cursor.word_docs import function_doc, word_doc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.workspace.cursor.known import Known

_NAME = re.compile(r'"(?P<key>fnName|fieldName)"\s*:\s*"(?P<name>[^"\\\r\n]*)"')
#: No name is longer; what is further away need not be searched.
_NEAR = 400


def tree_hover(text: str, offset: int, known: Known) -> Hover | None:
    """What is under the cursor; None where nothing is to be said, and in text that is no tree."""
    found = _name_at(text, offset)
    if found is None:
        return None
    key, name, span = found
    if key == "fnName":
        entry = function(name)
        doc = word_doc(name) if entry is None else function_doc(entry)
        return None if doc is None else Hover(doc, span)
    try:
        tree, places = from_json_with_places(text)
    except (PQLError, RecursionError):
        return None
    typing = inferred(tree, known.schema.profile)[1]
    lookups = [node for node in typing.nodes if isinstance(node, ast.FieldLookup) and node.name == name]
    paths = {(*path_steps(path), "fieldName"): node for node in lookups if (path := places.get(id(node))) is not None}
    at = next((path for path, place in locate(text, paths).items() if place.value == span), None)
    if at is None:
        return None
    node = paths[at]
    member = field_of(node, typing, known.schema)
    if member is None:
        return None
    steps = origin(node, typing, known.schema.profile)
    return Hover(field_doc(member, steps, known, typing.type(node)), span)


def _name_at(text: str, offset: int) -> tuple[str, str, Span] | None:
    """The key, the name and its place, quotes included."""
    for found in _NAME.finditer(text, max(0, offset - _NEAR), offset + _NEAR):
        start, end = found.span("name")
        if start - 1 <= offset <= end + 1:
            return found["key"], found["name"], (start - 1, end + 1)
    return None
