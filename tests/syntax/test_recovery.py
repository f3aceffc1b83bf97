"""Does broken text give one good message for each fault, and a tree of the rest?"""

from __future__ import annotations

from functools import partial

import pytest

from counted_work import growth
from pqltools import PQLError, parse, parse_tolerant
from pqltools.syntax.ast import FieldLookup, FunctionCall, Hole
from pqltools.syntax.walk import walk

#: text, code, the text that is underlined, a piece of the message or the help.
FAULTS = [
    ("a == 1", "PQL004", "==", "single `=`"),
    ("let A = 1", "PQL001", "1", "expected `in`"),
    ("t occurs between today", "PQL001", "today", "expected `and`"),
    ("// nothing but a comment", "PQL017", "// nothing but a comment", "no expression"),
    ('a contains "x"', "PQL004", "contains", '.contains("x")'),
    ("if a then b else c", "PQL004", "if", "if(test, then, else)"),
    ("select X from xs where X.a order by X.b", "PQL001", "order", "expected an operator"),
    ("@{a.b", "PQL002", "@{", "never closed"),
    ("a === 1", "PQL004", "===", "single `=`"),
    ("a = 1 && b = 2", "PQL004", "&&", "`and`"),
    ("a = 1 || b = 2", "PQL004", "||", "`or`"),
    ("a <> 1", "PQL004", "<>", "`!=`"),
    ("a => 1", "PQL004", "=>", "`>=`"),
    ("a =< 1", "PQL004", "=<", "`<=`"),
    ('a not in ["x"]', "PQL004", "not in", "`notIn`"),
    ('a not like "x"', "PQL004", "not like", "put `not` in front"),
    ("a is null", "PQL004", "is null", ".isNull()"),
    ("a IS NOT NULL and b", "PQL004", "IS NOT NULL", ".isNotNull()"),
    ("a between 1 and 5", "PQL004", "between", "only after `occurs`"),
    ("a exists", "PQL004", "exists", ".isNotNull()"),
    ("a ? 1 : 2", "PQL004", "?", "if(test, then, else)"),
    ("a = 1;", "PQL004", ";", "remove"),
    ("a = 1 # note", "PQL004", "#", "//"),
    ("a = b = c", "PQL005", "=", "`and`"),
    ("1 < a < 5", "PQL005", "<", "`and`"),
    ("a in b in c", "PQL005", "in", "`and`"),
    ("t > today - 30 days", "PQL006", "30 days", "occurs <= 30 days before today"),
    ("t > now() - 1", "PQL006", "(", "no parentheses"),
    ("t > now - 90d", "PQL006", "90d", "occurs <= 90 days before today"),
    ("t > now - INTERVAL 7 DAY", "PQL006", "INTERVAL 7 DAY", "occurs <= 7 days before today"),
    ("{ A as xEvent.a > 0 : A.b }", "PQL007", "{ A", "select A from xEvent"),
    ("{ xEvent.commerce.order }.count() > 1", "PQL007", "{ xEvent", "2018"),
    ("some (xs -> a)", "PQL007", "->", "lambda"),
    ("{%= a %}", "PQL008", "{%=", "without the template's braces"),
    ("{{ a }}", "PQL008", "{{", "without the template's braces"),
    ("_{TENANT_ID}.a = 1", "PQL008", "_{TENANT_ID}", "placeholder"),
    ("x.<OrgID>.a = 1", "PQL008", "<OrgID>", "placeholder"),
    ("a and ...", "PQL008", "...", "left out"),
    ("a = “x”", "PQL009", "“", "straight double quotes"),
    ('a = “x"', "PQL009", "“", "straight double quotes"),
    ('a = "x”', "PQL009", "”", "straight double quotes"),
    ('a = \\"x\\"', "PQL009", '\\"', "remove the backslashes"),
    ("naïve = 1", "PQL009", "naïve", "back-quotes"),
    ('a = "x', "PQL002", '"', "never closed"),
    ("a = 'x", "PQL002", "'", "never closed"),
    ("a.`x = 1", "PQL002", "`", "never closed"),
    ("`x = 1", "PQL002", "`", "never closed"),
    ("a /* x", "PQL002", "/*", "never closed"),
    ('f("a) and b = "c")', "PQL002", '"c', "closing quote is missing"),
    ("(a = 1", "PQL003", "(", "never closed"),
    ("f(a, g(b)", "PQL003", "(", "never closed"),
    ("xs[a = 1", "PQL003", "[", "never closed"),
    ('{"a": 1', "PQL003", "{", "never closed"),
    ("a)", "PQL003", ")", "closes nothing"),
    ("xs[a)", "PQL003", ")", "does not close `[`"),
    ("", "PQL017", "", "no expression"),
    (" \n\t", "PQL017", " \n\t", "no expression"),
    ("a b", "PQL001", "b", "expected an operator or the end, found `b`"),
    ("a and", "PQL001", "and", "too early"),
    ("a = 1 and and b", "PQL001", "and", "a value before `and`"),
    ("f(a,)", "PQL001", ",", "nothing after this comma"),
    ("a.", "PQL001", ".", "name is missing"),
    ("a.1x", "PQL001", ".1x", "back-quotes"),
    ("a = select X from xs", "PQL001", "select X", "in parentheses"),
    ("select X where X.a", "PQL001", "where", "`from …` is missing"),
    ("t occurs", "PQL001", "occurs", "a time, such as `today`"),
    ("t occurs <= 30 before now", "PQL001", "before", "a time unit"),
    ("chain(xs, t, [A: WHAT(a) WITHIN 5])", "PQL001", "WITHIN", "not a part of a chain element"),
    ("chain(xs, t, [A: WHAT(*)])", "PQL001", "*", "not a wildcard"),
    ("chain(xs, t, [A: WHEN(today)])", "PQL001", "A: WHEN(today)", "lacks its `WHAT`"),
    ("chain(xs, t, [A: WHAT(a) WHAT(b)])", "PQL001", "WHAT(b)", "stands twice"),
    ("{a: 1}", "PQL001", "a", "double quotes"),
    ('{"a": 1, "a": 2}', "PQL031", '"a": 2', "twice"),
    ("a = 9223372036854775808", "PQL012", "9223372036854775808", "64 bits"),
    ("a = -9223372036854775809", "PQL012", "9223372036854775809", "64 bits"),
    ("a = 1e999", "PQL012", "1e999", "too large"),
    ("$0.a", "PQL013", "$0", "count from `$1`"),
    ("@{profile}.a", "PQL013", "@{profile}", "write `profile`"),
    ("select now from xs", "PQL013", "now", "cannot name a variable"),
    ("(X, X) => X.a", "PQL013", "(X, X) => X.a", "same name"),
]


@pytest.mark.parametrize(("text", "code", "marked", "words"), FAULTS)
def test_one_fault_one_message(text: str, code: str, marked: str, words: str) -> None:
    with pytest.raises(PQLError) as caught:
        parse(text)
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert problem.span is not None
    assert text[slice(*problem.span)] == marked
    assert words in f"{problem.message} | {problem.help}"


@pytest.mark.parametrize("text", [case[0] for case in FAULTS if case[0].strip()])
def test_the_rest_still_parses(text: str) -> None:
    """A fault in the first of three operands hides neither the second fault nor the good operands."""
    parsed = parse_tolerant(f"first.field = 1 and\n({text}\n)\nand second <> 2 and last.field = 3")
    fields = {node.name for node in walk(parsed.tree) if isinstance(node, FieldLookup)}
    assert "first" in fields
    if "/*" not in text:  # the rest is in the comment
        assert "last" in fields
        assert any("<>" in problem.message for problem in parsed.errors[1:])


FIXES = [
    ("a == 1", "a = 1"),
    ('a.b contains "x" and c', 'a.b.contains("x") and c'),
    ("a && b", "a and b"),
    ("a || b", "a or b"),
    ("a <> 1", "a != 1"),
    ("a =< 1", "a <= 1"),
    ("a => 1", "a >= 1"),
    ('a not in ["x"]', 'a notIn ["x"]'),
    ("a.b is null", "a.b.isNull()"),
    ("a.b is not null and c", "a.b.isNotNull() and c"),
    ("a.b exists", "a.b.isNotNull()"),
    ("a = “x y”", 'a = "x y"'),
    ('a = \\"x\\"', 'a = "x"'),
    ("{a: 1}", '{"a": 1}'),
    ("a.1x = 2", "a.`1x` = 2"),
]


@pytest.mark.parametrize(("text", "fixed"), FIXES)
def test_fixes_repair(text: str, fixed: str) -> None:
    (problem,) = parse_tolerant(text).errors
    (fix,) = problem.fixes
    result = text
    for edit in reversed(fix.edits):
        result = result[: edit.span[0]] + edit.text + result[edit.span[1] :]
    assert result == fixed
    parse(result)


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [('"a\\w"', "PQL015", "\\w"), ('"\\u12"', "PQL015", "\\u"), ("'a'", "PQL016", "'a'")],
)
def test_warnings_do_not_fail(text: str, code: str, marked: str) -> None:
    parse(text)
    (problem,) = parse_tolerant(text).diagnostics
    assert (problem.code, problem.severity) == (code, "warning")
    assert problem.span is not None
    assert text[slice(*problem.span)] == marked


def test_several_faults_in_order() -> None:
    text = "a == 1 and\nb <> 2 and\nc is null and\nd in [1, 2"
    with pytest.raises(PQLError) as caught:
        parse(text)
    assert [problem.code for problem in caught.value.diagnostics] == ["PQL004", "PQL004", "PQL004", "PQL003"]
    assert str(caught.value).splitlines()[1].startswith("<text>:2:3 PQL004 `<>`")


def test_holes_stand_where_values_are_missing() -> None:
    tree = parse_tolerant("a = and b > 1").tree
    assert isinstance(tree, FunctionCall)
    assert tree.function == "and"
    left = tree.arguments[0]
    assert isinstance(left, FunctionCall)
    assert any(isinstance(node, Hole) for node in walk(tree))


def test_good_text_has_no_diagnostics() -> None:
    parsed = parse_tolerant('a = 1 and xs[b = "x"].count() > 2')
    assert parsed.diagnostics == ()
    assert parsed.tree == parse('a = 1 and xs[b = "x"].count() > 2')


HOSTILE = {
    **dict.fromkeys(["(", "[", ") ", "a ", "a = ", '" ', "\x00", "select ", "{%= ", "`", "/*", "a . ", "🙂"], 20_001),
    **dict.fromkeys(["} ", ": ", "a a ", "\\"], 200_000),
}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_ends_with_a_diagnostic_and_takes_work_that_grows_as_it_does(text: str) -> None:
    parsed = parse_tolerant(text * HOSTILE[text])
    assert parsed.errors
    assert len(parsed.errors) <= 60
    # Odd numbers, for back quotes not to be pairs.
    assert growth(lambda count: partial(parse_tolerant, text * (count | 1)), 1000, 4) < 5


@pytest.mark.parametrize(
    "text",
    ["t occurs between a occurs now", "t occurs between 1 < 2 and 3", "t occurs between a = ", "t occurs = 1 = 2"],
)
def test_comparisons_where_a_time_belongs(text: str) -> None:
    assert parse_tolerant(text).errors
