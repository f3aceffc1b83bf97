"""How fast is a tree written and read?  pql/json and canonical text, in megabytes of the PQL text a second."""

from __future__ import annotations

from predicates import pql
from race import race, report

from pqltools import format_text, from_json, parse, to_json, to_json_bytes, to_text


def main() -> None:
    """Print one race for each way of laying out conditions."""
    text = pql(200)
    tree = parse(text)
    data = to_json_bytes(tree)
    times = race(
        {
            "AST to pql/json bytes": lambda: to_json_bytes(tree),
            "AST to pql/json objects": lambda: to_json(tree),
            "pql/json bytes to AST": lambda: from_json(data),
            "text to pql/json bytes": lambda: to_json_bytes(parse(text)),
            "AST to text, one line": lambda: to_text(tree),
            "AST to text, 88 columns": lambda: to_text(tree, width=88),
            "format a text": lambda: format_text(text),
        }
    )
    report(f"200 clauses, {len(text) / 1e3:.1f} kB of PQL, {len(data) / 1e3:.1f} kB of JSON", times, len(text))


if __name__ == "__main__":
    main()
