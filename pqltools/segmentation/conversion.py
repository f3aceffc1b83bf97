"""How is an expression written in the other format?  `convert`, the answer of ``/segment/conversion``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pqltools.diagnostics import PQLError
from pqltools.formats.definition import written
from pqltools.segmentation.expressions import Expressions, as_details
from pqltools.segmentation.problems import wrong
from pqltools.segmentation.scope import Scope


def convert(scope: Scope, body: Mapping[str, Any], expressions: Expressions) -> dict[str, Any]:
    """The expression of `body` in the format that it does not have, as the documents show it: without id and name.

    Raises `Problem` (400) for an expression that is wrong, or that cannot be written in the other format.
    """
    expression = body["expression"]
    tree = expressions.read(body)
    to = "pql/text" if expression["format"] == "pql/json" else "pql/json"
    try:
        value = written(tree, to)
    except PQLError as problem:
        details = as_details(problem.diagnostics, None)
        raise wrong(details, f"The expression cannot be written as {to}: {details[0]['message']}") from None
    return {
        **scope.members(),
        "description": body.get("description") or "",
        "expression": {"type": "PQL", "format": to, "value": value},
    }
