"""Which file does a test mean?  `Library` reads definitions and data, each file once, by names relative to the test's.

What cannot be read raises `PQLError` whose diagnostics are placed in the file that is wrong; that there is no such file
is `Missing`, for the place that names it is what is wrong then.
"""

from __future__ import annotations

import os

from pqltools.diagnostics import PQLError, error
from pqltools.files import read_source
from pqltools.formats.definition_files import read_file
from pqltools.formats.json_faults import json_type
from pqltools.formats.json_locations import excerpt
from pqltools.testing.documents import read_documents
from pqltools.testing.model import Subject
from pqltools.workspace.given import definition_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.definition_files import DefinitionFile, Embedded


#: Profiles in other files are read by `pqltools.data`, which knows no YAML.
_YAML = (".yaml", ".yml")
_CHOOSE = "name one by an id of it, as in `{file: …, id: …}`"


class Missing(Exception):
    """There is no such file, or no such definition in it. `help` is the cure, if one is near."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


class Library:
    """The files of one run."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, bool], Any] = {}
        self._profiles: dict[tuple[str, str | None, str | None], Any] = {}

    def data(self, name: str) -> Any:
        """The value in a file of data, JSON or YAML. Raises `Missing` and `PQLError`."""
        return self._once(name, False)

    def profile(self, name: str, id: str | None = None, events: str | None = None) -> Any:
        """The profile in a file, by its `id` if there are several, with its events of another file.

        Raises `Missing` and `PQLError`.
        """
        for each in (name, events):
            _check_there(each)
        if name.lower().endswith(_YAML):
            return self._yaml_profile(name)
        key = os.path.realpath(name), id, None if events is None else os.path.realpath(events)
        if key not in self._profiles:
            from pqltools.data.one_profile import read_profile

            try:
                self._profiles[key] = read_profile(name, id, events=events, choose=_CHOOSE)
            except PQLError as problem:
                self._profiles[key] = problem
        return _raised(self._profiles[key])

    def _yaml_profile(self, name: str) -> Any:
        found = self.data(name)
        if not isinstance(found, dict):
            message = f"the file holds {json_type(found)}, not a profile"
            help = "a profile is an object, with its events under `xEvent`"
            raise error("PQL075", message, (0, 0), help=help, source=read_source(name))
        return found

    def file(self, name: str) -> DefinitionFile:
        """The expressions of a file. Raises `Missing` and `PQLError`."""
        found: DefinitionFile = self._once(name, True)
        return found

    def subject(self, name: str, key: str | None = None, wanted: str = "") -> Subject:
        """The definition in a file whose `key`, ``name`` or ``id``, is `wanted`; without a key the only one.

        Raises `Missing` and `PQLError`.
        """
        file = self.file(name)
        if key is None:
            if len(file.expressions) == 1:
                return subject_of(file, file.expressions[0])
            help = f"name one, as in `{{file: …, name: {_name(file, file.expressions[0])}}}`"
            raise Missing(f"{file_name(name)} holds {len(file.expressions)} definitions", help)
        found = [each for each in file.expressions if (definition_of(file, each) or {}).get(key) == wanted]
        if len(found) == 1:
            return subject_of(file, found[0])
        count = f"{len(found)} definitions" if found else "no definition"
        raise Missing(f"{file_name(name)} has {count} whose {key} is {excerpt(wanted)}", _near(file, key, wanted))

    def _once(self, name: str, as_definition: bool) -> Any:
        key = os.path.realpath(name), as_definition
        if key not in self._read:
            _check_there(name)
            try:
                self._read[key] = read_file(read_source(name)) if as_definition else _only(name)
            except PQLError as problem:
                self._read[key] = problem
        return _raised(self._read[key])


def _raised(found: Any) -> Any:
    """What was found, unless it is what was wrong."""
    if isinstance(found, PQLError):
        raise found
    return found


def _check_there(name: str | None) -> None:
    """Raise `Missing` if there is no such file."""
    if name not in (None, "-") and not os.path.exists(name):  # noqa: PTH110 - pathlib is slow to import
        raise Missing(f"there is no file {file_name(name)}", _near_file(name))


def file_name(name: str) -> str:
    """The name of a file for a message; it is of no use if it is cut."""
    return excerpt(name, 1000)


def subject_of(file: DefinitionFile, embedded: Embedded) -> Subject:
    """The expression of a file as something to test."""
    title = file.source.name
    if len(file.expressions) > 1:
        title = f"{title}: {_name(file, embedded)}"
    return Subject(title, embedded.format, embedded.value, source=file.source, embedded=embedded, file=file)


def _only(name: str) -> Any:
    documents = read_documents(name)
    if len(documents) != 1:
        message = f"the file holds {len(documents)} documents" if documents else "the file is empty"
        raise error("PQL075", message, (0, 0), help="one is needed", source=read_source(name))
    return documents[0].data


def _name(file: DefinitionFile, embedded: Embedded) -> str:
    return embedded.name or (definition_of(file, embedded) or {}).get("id") or embedded.path


def _near(file: DefinitionFile, key: str, wanted: str) -> str | None:
    from difflib import get_close_matches

    names = [(definition_of(file, each) or {}).get(key) for each in file.expressions]
    known = [name for name in names if isinstance(name, str)]
    close = get_close_matches(wanted[:100], known, n=1, cutoff=0.6)
    if close and close[0] != wanted:
        return f"did you mean {excerpt(close[0])}?"
    return f"there are {', '.join([excerpt(name) for name in known[:8]])}" if known and wanted not in known else None


def _near_file(name: str) -> str | None:
    from difflib import get_close_matches

    folder, wanted = os.path.split(name)
    try:
        known = os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return f"there is no folder {file_name(folder)}"
    close = get_close_matches(wanted[:100], known, n=1, cutoff=0.6)
    return f"did you mean {excerpt(close[0])}?" if close else None
