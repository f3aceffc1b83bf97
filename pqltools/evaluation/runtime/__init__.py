"""What does a compiled expression call?  The operations that are too large to be written out at each place.

The rules are those of `pqltools.evaluation.naive`, made for speed and for data of any depth: nothing here recurses into
data, and nothing takes more than about linear time in it.
"""
