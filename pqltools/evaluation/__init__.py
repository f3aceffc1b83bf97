"""Does this profile qualify, and why (not)?  `compile`, `evaluate` and `explain`; what every node means is in `naive/`.

There are two evaluators. `naive` walks the tree, is written for reading, and explains itself; `compiled` turns the tree
into a Python function and is what runs over data. Neither uses the other's rules, so that the law "agree" compares two
opinions. They share the vocabulary of `values` and the calendar of `pqltools.types.time`.
"""

from __future__ import annotations

from pqltools.evaluation.bounded import EvaluationTimeout
from pqltools.evaluation.compiling import compile, compile_value, evaluate

__all__ = ["EvaluationTimeout", "compile", "compile_value", "evaluate"]
