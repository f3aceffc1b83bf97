"""What is known of one function?  `Function`: its signature, its documentation, and examples that tests run."""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.signature import parse_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pqltools.types.signature import Signature

#: The instant at which all examples are evaluated.
NOW = "2024-03-15T10:30:00Z"


@record
class Example(Record):
    """An expression, the type of its value, and the value that it has for a profile, both as JSON."""

    expression: str
    type: str
    value: Any
    profile: Mapping[str, Any] = {}


class Function:
    """One entry: a function or an operator.

    `category` is Adobe's word for the group; `sentence` the signature as text; `docs` Markdown, whose first paragraph
    is the summary; `operator` tells how the call is written where it is an operator in text.
    """

    __slots__ = ("_signature", "category", "docs", "examples", "name", "operator", "sentence")

    def __init__(
        self, category: str, sentence: str, docs: str, *examples: Example, operator: str | None = None
    ) -> None:
        self.name = sentence.partition("(")[0]
        self.category = category
        self.sentence = sentence
        self.docs = docs
        self.examples = examples
        self.operator = operator
        self._signature: Signature | None = None

    @property
    def signature(self) -> Signature:
        """The signature, read when it is first asked for."""
        found = self._signature
        if found is None:
            found = self._signature = parse_signature(self.sentence)
        return found

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation."""
        return self.docs.partition("\n\n")[0]

    def __repr__(self) -> str:
        return f"Function({self.sentence!r})"
