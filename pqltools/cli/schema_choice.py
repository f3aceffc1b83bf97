"""Which schema does the user mean?  That of the command line, else that of the configuration, else the standard one."""

from __future__ import annotations

from pqltools.workspace.config_files import Configurations
from pqltools.workspace.setup import files_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.diagnostics import Diagnostic
    from pqltools.xdm.schema import Schema


def chosen(names: list[str] | None, tenant: str | None) -> tuple[Schema, tuple[Diagnostic, ...]]:
    """The schema, and what is wrong with its files. Raises `PQLError` for a configuration with faults."""
    from pqltools.xdm.load import load

    if names is None or tenant is None:
        config = Configurations().for_file("-")
        if config is not None:
            tenant = tenant or config.tenant
            names = list(files_of(config, config.schemas, "schemas")) if names is None else names
    loaded = load(names or (), tenant=tenant)
    return loaded.schema, loaded.diagnostics
