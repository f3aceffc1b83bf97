"""How are segments found in a store?  Conditions on rows become bits, rows of a profile are put together, bits combined.

`layout` is where values are for the translation to SQL, `slots` what is asked of the items of a profile, `planning` how
definitions fall apart, `scans` the SQL of passes over tables, `running` goes through them.
"""
