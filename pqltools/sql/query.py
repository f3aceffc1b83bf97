"""What is the whole query of a definition?  Readable text: its name in a comment, the rows for which it holds."""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql.nested import NestedLayout
from pqltools.sql.refusal import refusal
from pqltools.sql.translate import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.sql.dialects.dialect import Dialect
    from pqltools.types.model import ObjectType

_WIDTH = 100


def query(program: Program, profile: ObjectType, dialect: Dialect, *, table: str = "profiles") -> exp.Select:
    """``SELECT * FROM table WHERE condition``. Raises `NotInSQL`."""
    found = condition(program, NestedLayout(profile, table), dialect)
    return exp.select("*").from_(dialect.table(table)).where(found, copy=False)


def query_text(
    program: Program, profile: ObjectType, dialect: Dialect, *, table: str = "profiles", title: str | None = None
) -> str:
    """The query as formatted text that ends in a semicolon, below a comment with the title. Raises `NotInSQL`."""
    try:
        return formatted(query(program, profile, dialect, table=table), dialect, title)
    except RecursionError:
        raise refusal("an expression that is nested so deep", program.tree) from None


def formatted(select: exp.Select, dialect: Dialect, title: str | None) -> str:
    """A query as formatted text that ends in a semicolon, below a comment with the title."""
    text = select.sql(dialect.name, pretty=True, max_text_width=_WIDTH)
    comment = "" if title is None else "".join(f"-- {line}\n" for line in title.splitlines() or [""])
    return f"{comment}{text};\n"
