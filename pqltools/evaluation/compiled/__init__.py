"""How does an expression become a Python function?  One pass over its tree that builds Python's own syntax tree.

Every node becomes a Python expression, so that `and`, `or` and `if` are Python's, and what loops becomes a function of
its own, which returns as soon as its answer is known. Fields are fetched once (``:=``) and tested for their class where
they are used; the ordinary case is written out, all others are calls of `pqltools.evaluation.runtime`. No source text
is put together: names are generated, literals enter as constants.
"""
