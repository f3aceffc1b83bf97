"""What does a highlighter tell apart in a text?  `pieces`, regular expressions in the order in which they are tried.

A highlighter knows no grammar, only the line, so it guesses by what follows whether a word is a keyword or a name, much
as the grammar's own look-aheads do; at the end of a line a keyword is one. The expressions are written in what Python's
`re`, Oniguruma (TextMate, VS Code) and Sublime Text have in common. None of them needs to look back: every word is
consumed from its first letter, so that `\\nand` inside a JSON string is a line break and a keyword.
"""

from __future__ import annotations

from pqltools.highlighting.words import function_names, keywords, marks, pattern
from pqltools.records import Record, record
from pqltools.syntax.operators import AGGREGATES

_END = "(?![A-Za-z0-9_])"
#: Behind these signs nothing begins: the word before is a name. As in the grammar's NOT, but for the end of the text.
_NAME_AHEAD = r"(?!%s*(?:\.(?![0-9])|[=<>*%%+),\]\}]|!=|/(?![/*])))"


@record
class Piece(Record):
    """An expression and the role of each of its groups; group 0 comes first and is None if only parts have roles."""

    roles: tuple[str | None, ...]
    pattern: str


@record
class Surroundings(Record):
    """Where the text stands: what counts as a blank, and how names in back-quotes and models are written there."""

    blank: str = r"\s"
    quoted: str = "`(?:[^`]|``)*`"
    model: str = r"@\{(?:[^{}]|\{[^{}]*\})*\}"


PLAIN = Surroundings()
#: Inside the double quotes of JSON or YAML, where line breaks and tabs are written `\n`, `\r` and `\t`.
ESCAPED = Surroundings(
    blank=r"(?:\s|\\[nrt])",
    quoted=r'`(?:[^`"\\]|``|\\.)*`',
    model=r'@\{(?:[^{}"\\]|\\.|\{(?:[^{}"\\]|\\.)*\})*\}',
)


def pieces(around: Surroundings = PLAIN) -> tuple[Piece, ...]:
    """All but strings, comments and blanks, which each kind of host delimits in its own way."""
    blank, name = around.blank, pattern("NAME")
    path = f"(?:{name}(?::@?{name})?|{around.quoted})"
    words = {role: f"(?i:{'|'.join(sorted(found, key=_longest))}){_END}" for role, found in keywords().items()}
    operators = "|".join((words["logical"], words["comparison"]))
    operand = rf"(?={blank}*(?:[A-Za-z_]|//|/\*|$))(?!{blank}+(?:{operators}))"
    not_a_name = _NAME_AHEAD % blank
    known = f"(?:{'|'.join(sorted(function_names(), key=_longest))}){_END}"
    call = rf"(?={blank}*\()"
    part = f"(?:{_chain_parts()}){call}"
    return (
        Piece(("model",), around.model),
        Piece((None, "accessor", "function"), rf"(\.{blank}*)({known}){call}"),
        Piece((None, "accessor", "unknown-function"), rf"(\.{blank}*)({path}){call}"),
        Piece((None, "accessor", "field"), rf"(\.{blank}*)({path})"),
        Piece((None, "number", "unit"), rf"({pattern('INTEGER')}{blank}+)({words['unit']})"),
        Piece(("number",), f"(?:{pattern('DOUBLE')}|{pattern('INTEGER')})"),
        Piece((None, "interval", "unit"), rf"({words['interval']}{blank}+)({words['unit']})"),
        Piece(("parameter",), pattern("PARAMETER")),
        Piece(("outer",), rf"\^+(?:{path})?"),
        Piece((None, "label", "punctuation"), rf"({name})({blank}*:)(?={blank}*(?:(?i:not){_END}{blank}*)?{part})"),
        Piece(("prefixed",), rf"{name}:@?{name}"),
        Piece(("chain",), part),
        Piece(("logical",), rf"{words['logical']}{not_a_name}"),
        # `occurs` alone is followed by signs of comparison, `in` by the parenthesis of a list as well as of a call.
        Piece(("comparison",), rf"(?i:occurs){_END}(?!{blank}*[.)])|{words['comparison']}{not_a_name}"),
        Piece(("function",), f"{known}{call}"),
        Piece(("binder",), f"{words['binder']}{operand}"),
        Piece(("binder",), rf"(?i:{'|'.join(sorted(AGGREGATES))}){_END}(?={blank}*[0-9$^@`'\"(\\])"),
        Piece(("clause",), f"{words['clause']}{not_a_name}"),
        Piece(("relation",), f"{words['relation']}{not_a_name}"),
        Piece(("constant",), words["constant"]),
        Piece(("moment",), words["moment"]),
        Piece(("this",), words["this"]),
        Piece(("unknown-function",), f"(?:{name}|{around.quoted}){call}"),
        Piece(("variable",), path),
        Piece(("arrow",), "=>"),
        Piece(("operator",), "|".join(_escape(mark) for mark in marks() if mark != "=>")),
        Piece(("punctuation",), r"[()\[\]{},:.]"),
    )


def _chain_parts() -> str:
    return f"(?i:{'|'.join((*keywords()['chain'], 'where'))})"


def _longest(word: str) -> tuple[int, str]:
    return -len(word), word


def _escape(mark: str) -> str:
    return "".join(f"\\{sign}" if sign in "*+-/.^$" else sign for sign in mark)
