"""How are segments found in a store?  By conditions on rows that become sets of profiles, which are put together.

`layout` says where values are for the translation to SQL, `slots` what is asked of the items of a profile, `parts` how
definitions fall apart into conditions, `scans` what a pass over a table is in SQL, `running` which passes there are.
`falling_back` has the definitions that have no SQL.
"""
