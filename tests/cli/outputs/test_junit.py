"""Is the JUnit report well-formed for any text, and does it count right?"""

from __future__ import annotations

import io
from xml.etree import ElementTree

from hypothesis import given

from findings import reports
from pqltools.cli.outputs import write
from pqltools.diagnostics import Diagnostic
from pqltools.source import Source


def document(diagnostics: list[Diagnostic], files: list[str]) -> ElementTree.Element:
    out = io.StringIO()
    write("junit", diagnostics, files, out)
    return ElementTree.fromstring(out.getvalue().encode())


def test_a_report() -> None:
    source = Source("a == 1", "a.pql")
    error = Diagnostic("PQL004", "`==` & co", (2, 4), source=source)
    remark = Diagnostic("PQL018", "comments", (0, 1), "information", source=source)
    root = document([remark, error], ["a.pql", "b.pql"])
    assert root.attrib == {"name": "pql check", "tests": "3", "failures": "1", "errors": "0"}
    first, second = root
    assert first.attrib == {"name": "a.pql", "tests": "2", "failures": "1", "errors": "0"}
    passed, failed = first
    assert passed.attrib["name"] == "PQL018 comments-dropped (1:1)"
    assert (passed[0].tag, failed[0].tag) == ("system-out", "failure")
    assert failed.attrib == {
        "name": "PQL004 foreign-operator (1:3)", "classname": "a.pql", "file": "a.pql", "line": "1",
    }  # fmt: skip
    assert failed[0].attrib == {"message": "`==` & co", "type": "PQL004"}
    assert "a == 1" in (failed[0].text or "")
    assert second.attrib == {"name": "b.pql", "tests": "1", "failures": "0", "errors": "0"}
    assert [(case.attrib["name"], len(case)) for case in second] == [("pql check", 0)]


def test_warnings_fail_as_they_do_in_the_exit_code() -> None:
    source = Source("a == 1", "a.pql")
    root = document([Diagnostic("PQL018", "x", (0, 1), "warning", source=source)], ["a.pql"])
    assert root.attrib["failures"] == "1"


def test_no_files_are_an_empty_report() -> None:
    assert len(document([], [])) == 0


def test_control_characters_are_replaced_and_others_kept() -> None:
    source = Source("a", "a.pql")
    root = document([Diagnostic("PQL009", "\0\x1b\ud800 é😀\n\"'<", (0, 1), source=source)], ["a.pql"])
    assert root[0][0][0].attrib["message"] == "\ufffd\ufffd\ufffd é😀\n\"'<"


@given(reports())
def test_every_report_is_well_formed_and_counts(report: tuple[list[Diagnostic], list[str]]) -> None:
    diagnostics, files = report
    root = document(diagnostics, files)
    suites = root.findall("testsuite")
    assert [suite.attrib["name"] for suite in suites] == files
    assert sum(len(suite.findall("testcase")) for suite in suites) == int(root.attrib["tests"])
    assert len(root.findall(".//failure")) == int(root.attrib["failures"])
    assert len(root.findall(".//testcase/*")) == len(diagnostics)
