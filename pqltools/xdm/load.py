"""What schema is in these files?  Reads everything that is of use, and says of the rest what is wrong with it.

A file that cannot be used takes nothing from the others. What the files do not describe, profiles or events, is as in
the embedded table.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.records import Record, record
from pqltools.xdm import descriptors
from pqltools.xdm.assembly import Assembly
from pqltools.xdm.forms import items
from pqltools.xdm.library import Component, Library
from pqltools.xdm.names import PLACEHOLDER
from pqltools.xdm.roots import Roots
from pqltools.xdm.schema_files import SchemaFile, read_texts, with_tenant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pqltools.diagnostics import Severity
    from pqltools.source import Source
    from pqltools.xdm.forms import Item
    from pqltools.xdm.schema import Schema

_TENANT = re.compile(r'"meta:tenantNamespace"\s*:\s*"_?([A-Za-z0-9_]+)"')
_SUFFIX = ".json"
_UNKNOWN_TENANT = "the name of the tenant is not known, so every field that begins with `_` is taken for the tenant's"


@record
class Loaded(Record):
    """The schema, and what is wrong with the files; where nothing is of use, the schema is the standard one."""

    schema: Schema
    diagnostics: tuple[Diagnostic, ...]


def load(names: Sequence[str], *, tenant: str | None = None) -> Loaded:
    """The schema in the files `names`, which may be folders; the standard one if there are none.

    `tenant` is the tenant's name, with or without its underscore; exports do not hold it.
    """
    loading = _Loading(tenant)
    loading.read(names)
    return loading.loaded()


class _Loading:
    def __init__(self, tenant: str | None) -> None:
        self.tenant = tenant.removeprefix("_") if tenant else None
        self.problems: list[Diagnostic] = []
        self.components: list[Component] = []
        self.descriptors: list[dict[str, Any]] = []
        #: The file of each component.
        self.files: dict[int, SchemaFile] = {}

    def read(self, names: Sequence[str]) -> None:
        """Take what is in the files."""
        texts, problems = read_texts(_expand(names))
        self.problems += problems
        tenant = self.tenant or next((found[1] for source, _ in texts if (found := _TENANT.search(source.text))), None)
        for source, named in texts:
            self._file(source, named, tenant)
        if names and not (self.components or self.descriptors or self.problems):
            help = f"schemas are read from files that end with `{_SUFFIX}`"
            message = f"there is no schema in {', '.join(f'`{name}`' for name in names)}"
            self.problems.append(Diagnostic("PQL050", message, None, "error", help))

    def _file(self, source: Source, named: bool, tenant: str | None) -> None:
        if PLACEHOLDER in source.text:
            if tenant is not None:
                source = with_tenant(source, tenant)
            else:
                at = source.text.index(PLACEHOLDER)
                help = "say whose it is: `--tenant NAME`, or `tenant` in the configuration"
                span = (at, at + len(PLACEHOLDER))
                self.problems.append(Diagnostic("PQL054", _UNKNOWN_TENANT, span, "warning", help, source=source))
        try:
            file = SchemaFile(source, named)
        except PQLError as problem:
            self.problems += problem.diagnostics
            return
        self.problems += file.warnings
        self._items(file, list(items(file.data)))

    def _items(self, file: SchemaFile, found: list[Item]) -> None:
        for item in found:
            if item.kind == "component":
                identifier = item.value.get("$id")
                component = Component(item.value, identifier if isinstance(identifier, str) else None)
                self.components.append(component)
                self.files[id(component)] = file
            elif item.kind == "descriptor":
                self._descriptor(file, item)
        useful = any(item.kind in ("component", "descriptor") for item in found)
        for item in found:
            # A folder may hold other documents beside schemas; error messages are there by mistake.
            if item.kind == "error" or (item.kind == "other" and (file.named or useful)):
                self._useless(file, item, item.message, item.help, "warning" if useful else "error")

    def _descriptor(self, file: SchemaFile, item: Item) -> None:
        if any(descriptors.paths(item.value)):
            self.descriptors.append(item.value)
        else:
            message = "this descriptor does not say which field it is about"
            self._useless(file, item, message, "`xdm:sourceProperty` is missing", "warning")

    def _useless(self, file: SchemaFile, item: Item, message: str, help: str | None, severity: Severity) -> None:
        self.problems.append(Diagnostic("PQL050", message, file.span(item.path), severity, help, source=file.source))

    def loaded(self) -> Loaded:
        """The schema of all that has been read."""
        library = Library(self.components)
        roots = Roots(self.components, library)
        if self.components and not (roots.profile or roots.event):
            self._no_roots()
        assembly = Assembly(library, roots, self.descriptors, self.files, self.tenant)
        schema = assembly.schema()
        return Loaded(schema, tuple(self.problems + assembly.problems))

    def _no_roots(self) -> None:
        component = self.components[0]
        file = self.files[id(component)]
        what = f"`{component.title}`" if component.title else "this"
        message = f"{what} is no schema of profiles or events, and no other one is given"
        help = "PQL starts from XDM Individual Profile and XDM ExperienceEvent; add a schema or union of these classes"
        self.problems.append(Diagnostic("PQL050", message, (0, 1), "error", help, source=file.source))


def _expand(names: Sequence[str]) -> list[tuple[str, bool]]:
    from pqltools.files import expand

    return [(name, named) for name, named in expand(names) if named or name.endswith(_SUFFIX)]
