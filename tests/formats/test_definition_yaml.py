"""Are values in YAML replaced without a change to comments, layout and anything else?"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from counted_work import growth
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.definition_files import DefinitionFile, read_file, rewrite
from pqltools.formats.definition_yaml import plain_value
from pqltools.source import Source

PAGE = """\
# Segments of the shop.
segments:
  - name: Berliners   # the first
    expression:
      type: PQL
      format: pql/text  # as people write it
      value: %s

      # behind the value
    own: [1.50, 0x10,   ~]
  - {id: two, expression: {format: 'pql/text', value: "b"}}  # in braces
other: &kept {a: 1}
"""


def read(text: str) -> DefinitionFile:
    return read_file(Source(text, "d.yaml"))


def fault(text: str) -> Diagnostic:
    with pytest.raises(PQLError) as caught:
        read(text)
    found = caught.value.diagnostics[0]
    assert found.source is not None
    assert found.span is not None
    assert 0 <= found.span[0] <= found.span[1] <= len(text)
    return found


def load(text: str) -> list[Any]:
    """The documents as another reader sees them."""
    return list(YAML(typ="safe", pure=True).load_all(io.StringIO(text)))


BLOCK = "|-\n        x = 1\n          and y"
#: The old scalar, the new value, the new scalar.
SCALARS = [
    ("a = 1", "b = 2", "b = 2"),
    ("a = 1", 'b = "x"', 'b = "x"'),
    ("a = 1", "on", '"on"'),
    ("a = 1", "b = 'x: y'", "\"b = 'x: y'\""),
    ("a = 1", 'b = "x: y"', "'b = \"x: y\"'"),
    ("'a = 1'", "b = 'x'", "'b = ''x'''"),
    ('"a = 1"', 'b = "x"', '"b = \\"x\\""'),
    ('"a = 1"', 'b = "\\n"', "'b = \"\\n\"'"),
    ("'a'", "x\x85y\x07", '"x\\u0085y\\u0007"'),
    ("a = 1", "x = 1\n  and y", BLOCK),
    ('"a"', "x = 1\n  and y\n", BLOCK.replace("|-", "|")),
    ("|- # say\n           a = 1", "x\ny", "|- # say\n           x\n           y"),
    ("|- # say\n        a = 1", "x = 1", '"x = 1" # say'),
    (">\n        a\n        b", "x\n\ny", "|-\n        x\n\n        y"),
    ("|\n        a\n        b", " x\ny", '" x\\ny"'),
    ("&v 'a'", "b", "&v 'b'"),
    ("!!str 5", "b.c", "!!str b.c"),
    ("\n        a", "b.c", "\n        b.c"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("old", "value", "new"), SCALARS)
def test_the_scalar_alone_changes(old: str, value: str, new: str, newline: str) -> None:
    text = (PAGE % old).replace("\n", newline)
    out, warnings = rewrite(read(text), {0: ("pql/text", value)})
    assert out == (PAGE % new).replace("\n", newline)
    assert load(out)[0]["segments"][0]["expression"]["value"] == value
    assert warnings == ()


def test_the_format_keeps_its_quotes() -> None:
    out, _ = rewrite(read(PAGE % "a"), {0: ("pql/json", "{}"), 1: ("pql/json", "{\n}")})
    assert out == (
        (PAGE % '"{}"')
        .replace("pql/text  #", "pql/json  #")
        .replace("'pql/text', value: \"b\"", "'pql/json', value: \"{\\n}\"")
    )


def test_the_hash_keeps_its_kind() -> None:
    text = "ansibleDataModel: {hash: %s} # h\nexpression: {format: pql/text, value: a}\n"
    for old, new in (("97", "98"), ("'97'", "'98'"), ('"97"', '"98"')):
        file = read(text % old)
        assert file.diagnostics == ()
        assert rewrite(file, {0: ("pql/text", "b")}, rehash=True)[0] == (text % new).replace("value: a", 'value: "b"')
        assert [warning.code for warning in rewrite(file, {0: ("pql/text", "b")})[1]] == ["PQL042"]


def test_documents_and_a_byte_order_mark() -> None:
    first, second = "expression: {format: pql/text, value: a.a}", "- expression: {format: pql/text, value: b.b}"
    text = f"\ufeff# c\n{first}\n---\n---\n{second}\n...\n"
    file = read(text)
    assert [(embedded.value, embedded.path) for embedded in file.expressions] == [
        ("a.a", "$.expression.value"),
        ("b.b", "$[0].expression.value"),
    ]
    out, _ = rewrite(file, {0: ("pql/text", "c.c"), 1: ("pql/text", "d.d")})
    assert out == text.replace("a.a", "c.c").replace("b.b", "d.d")


TREE = """\
expression:
  value:   # the tree
    nodeType: literal
    literalType: String
    value: |
      US
  format: pql/json
"""


def test_a_mapping_is_a_tree() -> None:
    file = read(TREE)
    assert file.expressions[0].value == {"nodeType": "literal", "literalType": "String", "value": "US\n"}
    json = '{"nodeType":"literal","literalType":"String","value":"\x7f\u2028ü"}'
    out, _ = rewrite(file, {0: ("pql/json", json)})
    assert out.startswith('expression:\n  value:   # the tree\n    {"nodeType":')
    assert load(out)[0]["expression"]["value"]["value"] == "\x7f\u2028ü"
    out, _ = rewrite(file, {0: ("pql/text", '"US"')})
    assert out == "expression:\n  value:   # the tree\n    '\"US\"'\n  format: pql/text\n"
    out, _ = rewrite(file, {0: ("pql/text", "a\nand b")})
    assert load(out)[0]["expression"]["value"] == "a\nand b"


@pytest.mark.parametrize(
    "text",
    [
        "- &d {expression: {format: pql/text, value: a}}\n- *d\n",
        "- expression: &e {format: pql/text, value: a}\n- expression: *e\n",
        "- expression: {format: pql/text, value: &v a}\n- expression: {format: pql/text, value: *v}\n",
        "- expression: {format: &f pql/text, value: a}\n- expression: {format: *f, value: b}\n",
        "- &d {expression: {format: pql/text, value: a}}\n- {<<: *d, expression: {format: pql/text, value: a}}\n",
    ],
)
def test_what_is_shared_is_read_but_not_rewritten(text: str) -> None:
    file = read(text)
    assert len(file.expressions) == 2
    with pytest.raises(PQLError) as caught:
        rewrite(file, {0: ("pql/json", "{}")})
    (refusal,) = caught.value.diagnostics
    assert refusal.code == "PQL037"
    assert refusal.message.startswith("the expression stands in several places through `&")
    assert refusal.source is file.source
    assert refusal.span == file.expressions[0].span


def test_an_alias_elsewhere_does_no_harm() -> None:
    text = """\
- name: &n x
  expression: {format: pql/text, value: a.a}
- {name: *n, expression: {format: pql/text, value: b.b}}
"""
    assert rewrite(read(text), {0: ("pql/text", "c.c")})[0] == text.replace("a.a", "c.c")


FAULTS = [
    ("a: b: c", "PQL043", ":", "a `: ` stands inside a value without quotes"),
    ("a: [1, 2", "PQL043", "", "expected `,` or `]`"),
    ("a:\n\t- b", "PQL043", "\t", "a tab stands in the indentation"),
    ("a: 'x", "PQL043", "'", "this quote is never closed"),
    ("a: @x", "PQL043", "@", "a value without quotes cannot begin with `@`"),
    ("a: 1\n- b", "PQL043", "-", "this does not fit what stands above it"),
    ("a: *x", "PQL043", "*x", "the alias `*x` has no anchor before it"),
    ('a: "\\q"', "PQL043", "q", "this backslash starts no known escape"),
    ('a: "\\UFFFFFFFF"', "PQL043", "\\UFFFFFFFF", "this escape is beyond U+10FFFF"),
    ("a: \x01", "PQL043", "\x01", "the character U+0001 cannot stand in YAML"),
    ("a: 1\nb: 2\na: 3", "PQL031", "a", "the key `a` stands twice in one mapping"),
    ("# nothing\n", "PQL040", "", "the file is empty, there is no segment definition"),
    ("name: x", "PQL040", "n", "the segment definition `x` has no `expression`"),
    (
        "expression: {format: pql/text, value: true}",
        "PQL041",
        "true",
        "`expression.format` is `pql/text`, but `expression.value` is a boolean, not a string",
    ),
    ("expression: {format: pql/json, value: {a: &a 1, b: *a}}", "PQL043", "*a", "the tree uses the alias `*a`"),
]


@pytest.mark.parametrize(("text", "code", "place", "message"), FAULTS)
def test_faults(text: str, code: str, place: str, message: str) -> None:
    found = fault(text)
    assert (found.code, found.message) == (code, message)
    assert found.span is not None
    assert text[slice(*found.span)] == place


def test_merge_keys_are_not_followed() -> None:
    found = fault("- &d {expression: {format: pql/text, value: a}}\n- {<<: *d, name: x}")
    assert (found.path, found.help) == (
        "$[1].expression",
        "merge keys (`<<`) are not followed; write the member itself",
    )


def test_a_file_that_would_grow_for_ever() -> None:
    def work_for(count: int) -> Callable[[], None]:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, count)]

        def work() -> None:
            assert fault("\n".join(lines)).code == "PQL040"
            text = "\n".join([*lines, f"expression: {{format: pql/json, value: {{nodeType: *a{count - 1}}}}}"])
            assert fault(text).message == f"the tree uses the alias `*a{count - 1}`"
            text = "\n".join([*lines, "expression: {format: pql/text, value: a.b}"])
            out, _ = rewrite(read(text), {0: ("pql/text", "c.d")})
            assert out == text.replace("a.b", "c.d")

        return work

    # Few, for what follows all aliases to end as well.
    assert growth(work_for, 3, 2) < 2.5
    work_for(30)()


@pytest.mark.parametrize("opening", ["- ", "? ", "[", '{"a":', "[{"])
def test_deep_nesting(opening: str) -> None:
    assert fault(opening * 20_000).code == "PQL010"


def test_a_list_that_contains_itself() -> None:
    assert fault("&a [*a]").code == "PQL040"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("nullable", "nullable"),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        (".", "."),
        ("+", "+"),
        ("2024-01-31", "2024-01-31"),
        ("12:30", "12:30"),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


LAYOUTS = [
    "- expression:\n    format: pql/text\n    value: %s\n  # c\n  x: 1\n",
    "expression: {format: pql/text, value: %s } # c\n",
    "results:\n    id:\n        expression:\n            value: %s\n            format: pql/text",
    "---\nsegments:\n- expression:\n    value:\n      %s\n    format: pql/text\n...\n",
]
OLD = ["a = 1", "'a'", '"a"', "|-\n               a", "&q 'a'", ">2\n                 a\n                b\n\n"]
HARD = st.sampled_from(
    ["\n", "\r", " ", "  ", "\t", '"', "'", "\\", ": ", " #", "#", "-", "[", "}", ",", "|", "&", "*", "!"]
)
VALUES = st.lists(
    HARD | st.characters(codec="utf-8") | st.sampled_from(["a", "b.c", "= 1", "\u2028", "\ufeff", "\x7f"]), max_size=8
)


@given(st.sampled_from(LAYOUTS), st.sampled_from(OLD), VALUES.map("".join), st.sampled_from(["\n", "\r\n"]))
def test_any_value_can_be_written(layout: str, old: str, value: str, newline: str) -> None:
    text = (layout % old).replace("\n", newline)
    try:
        file = read(text)
    except PQLError:
        assert layout.startswith("expression: {")  # no block can stand in braces
        assert old[0] in "|>"
        return
    out, _ = rewrite(file, {0: ("pql/json", value)})
    embedded = read(out).expressions[0]
    assert (embedded.format, embedded.value) == ("pql/json", value)
    assert ("# c" in out) == ("# c" in text)


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`# \n\t\\~0.<")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except PQLError as refused:
        assert all(found.span is not None and found.span[1] <= len(text) for found in refused.diagnostics)
