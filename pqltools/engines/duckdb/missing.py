"""Which definitions ask for fields that are in the data, and not in the store, as the schema does not declare them?

To go on would say that these fields are nowhere, which is another answer than that over the files.
"""

from __future__ import annotations

from pqltools.checks.field_paths import ANY_STEP
from pqltools.diagnostics import PQLError, error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.engines.store.store import Store
    from pqltools.evaluation.program import Program
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


def check_fields(store: Store, schema: Schema, definitions: Sequence[Definition]) -> None:
    """Raise `PQLError` (PQL044) if there are such definitions."""
    if not store.left_out:
        return
    found = []
    for definition in definitions:
        asked = _asked(definition.program, store.left_out, schema)
        if asked:
            names = ", ".join(f"`{'.'.join(path)}`" for path in asked)
            message = f"{names} was left out of the store, as the schema did not declare it or its type"
            help = "load the profiles with a schema that declares it, --schema FILE, or evaluate over the files"
            problem = error("PQL044", message, (0, 0), help=help, source=Source("", definition.title))
            found += list(problem.diagnostics)
    if found:
        raise PQLError(found)


def _asked(program: Program, missing: Sequence[tuple[str, ...]], schema: Schema) -> Sequence[tuple[str, ...]]:
    """The paths of those that a program asks for."""
    from pqltools.workspace.definitions import (
        compares_objects,
        iterates_objects,
        named_paths,
        uses_profile_itself,
        with_segments,
    )

    programs = [*with_segments([program])]
    if any(uses_profile_itself(each.tree) for each in programs):
        return missing
    # Of an object that is used as a whole every field counts; else those only that are named.
    is_whole = any(iterates_objects(each) or compares_objects(each) for each in programs)
    named = named_paths([program], schema)
    return [path for path in missing if any(_meet(field, path, is_whole=is_whole) for field in named)]


def _meet(field: tuple[str, ...], path: tuple[str, ...], *, is_whole: bool) -> bool:
    """Whether a field is what is at a path, or in it, or with `is_whole` around it; ``*`` is any key."""
    steps = zip(field, path, strict=False)
    return (is_whole or len(field) >= len(path)) and all(
        one == other or ANY_STEP in (one, other) for one, other in steps
    )
