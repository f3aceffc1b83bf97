"""How fast does text become a tree?  Against stock Lark and sqlglot in one run, and whether time grows with size.

Needs sqlglot, in pure Python: ``pip install --group bench``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import version

from predicates import pql, sql
from race import race, report

from pqltools import parse, parse_tolerant
from pqltools.syntax.grammar import lark_parser


def main() -> None:
    """Print two races."""
    text, query = pql(200), sql(200)
    lark = lark_parser()
    contestants: dict[str, Callable[[], object]] = {
        "pqltools: AST with spans": lambda: parse(text),
        "pqltools: tolerant parser": lambda: parse_tolerant(text),
        "stock Lark LALR: bare Tree, same grammar": lambda: lark.parse(text),
    }
    try:
        import sqlglot
    except ImportError:
        print("sqlglot is not installed and left out: pip install --group bench")
    else:
        sqlglot.parse_one(query)
        files = [str(module.__file__) for name, module in sys.modules.items() if name.startswith("sqlglot")]
        if compiled := [file for file in files if not file.endswith(".py")]:
            sys.exit(f"the yardstick is sqlglot in pure Python, and here it is compiled: {compiled[0]}")
        contestants[f"sqlglot {version('sqlglot')}: same predicate as SQL"] = lambda: sqlglot.parse_one(query)
    report(f"200 clauses, {len(text) / 1e3:.1f} kB of PQL", race(contestants), len(text))

    small, large = pql(260), pql(25_500)
    times = race({"small": lambda: parse(small), "large": lambda: parse(large)}, rounds=7)
    per_byte = {
        f"{len(small) / 1e3:.0f} kB, per MB": times["small"] / len(small) * 1e6,
        f"{len(large) / 1e3:.0f} kB, per MB": times["large"] / len(large) * 1e6,
    }
    report("Growth", per_byte)


if __name__ == "__main__":
    main()
