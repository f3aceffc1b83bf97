"""What is a PQL expression in SQL?  `translate` makes conditions, `tables` the columns they need, `query` whole texts.

The memory evaluator is the reference: what stands here gives the same answer for every row, or raises `NotInSQL` before
anything runs. `README.md` says what is assumed of tables.
"""
