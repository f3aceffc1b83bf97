"""Which definitions ask for fields that are in the data, and not in the store, as the schema does not declare them?

To go on would say that these fields are nowhere, which is another answer than that over the files.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError, error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.engines.store.store import Store
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


def check_fields(store: Store, schema: Schema, definitions: Sequence[Definition]) -> None:
    """Raise `PQLError` (PQL044) if there are such definitions."""
    if not store.left_out:
        return
    from pqltools.workspace.definitions import used_paths

    found = []
    for definition in definitions:
        used = used_paths([definition.program], schema) or []
        asked = sorted({path for path in store.left_out for field in used if field[: len(path)] == path})
        if asked:
            names = ", ".join(f"`{'.'.join(path)}`" for path in asked)
            message = f"{names} was left out of the store, as the schema did not declare it"
            help = "load the profiles with a schema that declares it, --schema FILE, or evaluate over the files"
            problem = error("PQL044", message, (0, 0), help=help, source=Source("", definition.title))
            found += list(problem.diagnostics)
    if found:
        raise PQLError(found)
