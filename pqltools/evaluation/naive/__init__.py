"""What does an expression mean?  The evaluator that is written to be read, straight from semantics.md.

It is slow, explains itself (`pqltools.evaluation.explain`), and is the second opinion about the compiled one. Where
Adobe's documents are silent, the decision stands here, in the function that it shapes, and is marked as ours.
"""
