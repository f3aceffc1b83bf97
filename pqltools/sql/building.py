"""How are SQL expressions put together?  Builders over sqlglot's nodes that see to parentheses and constants.

The generator of sqlglot writes trees as they are, so `operand` puts the parentheses. Nodes have one parent: whoever
uses an expression twice copies it (`pqltools.sql.values.Value.sql` does).
"""

from __future__ import annotations

from sqlglot import exp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from sqlglot.expressions import Expression

_OPERATORS: dict[str, Any] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
    "%": exp.Mod,
}
#: The same comparison with its sides exchanged.
FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LOOSE = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Not, exp.Is)
#: What looks like an operator and binds as tightly as a name.
_TIGHT = (exp.Dot, exp.Paren, exp.Bracket)


def true() -> Expression:
    """``TRUE``."""
    return exp.Boolean(this=True)


def false() -> Expression:
    """``FALSE``."""
    return exp.Boolean(this=False)


def null() -> Expression:
    """``NULL``."""
    return exp.Null()


def text(value: str) -> Expression:
    """A string."""
    return exp.Literal.string(value)


def integer(value: int) -> Expression:
    """An integer of 64 bits."""
    if value == -(2**63):
        # Its digits alone are beyond the range.
        return cast(text(str(value)), "BIGINT")
    digits: Expression = exp.Literal.number(str(abs(value)))
    return digits if value >= 0 else exp.Neg(this=digits)


def double(value: float) -> Expression:
    """A double; with an exponent, so that no engine takes it for a decimal."""
    digits = repr(abs(value)).removesuffix(".0")
    number: Expression = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
    return number if str(value)[0] != "-" else exp.Neg(this=number)


def operand(part: Expression) -> Expression:
    """The expression where an operator stands beside it."""
    if isinstance(part, exp.Neg) and isinstance(part.this, exp.Literal):
        return part
    return exp.Paren(this=part) if isinstance(part, _LOOSE) and not isinstance(part, _TIGHT) else part


def binary(operator: str, left: Expression, right: Expression) -> Expression:
    """A comparison or an arithmetic operation."""
    found: Expression = _OPERATORS[operator](this=operand(left), expression=operand(right))
    return found


def cast(part: Expression, type: str) -> Expression:
    """``CAST(part AS type)``; the types of times go by `pqltools.sql.dialects.Dialect.cast`."""
    return exp.Cast(this=part, to=exp.DataType.build(type, dialect="duckdb"))


def call(name: str, *arguments: Expression) -> Expression:
    """A function whose name is written as it is."""
    return exp.Anonymous(this=name, expressions=[*arguments])


def coalesce(part: Expression, other: Expression) -> Expression:
    """The first of two that is not null."""
    return exp.Coalesce(this=part, expressions=[other])


def lambda_(names: Sequence[str], body: Expression) -> Expression:
    """A lambda of a list function."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name) for name in names])


def is_null(part: Expression) -> Expression:
    """``part IS NULL``."""
    return exp.Is(this=operand(part), expression=exp.Null())


def is_not_null(part: Expression) -> Expression:
    """``part IS NOT NULL``."""
    return exp.Is(this=operand(part), expression=exp.Not(this=exp.Null()))


def is_not_true(part: Expression) -> Expression:
    """What is true of a condition that does not hold: ``(part) IS NOT TRUE``."""
    if isinstance(part, exp.Boolean):
        return false() if part.this else true()
    if isinstance(part, exp.Is):
        flipped = _flipped(part)
        if flipped is not None:
            return flipped
    return exp.Is(this=exp.Paren(this=part), expression=exp.Not(this=exp.Boolean(this=True)))


def _flipped(part: exp.Is) -> Expression | None:
    """``IS NULL`` for ``IS NOT NULL`` and the reverse; None for other tests."""
    tested = part.expression
    if isinstance(tested, exp.Null):
        return exp.Is(this=part.this, expression=exp.Not(this=exp.Null()))
    if isinstance(tested, exp.Not) and isinstance(tested.this, exp.Null):
        return exp.Is(this=part.this, expression=exp.Null())
    return None


def is_exact(part: Any) -> bool:
    """Whether a condition is true or false and never null."""
    if isinstance(part, exp.Paren):
        return is_exact(part.this)
    if isinstance(part, exp.And | exp.Or):
        return is_exact(part.left) and is_exact(part.right)
    return isinstance(part, exp.Boolean | exp.Is | exp.Exists)


def exactly(part: Expression) -> Expression:
    """The value of a condition: false where that is null."""
    return part if is_exact(part) else coalesce(part, false())


def all_of(parts: Iterable[Expression]) -> Expression:
    """A condition that holds where all of them hold."""
    return _connected(parts, exp.And, neutral=True)


def any_of(parts: Iterable[Expression]) -> Expression:
    """A condition that holds where one of them holds."""
    return _connected(parts, exp.Or, neutral=False)


def _connected(parts: Iterable[Expression], connector: Any, *, neutral: bool) -> Expression:
    kept: list[Expression] = []
    for part in parts:
        if isinstance(part, exp.Boolean):
            if bool(part.this) is not neutral:
                return part
        elif isinstance(part, exp.Null):
            if neutral:
                return false()
        else:
            kept.append(part)
    if not kept:
        return exp.Boolean(this=neutral)
    found = kept[0]
    for position, part in enumerate(kept[1:]):
        left = found if position else _operand_of(connector, found)
        joined: Expression = connector(this=left, expression=_operand_of(connector, part))
        found = joined
    return found


def _operand_of(connector: Any, part: Expression) -> Expression:
    mixed = isinstance(part, exp.Connector) and not isinstance(part, connector)
    return exp.Paren(this=part) if mixed else part


def case(branches: Iterable[tuple[Expression, Expression]], other: Expression | None = None) -> Expression:
    """``CASE WHEN … THEN … ELSE … END``, without branches that are never taken."""
    kept = [(test, value) for test, value in branches if not (isinstance(test, exp.Boolean) and not test.this)]
    for position, (test, value) in enumerate(kept):
        if isinstance(test, exp.Boolean):
            kept, other = kept[:position], value
            break
    if not kept:
        return null() if other is None else other
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in kept], default=other)
