"""Are all shapes and kinds of definition files read, and are their values alone replaced?"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counted_work import growth
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.definition import java_hash, read_expression, written
from pqltools.formats.definition_files import DefinitionFile, read_file, rewrite
from pqltools.source import Source

#: A definition as people lay it out, with numbers, members and white space that no writer would give back.
LAID_OUT = """{
   "id":"7f" ,"expression" : { "type":"PQL", "value": "a = \\u00221\\u0022" , "format":  "pql/text"},
\t"ratio": 1.50e+1,  "big": 123456789012345678901234567890, "own": {"expression": {"format": "x"}},
   "ansibleDataModel":{"hash" : "%s", "root": [ ]} , "name": "Ärzte \\/ \\u00e9"
}
"""
VALUE = 'a = "1"'


def read(text: str, name: str = "d.json", kind: Any = None) -> DefinitionFile:
    return read_file(Source(text, name), kind)


def faults(text: str, name: str = "d.json", **options: Any) -> list[Diagnostic]:
    with pytest.raises(PQLError) as caught:
        read_file(Source(text, name), **options)
    for fault in caught.value.diagnostics:
        assert fault.source is not None
        assert fault.source.text is text
        assert fault.span is not None
        assert 0 <= fault.span[0] <= fault.span[1] <= len(text)
    return list(caught.value.diagnostics)


def small(value: str = "a", **more: Any) -> dict[str, Any]:
    return {**more, "expression": {"format": "pql/text", "value": value}}


def minus(text: str, file: DefinitionFile, *indices: int, hash: bool = False) -> str:
    """`text` without the formats and values of some definitions, found by their places in the old file."""
    spans = []
    for index in indices:
        embedded = file.expressions[index]
        assert embedded.site is not None
        assert embedded.site.format is not None
        spans += [embedded.span, embedded.site.format.span]
        if hash and embedded.site.hash is not None:
            spans.append(embedded.site.hash.span)
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


SHAPES: list[tuple[object, list[str]]] = [
    (small(), ["$.expression.value"]),
    ([small(), small()], ["$[0].expression.value", "$[1].expression.value"]),
    ({"segments": [small()], "page": {"totalCount": 1}, "link": {}}, ["$.segments[0].expression.value"]),
    ({"children": [small(), small()]}, ["$.children[0].expression.value", "$.children[1].expression.value"]),
    ({"results": [small()]}, ["$.results[0].expression.value"]),
    (
        {"results": {"a1": small(), "b-2": small(), "gone": {"requestId": "r", "errors": {"404": []}}}},
        ["$.results.a1.expression.value", '$.results["b-2"].expression.value'],
    ),
    (small(other=small(), segments=[small()]), ["$.expression.value"]),
]


@pytest.mark.parametrize("name", ["d.json", "d.yaml", "d.jsonl", "<stdin>"])
@pytest.mark.parametrize(("data", "paths"), SHAPES)
def test_shapes(data: object, paths: list[str], name: str) -> None:
    text = json.dumps(data)
    file = read(text, name)
    assert [embedded.path for embedded in file.expressions] == paths
    assert {text[slice(*embedded.span)] for embedded in file.expressions} == {'"a"'}
    assert file.diagnostics == ()


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.pql", "a = 1", "text"),
        ("A.PQL", '{"nodeType": "x"}', "text"),
        ("a.json", '{"nodeType": "x"}', "tree"),
        ("a.json", json.dumps(small()), "json"),
        ("a.ndjson", json.dumps(small()), "jsonl"),
        ("a.yml", "expression: {format: pql/text, value: a}", "yaml"),
        ("<stdin>", "a = 1", "text"),
        ("<stdin>", ' {"nodeType": "x"}', "tree"),
        ("<stdin>", json.dumps(small()) + "\n" + json.dumps(small()) + "\n", "jsonl"),
        (
            "<stdin>",
            "\ufeff" + json.dumps(small(note="\u2028"), ensure_ascii=False) + "\r\n" * 2 + json.dumps(small()),
            "jsonl",
        ),
        ("<stdin>", json.dumps(small(ansibleDataModel={"nodeType": "x"}), indent=2), "json"),
        ("<stdin>", ' [ {"name": "x",\n "expression" : {"format": "pql/text", "value": "a"}}]', "json"),
        ("<stdin>", '{"count": a.count()}', "text"),
        ("<stdin>", '["nodeType"]', "text"),
        ("<stdin>", "chain(xEvent, timestamp, [\nexpression: WHAT(a), results: WHAT(b)])", "text"),
        ("<stdin>", "# c\n- name: x\n  expression: {format: pql/text, value: a}\n", "yaml"),
        ("<stdin>", "segments:\r\n- expression:\r\n    format: pql/text\r\n    value: a\r\n", "yaml"),
        ("<stdin>", "expression: # c\n  format: pql/text\n  value: a\n", "yaml"),
        ("Makefile", "a = 1", "text"),
        ("a.txt", json.dumps([small()]), "json"),
    ],
)
def test_kinds(name: str, text: str, kind: str) -> None:
    file = read(text, name)
    assert file.kind == kind
    assert file.expressions[0].format == ("pql/json" if kind == "tree" else "pql/text")


def test_a_kind_that_is_given_counts() -> None:
    assert read('{"nodeType": "x"}', "a.pql", "tree").expressions[0].format == "pql/json"
    assert read(json.dumps(small()), "a.pql", "jsonl").kind == "jsonl"


def test_names() -> None:
    found = read(json.dumps([small(name="n", id="i"), small(id="i"), small(name=5), small(name="")])).expressions
    assert [embedded.name for embedded in found] == ["n", "i", None, None]


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("rehash", [False, True])
def test_all_but_the_values_stays_byte_for_byte(bom: str, newline: str, rehash: bool) -> None:
    text = bom + (LAID_OUT % java_hash(VALUE)).replace("\n", newline)
    file = read(text)
    (embedded,) = file.expressions
    assert embedded.value == VALUE
    tree = written(read_expression(embedded.format, embedded.value), "pql/json")
    out, warnings = rewrite(file, {0: ("pql/json", tree)}, rehash=rehash)
    again = read(out)
    assert (again.expressions[0].format, again.expressions[0].value) == ("pql/json", tree)
    assert minus(out, again, 0, hash=rehash) == minus(text, file, 0, hash=rehash)
    assert [warning.code for warning in warnings] == ([] if rehash else ["PQL042"])
    assert [warning.code for warning in again.diagnostics] == ([] if rehash else ["PQL042"])
    back, _ = rewrite(again, {0: ("pql/text", VALUE)}, rehash=rehash)
    assert back == text.replace("\\u00221\\u0022", '\\"1\\"')


EXPRESSION = '"expression": {"format": "pql/text", "value": "a"}'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"{{{EXPRESSION}, {EXPRESSION}}}", "$.expression"),
        (f'{{"segments": [], "segments": [{{{EXPRESSION}}}]}}', "$.segments"),
        (f'{{"results": {{"x": {{{EXPRESSION}}}, "x": {{{EXPRESSION}}}}}}}', "$.results.x"),
        ('[{"expression": {"format": "pql/text", "format": "pql/text", "value": "a"}}]', "$[0].expression.format"),
        ('{"expression": {"format": "pql/json", "value": {"a": {"b": 1, "b": 2}}}}', "$.expression.value.a.b"),
        (f'{{{EXPRESSION}, "ansibleDataModel": {{"hash": "1", "hash": "2"}}}}', "$.ansibleDataModel.hash"),
    ],
)
def test_a_key_twice_matters_on_the_way_to_an_expression(text: str, key: str) -> None:
    (fault,) = faults(text)
    assert (fault.code, fault.path) == ("PQL031", key)


@pytest.mark.parametrize("name", ["d.json", "d.jsonl"])
def test_other_keys_may_be_there_twice_and_stay_so(name: str) -> None:
    text = '{"x": 1, "x": 2, "own": {"a": 1, "a": [{"expression": 1, "expression": 2}]}, %s, "x": 3}'
    out, _ = rewrite(read(text % EXPRESSION, name), {0: ("pql/text", "b")})
    assert out == text % EXPRESSION.replace('"a"', '"b"')


def test_audiences_from_elsewhere_have_no_expression() -> None:
    rows = [{"type": "ExternalSegment", "name": "x"}, small(type="SegmentDefinition"), {"type": "ExternalAudience"}]
    assert [embedded.path for embedded in read(json.dumps({"children": rows})).expressions] == [
        "$.children[1].expression.value"
    ]
    assert [embedded.path for embedded in read(json.dumps(rows)).expressions] == ["$[1].expression.value"]
    assert faults(json.dumps({"children": [rows[0]]}))[0].message == "there is no segment definition in it"
    assert faults(json.dumps([{"type": "SegmentDefinition"}, *rows]))[0].path == "$[0].expression"


def test_nothing_new_changes_nothing() -> None:
    text = LAID_OUT % java_hash(VALUE)
    assert rewrite(read(text), {0: ("pql/text", VALUE)}) == (text, ())
    assert rewrite(read(text), {}, rehash=True) == (text, ())


def test_an_object_stays_an_object_and_becomes_a_string_as_text() -> None:
    tree = '{"nodeType":"varRef","varName":"X"}'
    text = '[{"expression": {"value": {"nodeType": "x"}, "format": "pql/json"}}]'
    out, _ = rewrite(read(text), {0: ("pql/json", tree)})
    assert out == text.replace('{"nodeType": "x"}', tree)
    out, _ = rewrite(read(text), {0: ("pql/text", '"q"')})
    assert out == text.replace('{"nodeType": "x"}', '"\\"q\\""').replace("pql/json", "pql/text")


def test_escapes_follow_the_file() -> None:
    for literal, new in (('"\\u00e9"', '"\\u00fc"'), ('"é"', '"ü"'), ('"e"', '"ü"')):
        text = '{"expression": {"format": "pql/text", "value": %s}}'
        assert rewrite(read(text % literal), {0: ("pql/text", "ü")})[0] == text % new
    out, _ = rewrite(read(text % '"e"'), {0: ("pql/text", "\ud800")})
    assert out == text % '"\\ud800"'


def test_json_lines_keep_their_lines() -> None:
    lines = ["", json.dumps(small("a", name="é")), "  ", " " + json.dumps([small("b"), small("c")]), ""]
    text = "\r\n".join(lines)
    file = read(text, "d.jsonl")
    assert [embedded.value for embedded in file.expressions] == ["a", "b", "c"]
    out, _ = rewrite(file, {2: ("pql/text", "d"), 0: ("pql/text", "e")})
    assert out == text.replace('"a"', '"e"').replace('"c"', '"d"')


@pytest.mark.parametrize("text", ["a=1", "a=1\n", "\ufeffa=1\r\n", ""])
def test_bare_text_keeps_its_line_end(text: str) -> None:
    out, _ = rewrite(read(text, "d.pql"), {0: ("pql/text", "b = 2")})
    assert out == text.replace("a=1", "b = 2") if text else out == "b = 2"


def test_a_bare_tree() -> None:
    text = '{"nodeType": "varRef", "varName": "X"}\n'
    file = read(text)
    assert (file.expressions[0].value, file.expressions[0].path, file.expressions[0].span) == (
        text,
        "$",
        (0, len(text)),
    )
    assert rewrite(file, {0: ("pql/text", "X")})[0] == "X\n"


@pytest.mark.parametrize(
    ("written_hash", "warns"),
    [('"97"', False), ("97", False), ('"98"', True), ("98", True), ('"x"', True), ("null", False), ("{}", False)],
)
def test_hashes(written_hash: str, warns: bool) -> None:
    text = '{"ansibleDataModel": {"hash": %s}, "expression": {"format": "pql/text", "value": "a"}}'
    file = read(text % written_hash)
    assert [warning.code for warning in file.diagnostics] == ["PQL042"] * warns
    for warning in file.diagnostics:
        assert (warning.severity, warning.path) == ("warning", "$.ansibleDataModel.hash")
        assert warning.source is file.source
        assert warning.span is not None
        assert file.source.text[slice(*warning.span)] == written_hash
    out, _ = rewrite(file, {0: ("pql/text", "b")}, rehash=True)
    new = {'"': '"98"', "n": "null", "{": "{}"}.get(written_hash[0], "98")
    assert out == (text % new).replace('"a"', '"b"')


def test_a_hash_that_was_wrong_is_told_once() -> None:
    file = read('{"ansibleDataModel": {"hash": "1"}, "expression": {"format": "pql/text", "value": "a"}}')
    assert len(file.diagnostics) == 1
    assert rewrite(file, {0: ("pql/text", "b")})[1] == ()


MISSING = "there is no segment definition in it"
FAULTS = [
    ('{"a": 1,}', "PQL030", ",", None, "a comma stands before `}`"),
    ("", "PQL030", "", None, "the text is empty, there is no document"),
    ('[{"a": 1}\n', "PQL030", "", None, "the document ends before its `]`"),
    (
        '{"expression": {"format": "pql/text", "value": "a", "value": "b"}}',
        "PQL031",
        '"value"',
        "$.expression.value",
        "the key `value` stands twice in one object",
    ),
    ("[]", "PQL040", "[", "$", MISSING),
    ('{"segments": []}', "PQL040", "{", "$", MISSING),
    ('{"segments": null}', "PQL040", "null", "$.segments", "`segments` is null, not a list of segment definitions"),
    ("5", "PQL040", "5", "$", "this is a number, not a segment definition"),
    ('[{"name": "x"}]', "PQL040", "{", "$[0].expression", "the segment definition `x` has no `expression`"),
    ('{"expression": {}, "q": 1}', "PQL040", "{", "$.expression.format", "`expression` has no `format`"),
    (
        '{"expression": {"format": "pql/xml", "value": ""}}',
        "PQL041",
        '"pql/xml"',
        "$.expression.format",
        "`pql/xml` is not a format of expressions",
    ),
    (
        '{"expression": {"format": "pql/json", "value": [1]}}',
        "PQL041",
        "[1]",
        "$.expression.value",
        "`expression.format` is `pql/json`, but `expression.value` is a list, not a string or an object",
    ),
]


@pytest.mark.parametrize(("text", "code", "place", "path", "message"), FAULTS)
def test_faults(text: str, code: str, place: str, path: str | None, message: str) -> None:
    fault = faults(text)[0]
    assert (fault.code, fault.path, fault.message) == (code, path, message)
    assert fault.span is not None
    assert text[slice(*fault.span)] == place


def test_all_faults_come_in_the_order_of_the_text() -> None:
    found = faults(json.dumps({"segments": [small(), 1, {"expression": []}, small(), {"id": "i"}]}))
    assert [fault.path for fault in found] == ["$.segments[1]", "$.segments[2].expression", "$.segments[4].expression"]


def test_faults_in_json_lines_have_their_line() -> None:
    text = "\n".join([json.dumps(small()), "{bad", "", '{"a": 1 "a": 2}', json.dumps(small())])
    assert [(str(fault).split(" ")[0], fault.code) for fault in faults(text, "d.jsonl")] == [
        ("d.jsonl:2:2", "PQL030"),
        ("d.jsonl:4:9", "PQL030"),
    ]


def test_files_of_other_kinds() -> None:
    (fault,) = faults("a,b\n1,2\n", "d.csv")
    assert (fault.code, fault.message) == ("PQL044", "the suffix `.csv` says nothing about the file")
    (fault,) = faults("a = 1", "d.pql", max_size=3)
    assert fault.code == "PQL011"


@pytest.mark.parametrize("name", ["d.json", "d.jsonl", "d.yaml"])
@pytest.mark.parametrize("opening", ["[", '{"a":', "[ "])
def test_hostile_nesting_is_refused_at_once(opening: str, name: str) -> None:
    (fault,) = faults(opening * 100_000, name)
    assert fault.code == "PQL010"
    # What is behind the brackets that are too many is not read.
    assert growth(lambda count: partial(faults, opening * count, name), 1000, 4) < 1.1


def test_deep_expressions_that_may_be_are_read() -> None:
    tree: dict[str, Any] = {"nodeType": "parameterReference", "position": 1}
    for _ in range(199):
        tree = {"nodeType": "fnApply", "fnName": "f", "params": [tree]}
    text = json.dumps({"results": {"a": {"expression": {"format": "pql/json", "value": tree}}}})
    for name in ("d.json", "d.yaml"):
        file = read(text, name)
        assert rewrite(file, {0: ("pql/text", "a")})[0].endswith('"format": "pql/text", "value": "a"}}}}')


def test_work_grows_as_the_definitions_do() -> None:
    def work_for(count: int) -> Callable[[], None]:
        value = 'a.b = "é" and ' * 60 + "c"
        text = json.dumps({"results": {f"i{n}": small(value, own=list(range(50))) for n in range(count)}})

        def work() -> None:
            file = read(text)
            assert len(file.expressions) == count
            rewrite(file, dict.fromkeys(range(count), ("pql/text", "d")))

        return work

    assert growth(work_for, 100, 4) < 5
    work_for(1000)()


@given(st.lists(st.tuples(st.text(), st.text(), st.booleans()), min_size=1, max_size=4), st.booleans())
def test_any_values_can_be_replaced(values: list[tuple[str, str, bool]], lines: bool) -> None:
    documents = [json.dumps(small(old, name=old), ensure_ascii=ascii) for old, _, ascii in values]
    text = "\n".join(documents) if lines else "[" + ", ".join(documents) + "]"
    file = read(text, "d.jsonl" if lines else "d.json")
    out, _ = rewrite(file, {index: ("pql/json", new) for index, (_, new, _) in enumerate(values)})
    again = read(out, file.source.name)
    assert [embedded.value for embedded in again.expressions] == [new for _, new, _ in values]
    everything = range(len(values))
    assert minus(out, again, *everything) == minus(text, file, *everything)
