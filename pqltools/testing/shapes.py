"""What may stand in a test file?  Every key with the kind of its value and its meaning.

The reader goes by these tables, the JSON Schema is made of them, and the reference page lists them.
"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@record
class Key(Record):
    """One key: what kind of value it takes, and one sentence of meaning."""

    kind: str
    meaning: str


#: What a file says for all its tests, a test for all its cases, and a case for itself.
SHARED: dict[str, Key] = {
    "profile": Key("profile", "the profile: a name from `profiles`, the profile itself, or `{file, id, events}`"),
    "now": Key("now", "the instant at which the tests run, as ISO 8601 text"),
    "segments": Key("segments", "by id, what `inSegment` finds: `true`, `false`, or a definition"),
    "models": Key("models", "by reference, the instances of other models, or `{file: …}`"),
}
SUBJECT: dict[str, Key] = {
    "definition": Key("definition", "the file of the definition; `{file, name}` or `{file, id}` if it holds several"),
    "expression": Key("expression", "the expression itself, as text or as a tree, instead of a `definition`"),
}
EXPECTED: dict[str, Key] = {
    "qualifies": Key("boolean", "whether the profile is to qualify"),
    "value": Key("any", "the value that the expression is to have"),
}
CHANGES: dict[str, Key] = {"with": Key("changes", "fields of the profile to change, by their paths")}
NAME: dict[str, Key] = {"name": Key("text", "what the test is called")}

FILE: dict[str, Key] = {
    **SUBJECT,
    **SHARED,
    "schema": Key("texts", "files or folders of XDM schemas, instead of those of the configuration"),
    "tenant": Key("text", "the tenant's namespace, such as `_acme`"),
    "profiles": Key("profiles", "profiles by name, each itself or `{file, id, events}`"),
    "tests": Key("tests", "the tests"),
}
CASE: dict[str, Key] = {**NAME, **SHARED, **CHANGES, **EXPECTED}
TEST: dict[str, Key] = {
    **NAME,
    **SUBJECT,
    **SHARED,
    **CHANGES,
    **EXPECTED,
    "diagnostics": Key("codes", "the codes or names of all that `pql check` is to find in the definition"),
    "cases": Key("cases", "a table: each row is a test, with what it says in place of what this one says"),
}
#: A test has one of these, a case one of the first two.
OUTCOMES = (*EXPECTED, "diagnostics", "cases")

#: In messages: what is needed, by kind.
WORDS: Mapping[str, str] = {
    "text": "a string",
    "boolean": "`true` or `false`",
    "now": "a string",
    "texts": "a string or a list of strings",
    "codes": "a list of codes",
    "tests": "a list of tests",
    "cases": "a list of cases",
    "profiles": "a mapping from names to profiles",
    "changes": "a mapping from paths to values",
    "segments": "a mapping from ids to definitions",
    "models": "a mapping from references to instances",
    "definition": "the name of a file, or a mapping with `file`",
    "expression": "PQL text or a tree",
    "profile": "a profile or the name of one",
}

#: One step of the path of a change: a name, in back-quotes if it is no plain one.
_NAME = r"(?:[^.\[\]`\s\"']+|`(?:[^`]|``)+`)"
#: The path of a change: names with dots between them, indices and keys in brackets.
PATH = rf"^{_NAME}(?:\.{_NAME}|\[[0-9]{{1,9}}\]|\[\"(?:[^\"\\]|\\.)*\"\])*$"
STEP = rf"({_NAME})|\[([0-9]+)\]|\[(\"(?:[^\"\\]|\\.)*\")\]"
