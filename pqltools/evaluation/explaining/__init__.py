"""Why is a value what it is?  The parts of `pqltools.evaluation.explain`: one file for each kind of reason."""
