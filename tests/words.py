"""Which words may a generated tree be made of?  Names, literals and spelling hints, the awkward ones first in mind."""

from __future__ import annotations

import json
import string

from hypothesis import strategies as st

from pqltools.syntax import operators as ops
from pqltools.syntax.ast import (
    BooleanLiteral,
    DoubleLiteral,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    Lambda,
    ListLiteral,
    NullLiteral,
    ParameterReference,
    Quantification,
    Select,
    StringLiteral,
    TimeQualification,
    TimestampLiteral,
    VariableDeclaration,
)

PLAIN = ["a", "b", "X", "Y", "person", "name", "xEvent", "timestamp", "productListItems", "_tenant", "_id", "E1"]
#: Words of the grammar, in several cases, and words that only start like one.
KEYWORDS = """and or not in notIn like matches occurs on before after from between now today yesterday tomorrow true
false null this last next year years day century millennia select exists forall some all none one sum average min max
count over let where when what chain WHAT COUNT CHAIN WHERE WHEN AND Select NOTIN notin profile Profile if date get
filter notes inventory android ordinal orders island lastName thisYear fromDate inSegmentX nowadays onward overlay
letter allowed""".split()
#: Names that need back-quotes, or look as if they did.
ODD = """` `` a`b ds-id 1697323153 3d 1e5 xdm:tags xdm:@id xdm: :a @id a:b:c a:1 on:before in:in C0:WHAT ü naïve 名前 😀
a.b a-b \\ \\n " ' // /* */ @{x} $1 $ ^ ^a ( ) [ { => = != 123L ... , ſum lıke liKe İn { }""".split()
UNPRINTABLE = ["", " ", "a b", "\n", "\r\n", "\t", "\x00", "\x7f", "\u2028", "\ufeff", "a\u200d", " a", "a ", "`\n`"]

#: All of Unicode but lone surrogates, which no encoding can hold.
CHARACTERS = st.characters(exclude_categories=["Cs"])
_RANDOM = st.text(CHARACTERS, max_size=8)

#: A field name, or any other name that may be back-quoted.
RAW_NAMES = st.one_of(st.sampled_from(PLAIN + KEYWORDS + ODD + UNPRINTABLE), _RANDOM)
_COMMON = st.sampled_from(PLAIN * 12 + KEYWORDS + ODD + UNPRINTABLE)
NAMES = st.one_of(_COMMON, _COMMON, _COMMON, _RANDOM)

#: Words that stand for a value at a head in any case, so that no variable can be called so.
_LITERALS = frozenset(("now", "today", "yesterday", "tomorrow", "true", "false", "null", "this"))
#: Operators between two operands.
INFIX_WORDS = frozenset(("and", "or", "in", "notin", "like", "matches", "occurs"))
_IDENTIFIERS = st.builds(
    str.__add__,
    st.sampled_from(string.ascii_letters + "_"),
    st.text(string.ascii_letters + string.digits + "_", max_size=6),
).filter(lambda name: name.lower() not in _LITERALS)
_BINDER_WORDS = [word for word in PLAIN + KEYWORDS if word.lower() not in _LITERALS]
#: A variable that text can bind.
_COMMON_BINDERS = st.sampled_from(PLAIN * 6 + _BINDER_WORDS)
BINDERS = st.one_of(_COMMON_BINDERS, _COMMON_BINDERS, _COMMON_BINDERS, _IDENTIFIERS)


def _canonical(name: str) -> str:
    return ops.OPERATOR_NAMES.get(name.lower(), name)


#: What a call may be named. ``AND`` is another spelling of ``and``, so trees hold only the latter.
FUNCTIONS = st.one_of(
    st.sampled_from(sorted(ops.KNOWN_FUNCTIONS)),
    st.sampled_from(["loyaltyScore", "upperCase", "_tenantFunction", "Sum", "Exists", "Count", "occurs", "between"]),
    RAW_NAMES,
).map(_canonical)

STRINGS = st.one_of(
    st.sampled_from(["", "US", "email", "a b", "it's", 'say "hi"', "\\", "\\w+@(\\d)", "C:\\temp\\new", "\\u0041"]),
    st.sampled_from(
        ["\n\r\t\b\f\x00\x1f\x7f\x85\u2028\u2029\ufeff", "// no", "/* no */", "{%= x %}", "“US”", "/", "</"]
    ),
    st.sampled_from(["2024-02-29T23:59:59.999Z", "-", "😀", "e\u0301", "\U0010ffff", "profile", "now", "1", "null"]),
    st.text(CHARACTERS, max_size=12),
)
INTEGERS = st.one_of(
    st.sampled_from([1, 0, -1, 5, 18, 100, ops.INTEGER_MAX, ops.INTEGER_MIN, 2**31, 2**53 + 1]),
    st.integers(ops.INTEGER_MIN, ops.INTEGER_MAX),
)
DOUBLES = st.one_of(
    st.sampled_from([0.5, 1.0, 0.0, -0.0, 1e300, -1e300, 1e16, 1e22, 123456789012345680.0, 1e-7, 5e-324, 0.1]),
    st.sampled_from([2.2250738585072014e-308, 1.7976931348623157e308, -4.5, 100.0, 2.0**63, 2.02e-12]),
    st.floats(allow_nan=False, allow_infinity=False),
)
_NO_BRACES = st.text(CHARACTERS.filter(lambda c: c not in "{}"), max_size=10)
#: The inside of ``@{…}``: anything but braces, which nest once.
MODELS = st.one_of(
    st.sampled_from(["_xdm.context.profile", "https://ns.example.com/{TENANT}/schemas/{ID}", "a;version=1", '"', "'"]),
    st.sampled_from(["// no comment", "/* no comment", "{}", "`", " x ", "\n", "PROFILE", "a => b", "xdm:tags"]),
    st.builds("{}{{{}}}{}".format, _NO_BRACES, _NO_BRACES, _NO_BRACES),
    _NO_BRACES.filter("profile".__ne__),
)

_JSON_LEAVES = st.one_of(st.none(), st.booleans(), INTEGERS, DOUBLES, STRINGS)
_JSON = st.recursive(
    _JSON_LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(STRINGS, inner, max_size=2))
)
#: Whole pql/json nodes of kinds that nobody knows, or that are known to exist and no more.
OPAQUE_TREES: st.SearchStrategy[dict[str, object]] = st.builds(
    lambda kind, rest: {"nodeType": kind, **{k: v for k, v in rest.items() if k != "nodeType"}},
    st.sampled_from(["gap", "range", "futureNode", "nodeType", "FnApply", "fnapply", " literal", "名"]),
    st.dictionaries(st.one_of(st.sampled_from(["from", "params", "nodeType "]), STRINGS), _JSON, max_size=3),
)


def opaque_text(tree: object) -> str:
    """`Opaque.tree` of a decoded node."""
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _rarely(*spellings: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*[None] * 2 * len(spellings), *spellings])


_LITERAL = ("lower", "untyped")
#: The hints that `pqltools.syntax.ast` lists, by class; mostly none.
SPELLINGS: dict[type, st.SearchStrategy[str | None]] = {
    StringLiteral: _rarely(*_LITERAL),
    IntegerLiteral: _rarely(*_LITERAL, "L"),
    DoubleLiteral: _rarely(*_LITERAL, "Number", "Float"),
    BooleanLiteral: _rarely(*_LITERAL),
    NullLiteral: _rarely(*_LITERAL),
    TimestampLiteral: _rarely(*_LITERAL),
    ListLiteral: _rarely("list", "untyped"),
    ParameterReference: _rarely("implicit", "$", "profile", "XDMObject", "absent"),
    FunctionCall: _rarely("operator", "method", "function", "filter", "get", "function-key"),
    Lambda: _rarely("fnCreate"),
    ItemLambda: _rarely("fnCreate"),
    VariableDeclaration: _rarely("range"),
    Select: _rarely("set"),
    Quantification: _rarely("fnApply"),
    TimeQualification: _rarely("singular"),
}
