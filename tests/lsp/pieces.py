"""What does a client without sense write?  Texts and pieces of PQL, JSON and YAML, whole, broken, huge and odd."""

from __future__ import annotations

import json
from typing import Any

_PQL = (
    "",
    'person.name.firstName = "😀" and\r\nhomeAddress.city.startsWith("a")',
    "select X from xEvent where X.commerce.order.priceTotal > 5 and X.timestamp occurs <= 30 days before now",
    'CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "a") WHEN(<= 24 hours before now)])',
    "let a = person.birthYear in a > 5",
    'inSegment("vip") and inSegment("gold") or not not person.active',
    "(",
    '"half open',
    "/* half open",
    "'it' = name // a\rb\u2028c",
    "xEvent.",
    "a = \x00",
    " and ".join(f'person.name.lastName != "{n}"' for n in range(200)),
)


def _definition(value: str, id: str = "vip", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": f"😀 {id}", "expression": {"type": "PQL", "format": "pql/text", "value": value}, **more}


_TREE = {
    "nodeType": "fnApply",
    "fnName": "=",
    "params": [
        {"nodeType": "fieldLookup", "fieldName": "a", "object": {"nodeType": "parameterReference", "position": 1}},
        {"nodeType": "literal", "literalType": "Double", "value": 5},
    ],
}
#: Whole texts.
TEXTS = (
    *_PQL,
    json.dumps(_definition(_PQL[1])),
    json.dumps({"segments": [_definition(_PQL[2]), _definition(_PQL[5], "gold")]}, indent=2, ensure_ascii=False),
    json.dumps({"expression": {"type": "PQL", "format": "pql/json", "value": json.dumps(_TREE)}}),
    json.dumps(_TREE, indent=1).replace("\n", "\r"),
    "\n".join(json.dumps(_definition(text, f"s{n}")) for n, text in enumerate(_PQL)),
    "id: vip\nexpression:\n  format: pql/text\n  value: >-\n    person.gender = person.gender\n    and a\n",
    "id: gold\r\nexpression: {format: pql/text, value: 'name = ''it'' and \"😀\" = b'}\r\n",
    "tests:\n  - expression: a = 1\n    cases:\n      - profile: {a: 1}\n        qualifies: true\n",
    "[" * 3000,
    "(" * 3000,
    "not " * 2000 + "a",
    "&a [*a, *a]",
    '{"expression": {"format": "pql/text", "value": 5}}',
)
#: What is typed and pasted.
PIECES = (
    "a", " ", "\n", "\r", "\r\n", "\t", "\x00", "\u2028", "\ufeff", "é", "e\u0301", "😀", "👩‍👩‍👧", "\ud83d", "\ude00", "\u202e",
    '"', "'", "`", "\\", "/*", "*/", "//", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "=", "!=", "$1", "^", "@{",
    " and ", " or not ", "person.", 'homeAddress.city = "', "inSegment(", ".exists(", "occurs < 3 days before now", "let a = ",
    "\\u0", '\\"', '", "', "- ", "? ", "|\n  ", "# noqa", "&a ", "*a", "!!binary ",
    '"expression": {"format": "pql/text", "value": "', "x" * 50_000, "a and " * 2_000, "{\n" * 500,
)  # fmt: skip
NAMES = (
    "a.pql",
    "tree.pql.json",
    "b.json",
    "c.yaml",
    "d.jsonl",
    "e.test.yaml",
    "f.test.json",
    "notes.txt",
    "with blank and 😀.pql",
    "inner/deep.json",
    "pqltools.toml",
    "untitled:Untitled-1",
    "file:///",
    "file:///%zz/a%20b.json",
    "file:///C%3A/x.pql",
    "http://example.org/y.pql",
    "nonsense:",
)
CONFIGURATIONS = (
    None,
    "",
    'ignore = ["PQL302"]\n',
    'schema = "none.json"\n',
    'schema = "b.json"\n',
    "5 5",
    '[severity]\nself-comparison = "error"\n',
    'exclude = ["**"]\n',
    "\x00",
    'unknown = "x"\n',
)
SETTINGS: tuple[Any, ...] = (
    None,
    {},
    {"now": "2024-03-15T10:30:00Z"},
    {"now": "never"},
    {"now": 5},
    {"checkOnType": False},
    {"checkOnType": "x"},
    [],
    "x",
    5,
    {"trace": {"server": "verbose"}},
)
_SOME = {"uri": "file:///nowhere.pql"}
#: Method, parameters, and whether it is a request, whose answer has to be an error.
NONSENSE: tuple[tuple[str, Any, bool], ...] = (
    ("textDocument/nonsense", {}, True),
    ("workspace/nonsense", None, True),
    ("textDocument/formatting", {}, True),
    ("textDocument/formatting", None, True),
    ("textDocument/formatting", {"textDocument": _SOME, "options": {"tabSize": 4, "insertSpaces": True}}, True),
    ("textDocument/codeAction", {"textDocument": _SOME, "range": 5}, True),
    ("textDocument/codeAction", [], True),
    ("textDocument/diagnostic", "x", True),
    ("textDocument/rangeFormatting", {"textDocument": _SOME, "range": {"start": {"line": "x"}}}, True),
    ("workspace/executeCommand", {"command": "pql.nonsense"}, True),
    ("workspace/executeCommand", {"arguments": 5}, True),
    ("$/nonsense", {}, False),
    ("nonsense", 5, False),
    ("$/cancelRequest", {"id": "none"}, False),
    ("$/cancelRequest", {}, False),
    ("$/setTrace", {"value": "verbose"}, False),
    ("textDocument/didChange", {"textDocument": {**_SOME, "version": 3}, "contentChanges": [{"text": "x"}]}, False),
    ("textDocument/didChange", {"textDocument": 5}, False),
    ("textDocument/didOpen", {}, False),
    ("textDocument/didClose", {"textDocument": _SOME}, False),
    ("textDocument/didSave", {"textDocument": _SOME}, False),
    ("textDocument/willSave", {"textDocument": _SOME, "reason": 1}, False),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": "", "type": 1}, {"uri": "x:y", "type": 9}]}, False),
    ("workspace/didRenameFiles", {"files": []}, False),
    ("initialized", {}, False),
)
