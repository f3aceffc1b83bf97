"""How does Pygments colour PQL, in Sphinx, MkDocs and on the command line?  `PqlLexer`, found by the name `pql`.

Needs Pygments, which `pip install pqltools[docs]` brings; it finds the lexer by the entry point.
"""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from pqltools.highlighting.pieces import PLAIN, pieces
from pqltools.highlighting.words import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

#: What a role is in the theme of a document.
TOKENS: dict[str, _TokenType] = {
    "model": Name.Namespace,
    "accessor": Punctuation,
    "function": Name.Builtin,
    "unknown-function": Name.Function,
    "field": Name.Attribute,
    "number": Number,
    "unit": Keyword.Type,
    "interval": Keyword,
    "parameter": Name.Variable.Global,
    "outer": Name.Builtin.Pseudo,
    "label": Name.Label,
    "punctuation": Punctuation,
    "prefixed": Name,
    "chain": Keyword,
    "logical": Operator.Word,
    "comparison": Operator.Word,
    "binder": Keyword,
    "clause": Keyword,
    "relation": Keyword,
    "constant": Keyword.Constant,
    "moment": Keyword.Constant,
    "this": Name.Builtin.Pseudo,
    "variable": Name,
    "arrow": Operator,
    "operator": Operator,
}


def _rules() -> list[Any]:
    rules: list[Any] = []
    for piece in pieces(PLAIN):
        first, *rest = piece.roles
        # Pygments has no types for what makes tokens of the groups.
        groups: Any = bygroups
        token = TOKENS[first] if first else groups(*(TOKENS[role] if role else None for role in rest))
        rules.append((piece.pattern, token))
    return rules


class PqlLexer(RegexLexer):
    """The Profile Query Language of Adobe Experience Platform."""

    name = "PQL"
    url = "https://experienceleague.adobe.com/en/docs/experience-platform/segmentation/pql/overview"
    aliases: ClassVar = ["pql"]
    filenames: ClassVar = ["*.pql"]
    mimetypes: ClassVar = ["text/x-pql"]
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/", Comment.Multiline),
            (pattern("STRING"), String),
            *_rules(),
        ]
    }
