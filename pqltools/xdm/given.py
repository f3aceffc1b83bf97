"""Which schema did a caller give?  `schema_of`, for library calls that take a loaded one or the files of one."""

from __future__ import annotations

from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.xdm.schema import Schema


def schema_of(schema: Schema | str | Iterable[str] | None, tenant: str | None = None) -> Schema:
    """The schema: as it is, from files, or the standard one for None.

    Raises `PQLError` for files that cannot be used.
    """
    from pqltools.xdm.schema import Schema

    if isinstance(schema, Schema):
        return schema
    if schema is None and tenant is None:
        from pqltools.xdm.standard import standard

        return standard()
    from pqltools.xdm.load import load

    loaded = load([schema] if isinstance(schema, str) else [*(schema or ())], tenant=tenant)
    errors = [diagnostic for diagnostic in loaded.diagnostics if diagnostic.severity == "error"]
    if errors:
        raise PQLError(errors)
    return loaded.schema
