"""How is a source text laid out, and where do its comments go?"""

from __future__ import annotations

import pytest

from pqltools.diagnostics import PQLError
from pqltools.formats.formatter import format_text
from pqltools.syntax.parser import comments, parse

LAYOUTS = [
    ("a.equals('x') AND b=1", 'a.equals("x") and b = 1\n'),
    (
        'homeAddress.countryCode = "US" and person.birthYear >= 1980 and loyalty.points > 1000',
        """\
homeAddress.countryCode = "US"
and person.birthYear >= 1980
and loyalty.points > 1000
""",
    ),
    (
        "accountOne.isOpen and accountTwo.isOpen and accountThree.isOpen or accountFour.isOpen and b",
        """\
accountOne.isOpen
  and accountTwo.isOpen
  and accountThree.isOpen
or accountFour.isOpen and b
""",
    ),
    (
        "not (accountOne.isOpen or accountTwo.isOpen or accountThree.isOpen) and loyalty.points > 1000",
        """\
not (
  accountOne.isOpen
  or accountTwo.isOpen
  or accountThree.isOpen
)
and loyalty.points > 1000
""",
    ),
    (
        'select O from orders where O.currency = "EUR" and O.total > 100',
        """\
select O from orders where
  O.currency = "EUR"
  and O.total > 100
""",
    ),
    (
        "exists O from orders where O.isPaid, I from O.items where I.sku = 5 and I.price > 10",
        """\
exists
  O from orders where O.isPaid,
  I from O.items where
    I.sku = 5 and I.price > 10
""",
    ),
    (
        "(sum O.total + P.total over O from orders where O.paid, P from payments) > 1000",
        """\
(
  sum O.total + P.total
  over
    O from orders where O.paid,
    P from payments
) > 1000
""",
    ),
    (
        "let S = orders.sum(total) in S > 1000 and S < 5000 or S > 900000",
        """\
let S = orders.sum(total) in
S > 1000 and S < 5000
or S > 900000
""",
    ),
    (
        "orders[isPaid and total > 100].groupBy(store).map((K, G) => mapEntry(K, G.count()))",
        """\
orders[
  isPaid and total > 100
].groupBy(store).map(
  (K, G) =>
    mapEntry(K, G.count())
)
""",
    ),
    (
        'orders.groupBy(store).map({"orders": this.count(), "total": this.sum(total)})',
        """\
orders.groupBy(store).map({
  "orders": this.count(),
  "total": this.sum(total)
})
""",
    ),
    (
        "person.favourite in [11111, 22222, 33333, 44444, 55555, 66666]",
        """\
person.favourite in [
  11111, 22222, 33333, 44444,
  55555, 66666
]
""",
    ),
    (
        "[orders.total, payments.total, refunds.total]",
        """\
[
  orders.total,
  payments.total,
  refunds.total
]
""",
    ),
    (
        "if(orders.total > 100, orders.total + payments.total - refunds.total, 0)",
        """\
if(
  orders.total > 100,
  orders.total
    + payments.total
    - refunds.total,
  0
)
""",
    ),
    (
        'chain(xEvent, timestamp, [A: COUNT(5) WHAT(type = "view") WHEN(<= 2 days before now), B: NOT WHAT(isPaid)])',
        """\
CHAIN(xEvent, timestamp, [
  A: WHAT(type = "view")
    WHEN(<= 2 days before now)
    COUNT(5),
  B: NOT WHAT(isPaid)
])
""",
    ),
]


@pytest.mark.parametrize(("text", "formatted"), [pytest.param(*case, id=case[0][:50]) for case in LAYOUTS])
def test_layout_at_width_32(text: str, formatted: str) -> None:
    assert format_text(text, width=32) == formatted
    assert format_text(formatted, width=32) == formatted


COMMENTS = [
    ("// all of it\n\na", "// all of it\n\na\n"),
    ("// all of it\na", "// all of it\na\n"),
    ("a // end", "a // end\n"),
    ("a\n// below", "a\n// below\n"),
    ("a /* x */", "a /* x */\n"),
    ("/* x */ a", "/* x */ a\n"),
    ("a = 1 and // one\nb = 2", "a = 1 // one\nand b = 2\n"),
    ("a = 1\n// two\nand b = 2", "a = 1\n// two\nand b = 2\n"),
    ("a = 1 and\n// two\nb = 2", "a = 1\n// two\nand b = 2\n"),
    ("a = // ten\n10", "a = 10 // ten\n"),
    ("a = /* ten */ 10", "a = /* ten */ 10\n"),
    ("a /* it */ = 10", "a /* it */ = 10\n"),
    ("a // it\n = 10 /* ten */", "a = 10 // it\n/* ten */\n"),
    ("(a or /* why */ (b)) and c", "(a or /* why */ b) and c\n"),
    ("[1, // one\n2, /* two */ 3]", "[\n  1, // one\n  2,\n  /* two */ 3\n]\n"),
    ("[ // some\n1,\n2\n// no more\n]", "[\n  // some\n  1,\n  2\n  // no more\n]\n"),
    ("[/* none */]", "[] /* none */\n"),
    ('{"a": 1, // one\n"b": 2}', '{\n  "a": 1, // one\n  "b": 2\n}\n'),
    ("if(a, /* yes */ 1, /* no */ 2)", "if(a, /* yes */ 1, /* no */ 2)\n"),
    ("a.f(\n// first\nb, c)", "a.f(\n  // first\n  b,\n  c\n)\n"),
    ("a./* dot */b", "a /* dot */.b\n"),
    ("a + b // ab\n + c", "a\n  + b // ab\n  + c\n"),
    ("t occurs /* soon */ <= 2 days before now", "t occurs /* soon */ <= 2 days before now\n"),
    ("xs[// big\na > 1]", "xs[\n  // big\n  a > 1\n]\n"),
    (
        "select X from xs where X.a, // first\n// second\nY from X.ys",
        "select\n  X from xs where X.a, // first\n  // second\n  Y from X.ys\n",
    ),
    (
        "chain(xEvent, timestamp, [A: WHAT(a), // first\n/* second */ B: NOT WHAT(b)])",
        "CHAIN(xEvent, timestamp, [\n  A: WHAT(a), // first\n  /* second */ B: NOT WHAT(b)\n])\n",
    ),
    ("let S = a in // S\nS > 1", "let S = a in // S\nS > 1\n"),
    ("a /* one\n   two */ and b", "a /* one\n   two */\nand b\n"),
    ("a // trailing white space  \t", "a // trailing white space\n"),
    ('"// none" = `/* none */` // one', '"// none" = `/* none */` // one\n'),
]


@pytest.mark.parametrize(("text", "formatted"), [pytest.param(*case, id=repr(case[0])) for case in COMMENTS])
def test_comments_stay_where_they_belong(text: str, formatted: str) -> None:
    assert format_text(text) == formatted
    assert format_text(formatted) == formatted


@pytest.mark.parametrize(
    "text",
    [
        "chain(xEvent, timestamp, [A: COUNT(5 /* five */) WHAT(/* a */ a)])",
        "(select X from xs /* where from */).sum((X) => X.a /* what */)",
    ],
)
def test_comments_that_would_pass_each_other_are_refused(text: str) -> None:
    with pytest.raises(PQLError) as caught:
        format_text(text)
    (problem,) = caught.value.diagnostics
    assert problem.code == "PQL037"
    assert problem.span in comments(text)
    assert problem.help is not None


def test_bad_text_raises_what_the_parser_says() -> None:
    for text in ("a = ", "", "// only a comment", "a == b"):
        with pytest.raises(PQLError) as expected:
            parse(text)
        with pytest.raises(PQLError) as caught:
            format_text(text)
        assert caught.value.diagnostics == expected.value.diagnostics


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("a and\r\nb // x\r\n", "a and b // x\r\n"),
        ("// x\r\na /* y\r\nz */\n", "// x\r\na /* y\r\nz */\r\n"),
        ("// x\r\na /* y\nz */\n", "// x\na /* y\nz */\n"),
        ("a = `\r\n` and\nb = `\r\n`\n", "a = `\r\n` and b = `\r\n`\n"),
        ("a = `\r\n` and\r\nb = 1", "a = `\r\n` and b = 1\r\n"),
        ('{"\\r\\n": @{\r\n}.a}\n', '{"\\r\\n": @{\r\n}.a}\n'),
        ("a\n\n\n", "a\n"),
        ("  a  ", "a\n"),
    ],
)
def test_line_ends_are_those_that_prevail_and_one_ends_the_text(text: str, formatted: str) -> None:
    assert format_text(text) == formatted
    assert format_text(formatted) == formatted


def test_limits_are_passed_on() -> None:
    text = "-" * 210 + "a"
    with pytest.raises(PQLError, match="PQL010"):
        format_text(text)
    assert format_text(text, max_depth=250) == text + "\n"
    with pytest.raises(PQLError, match="PQL011"):
        format_text(text, max_size=100, max_depth=250)
