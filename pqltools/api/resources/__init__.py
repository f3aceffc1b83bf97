"""Which resources are there?  Every module here that has a `router` is one: it is found because the file is there."""
