"""How are many definitions evaluated at once?  As one program that looks at each event of a profile once.

What definitions ask of the events (`loops`) is collected from all of them and answered in one pass over each array
(`passes`). In it, tests of a field against constants become look-ups in dictionaries (`keys`): an event meets only what
may concern it. So do profiles: a definition that needs an event, or a value of a field, is evaluated only for profiles
that have it (`triggers`).
"""
