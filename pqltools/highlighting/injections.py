"""How is PQL coloured inside `expression.value` of definition files?  Grammars that are injected into JSON and YAML.

A TextMate grammar sees one line at a time and cannot look for the format behind the value. So a value is PQL if the
`type` or `format` before it says so, or, in JSON, one that follows on the same line; a value without either before it
keeps the colours of JSON until the server's semantic tokens arrive. That is the order in which Adobe writes them.
"""

from __future__ import annotations

from pqltools.highlighting.pieces import ESCAPED, Surroundings
from pqltools.highlighting.textmate import NOTE, delimited, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.highlighting.textmate import Rule

_KEY = "support.type.property-name.json"
_QUOTE_BEGIN, _QUOTE_END = "punctuation.definition.string.begin", "punctuation.definition.string.end"
_EMBEDDED = "meta.embedded.inline.pql"


def json_grammar() -> Rule:
    """The injection into JSON and JSON Lines, as the object of its file."""
    marker = r'(?:"type"\s*:\s*"PQL"|"format"\s*:\s*"pql/text")'
    in_members = [{"include": f"#{name}"} for name in ("value", "members")]
    return {
        "information_for_contributors": [NOTE],
        "scopeName": "pql.json.injection",
        "injectionSelector": "L:source.json -string -comment -meta.definition.pql",
        "patterns": [{"include": "#expression"}],
        "repository": {
            "expression": {
                "name": "meta.definition.pql",
                "begin": r'(")(expression)(")\s*(:)',
                "beginCaptures": _key_captures(),
                "end": r"(,)|(?=\})",
                "endCaptures": {"1": {"name": "punctuation.separator.dictionary.pair.json"}},
                "patterns": [{"include": "#object"}, {"include": "source.json#value"}],
            },
            "object": {
                "name": "meta.structure.dictionary.json",
                "begin": r"\{",
                "beginCaptures": {"0": {"name": "punctuation.definition.dictionary.begin.json"}},
                "end": r"\}",
                "endCaptures": {"0": {"name": "punctuation.definition.dictionary.end.json"}},
                "patterns": [
                    {"include": "#tree"},
                    {"include": "#text"},
                    {
                        # Told by what follows on the line, as in JSON Lines.
                        "begin": rf'(?="value"\s*:\s*"(?:[^"\\]|\\.)*"[^{{}}]*{marker})'
                        r'(?!"value"\s*:\s*"(?:[^"\\]|\\.)*"[^{}]*"format"\s*:\s*"pql/json")',
                        "end": r"(?=\})",
                        "patterns": in_members,
                    },
                    {"include": "#members"},
                ],
            },
            "text": {
                "begin": f"(?={marker})",
                "end": r"(?=\})",
                "patterns": [{"include": "#tree"}, *in_members],
            },
            "tree": {
                "begin": r'(?="format"\s*:\s*"pql/json")',
                "end": r"(?=\})",
                "patterns": [{"include": "#members"}],
            },
            "value": {
                "name": "meta.structure.dictionary.value.json",
                "begin": r'(")(value)(")\s*(:)',
                "beginCaptures": _key_captures(),
                "end": r"(,)|(?=\})",
                "endCaptures": {"1": {"name": "punctuation.separator.dictionary.pair.json"}},
                "patterns": [_quoted('"(?!\\s*\\{\\s*\\\\"nodeType)', '"|$', "json"), {"include": "source.json#value"}],
            },
            "members": {
                "patterns": [
                    {"include": "source.json#objectkey"},
                    {"include": "source.json#comments"},
                    {
                        "name": "meta.structure.dictionary.value.json",
                        "begin": ":",
                        "beginCaptures": {"0": {"name": "punctuation.separator.dictionary.key-value.json"}},
                        "end": r"(,)|(?=\})",
                        "endCaptures": {"1": {"name": "punctuation.separator.dictionary.pair.json"}},
                        "patterns": [{"include": "source.json#value"}],
                    },
                ]
            },
            **_escaped_repository("json"),
        },
    }


def _key_captures() -> Rule:
    return {
        "1": {"name": f"string.json {_KEY} punctuation.support.type.property-name.begin.json"},
        "2": {"name": f"string.json {_KEY}"},
        "3": {"name": f"string.json {_KEY} punctuation.support.type.property-name.end.json"},
        "4": {"name": "punctuation.separator.dictionary.key-value.json"},
    }


def _quoted(begin: str, end: str, host: str) -> Rule:
    """A double-quoted string of the host whose content is PQL with escapes."""
    return {
        "begin": begin,
        "beginCaptures": {"0": {"name": f"string.quoted.double.{host} {_QUOTE_BEGIN}.{host}"}},
        "end": end,
        "endCaptures": {"0": {"name": f"string.quoted.double.{host} {_QUOTE_END}.{host}"}},
        "contentName": _EMBEDDED,
        "patterns": [{"include": "#escaped"}],
    }


def _escaped_repository(host: str) -> Rule:
    """PQL inside double quotes. Each rule ends before a bare quote, so that none runs out of the string."""
    closing = '(?=")' if host == "yaml" else '(?="|$)'
    host_escape = {"match": r'\\(?:["/\\bfnrt]|u[0-9A-Fa-f]{4})', "name": f"constant.character.escape.{host}"}
    pql_escape = {"match": r'\\\\(?:\\["\\/bfnrt]|[^"\\])', "name": "constant.character.escape.pql"}
    line_end = r'(?=\\[nr]|")' if host == "yaml" else r'(?=\\[nr]|"|$)'
    return {
        "escaped": {
            "patterns": [
                delimited("comment.block.pql", r"/\*", rf"\*/|{closing}", [{"match": r"\\."}]),
                {
                    "name": "comment.line.double-slash.pql",
                    "begin": "//",
                    "end": line_end,
                    "patterns": [{"match": r"\\[^nr]"}],
                },
                delimited("string.quoted.double.pql", r'\\"', rf'\\"|{closing}', [pql_escape, host_escape]),
                delimited("string.quoted.single.pql", "'", rf"'|{closing}", [pql_escape, host_escape]),
                {"match": r"\\[nrt]", "name": f"constant.character.escape.{host}"},
                *matches(ESCAPED),
            ]
        }
    }


def yaml_grammar() -> Rule:
    """The injection into YAML, as the object of its file. What belongs to an expression is told by the indent."""
    key = r"(\s*)({})(\s*:)"
    known = {"2": {"name": "entity.name.tag.yaml"}, "3": {"name": "punctuation.separator.key-value.mapping.yaml"}}
    value = key.format("value")
    # Grammars of YAML that match line by line, such as VS Code's, have read the indent of the definition when it is our
    # turn; then `\G` stands behind it, and what is left of an indent is counted from there.
    start = r"(?:^|\G)"
    below = start + r"(?=\1\s+\S|\s*$)"
    return {
        "information_for_contributors": [NOTE],
        "scopeName": "pql.yaml.injection",
        "injectionSelector": "L:source.yaml -string -comment -meta.definition.pql",
        "patterns": [{"include": "#expression"}, {"include": "#flow"}],
        "repository": {
            "expression": {
                "name": "meta.definition.pql",
                "begin": start + r"(\s*)((?:-\s+)?)(expression)(\s*:)(?=\s*(?:#.*)?$)",
                "beginCaptures": {
                    "2": {"name": "punctuation.definition.block.sequence.item.yaml"},
                    "3": {"name": "entity.name.tag.yaml"},
                    "4": {"name": "punctuation.separator.key-value.mapping.yaml"},
                },
                "while": below,
                "patterns": [{"include": "#tree"}, {"include": "#text"}, {"include": "source.yaml"}],
            },
            "text": {
                "begin": start + r"(?=\s*(?:type\s*:\s+[\"']?PQL|format\s*:\s+[\"']?pql/text)[\"']?\s*(?:#.*)?$)",
                "end": "(?!)",
                "patterns": [{"include": "#tree"}, {"include": "#value"}, {"include": "source.yaml"}],
            },
            "tree": {
                "begin": start + r"(?=\s*format\s*:\s+[\"']?pql/json[\"']?\s*(?:#.*)?$)",
                "end": "(?!)",
                "patterns": [{"include": "source.yaml"}],
            },
            "value": {
                "patterns": [
                    {
                        "begin": rf"{start}{value}\s+([|>])([-+0-9]*)\s*(#.*)?$",
                        "beginCaptures": known
                        | {
                            "4": {"name": "keyword.control.flow.block-scalar.yaml"},
                            "5": {"name": "storage.modifier.chomping-indicator.yaml"},
                            "6": {"name": "comment.line.number-sign.yaml"},
                        },
                        "while": below,
                        "contentName": "meta.embedded.block.pql",
                        "patterns": [{"include": "source.pql"}],
                    },
                    {"begin": rf"{start}{value}\s+(?=\")", "beginCaptures": known, "end": "$", "patterns": [_double()]},
                    {"begin": rf"{start}{value}\s+(?=')", "beginCaptures": known, "end": "$", "patterns": [_single()]},
                    {
                        "begin": rf"{start}{value}\s+(?=[^\s\"'|>&*!#{{\[%@`])",
                        "beginCaptures": known,
                        "while": start + r"(?=\1\s+\S)",
                        "contentName": _EMBEDDED,
                        "patterns": [
                            {"match": r"(?<=\s)#.*$", "name": "comment.line.number-sign.yaml"},
                            {"include": "source.pql"},
                        ],
                    },
                ]
            },
            "flow": {
                "name": "meta.definition.pql",
                "begin": r"(expression)(\s*:)\s+(\{)(?=[^}]*(?:pql/text|type:\s*[\"']?PQL\b))(?![^}]*pql/json)",
                "beginCaptures": {
                    "1": {"name": "entity.name.tag.yaml"},
                    "2": {"name": "punctuation.separator.key-value.mapping.yaml"},
                    "3": {"name": "punctuation.definition.mapping.begin.yaml"},
                },
                "end": r"\}",
                "endCaptures": {"0": {"name": "punctuation.definition.mapping.end.yaml"}},
                "patterns": [
                    {
                        "begin": r"(value)(\s*:)\s*(?=[\"'])",
                        "beginCaptures": {"1": known["2"], "2": known["3"]},
                        "end": r"(?=[,}])",
                        "patterns": [_double(), _single()],
                    },
                    {"match": r"([A-Za-z]+)(\s*:)", "captures": {"1": known["2"], "2": known["3"]}},
                    {"match": ",", "name": "punctuation.separator.mapping.yaml"},
                    {"match": r"[^,}:\"'\s][^,}:]*", "name": "string.unquoted.plain.in.yaml"},
                ],
            },
            **_escaped_repository("yaml"),
            "doubled": {
                "patterns": [
                    delimited("comment.block.pql", r"/\*", r"\*/|(?='(?!'))"),
                    {"match": r"//(?:[^']|'')*", "name": "comment.line.double-slash.pql"},
                    delimited(
                        "string.quoted.double.pql",
                        '"',
                        "\"|(?='(?!'))|$",
                        [{"match": r"\\.", "name": "constant.character.escape.pql"}, {"match": "''"}],
                    ),
                    delimited("string.quoted.single.pql", "''", "''|(?='(?!'))|$"),
                    *matches(Surroundings(quoted="`(?:[^`']|``|'')*`")),
                ]
            },
        },
    }


def _double() -> Rule:
    return _quoted('"', '"', "yaml")


def _single() -> Rule:
    """A single-quoted string, in which the quote is doubled."""
    return {
        "begin": "'",
        "beginCaptures": {"0": {"name": f"string.quoted.single.yaml {_QUOTE_BEGIN}.yaml"}},
        "end": "'(?!')",
        "endCaptures": {"0": {"name": f"string.quoted.single.yaml {_QUOTE_END}.yaml"}},
        "contentName": _EMBEDDED,
        "patterns": [{"include": "#doubled"}],
    }
