"""Which resources are there?  Every module here is one: found because the file is there, by its `router`.

A module whose `router` is not below ``/data/core/ups`` says in `BELOW` what it is below, such as ``/data/foundation``;
None means that it is at the root, and no headers are wanted.
"""
