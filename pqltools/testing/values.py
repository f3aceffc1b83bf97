"""What does the value under this key mean?  One reader for each kind of value, which checks what it gets."""

from __future__ import annotations

import os

from pqltools.data.decoding import as_decoded
from pqltools.diagnostics import PQLError
from pqltools.formats.definition_files import Embedded
from pqltools.formats.json_locations import excerpt, path_text
from pqltools.testing.changes import Change, parse_path
from pqltools.testing.model import Subject
from pqltools.testing.references import Missing, file_name
from pqltools.testing.shapes import WORDS
from pqltools.types.time import iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.json_locations import Path
    from pqltools.testing.faults import Reading
    from pqltools.testing.references import Library


class Values:
    """Reads the values of one document; files are those of `library`, relative to the document's."""

    def __init__(self, reading: Reading, library: Library) -> None:
        self.reading = reading
        self.library = library
        self.folder = os.path.dirname(reading.document.source.name)  # noqa: PTH120 - pathlib is slow to import
        #: By name; None for one with faults.
        self._profiles: dict[str, Any] = {}
        self.profile_faults: list[Diagnostic] = []

    def read(self, kind: str, value: Any, path: Path) -> Any:
        """The value as the tests need it; None, and a fault, if it is not of this kind."""
        return _READERS[kind](self, value, path)

    def read_profiles(self, value: Any, path: Path) -> None:
        """Take the named profiles. What is wrong with one of them is kept for the tests that use it."""
        for name, profile in self._members(value, "profiles", path):
            before = len(self.reading.faults)
            self._profiles[name] = self._profile_itself(profile, (*path, name))
            faults = self.reading.faults[before:]
            if faults:
                del self.reading.faults[before:]
                self._profiles[name] = PQLError(faults)
                self.profile_faults += faults

    # Simple values.

    def text(self, value: Any, path: Path) -> str | None:
        """A string that is not empty."""
        if not isinstance(value, str):
            self.reading.wrong_type(value, "a string", path)
        elif not value:
            self.reading.fault("PQL075", f"`{path[-1]}` is empty", path, None)
        else:
            return value
        return None

    def boolean(self, value: Any, path: Path) -> Any:
        """`true` or `false`."""
        if not isinstance(value, bool):
            self.reading.wrong_type(value, WORDS["boolean"], path)
        return value

    def any(self, value: Any, path: Path) -> Any:
        """Whatever stands there."""
        return value

    def now(self, value: Any, path: Path) -> int | None:
        """An instant in milliseconds since 1970 UTC."""
        text = self.text(value, path)
        instant = None if text is None else iso_instant(text)
        if text is not None and instant is None:
            help = "write it as `2024-03-15T10:30:00Z`"
            self.reading.fault("PQL075", f"{excerpt(text)} is no instant", path, help)
        return instant

    def texts(self, value: Any, path: Path) -> tuple[str, ...]:
        """Names of files that are there, relative to the working directory."""
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list):
            self.reading.wrong_type(value, WORDS["texts"], path)
            return ()
        names = []
        for index, item in enumerate(items):
            at = path if items is not value else (*path, index)
            text = self.text(item, at)
            if text is not None:
                names.append(self._file(text))
                if not os.path.exists(names[-1]):  # noqa: PTH110
                    self.reading.fault("PQL077", f"there is no file {file_name(names[-1])}", at, None)
        return tuple(names)

    def codes(self, value: Any, path: Path) -> tuple[str, ...]:
        """Codes; names are turned into them."""
        from pqltools.diagnostics import CODES
        from pqltools.workspace.selection import likely, prefix_of

        if not isinstance(value, list):
            self.reading.wrong_type(value, WORDS["codes"], path)
            return ()
        found = []
        for index, item in enumerate(value):
            text = self.text(item, (*path, index))
            code = None if text is None else prefix_of(text)
            if code in CODES:
                found.append(code or "")
            elif text is not None:
                meant = likely(text)
                help = f"did you mean `{meant}`?" if meant else "`pql rule` lists the codes"
                self.reading.fault("PQL063", f"no rule has the code or name {excerpt(text)}", (*path, index), help)
        return tuple(found)

    # Expressions.

    def definition(self, value: Any, path: Path) -> Subject | None:
        """The definition in a file."""
        if isinstance(value, str):
            name = self.text(value, path)
            return None if name is None else self._subject(name, None, "", path)
        if not isinstance(value, dict):
            self.reading.wrong_type(value, WORDS["definition"], path)
            return None
        before = len(self.reading.faults)
        for key in value:
            if key not in ("file", "name", "id"):
                self.reading.unknown(key, (*path, key), ("file", "name", "id"), "a definition")
        if "file" not in value:
            self.reading.fault("PQL075", "the definition has no `file`", path, None, opening=True)
        if "name" in value and "id" in value:
            self.reading.fault("PQL075", "`name` and `id` exclude each other", (*path, "id"), None, key=True)
        texts = {key: self.text(value[key], (*path, key)) for key in ("file", "name", "id") if key in value}
        name = texts.get("file")
        if name is None or len(self.reading.faults) > before:
            return None
        key = next((key for key in ("name", "id") if key in texts), None)
        return self._subject(name, key, texts[key] or "" if key else "", path)

    def _subject(self, name: str, key: str | None, wanted: str, path: Path) -> Subject | None:
        found: Subject | None = self._from_file(lambda file: self.library.subject(file, key, wanted), name, path)
        return found

    def expression(self, value: Any, path: Path) -> Subject | None:
        """An expression that stands in the test file."""
        is_tree = isinstance(value, dict) and isinstance(value.get("nodeType"), str)
        if not is_tree and not isinstance(value, str):
            self.reading.wrong_type(value, WORDS["expression"], path)
            return None
        document = self.reading.document
        spelling = document.spelling(path)
        assert spelling is not None
        format = "pql/json" if is_tree else "pql/text"
        embedded = Embedded(format, value, path_text(path), spelling.span, None, spelling=spelling)
        title = f"{document.source.name}:{document.source.line_column(spelling.span[0])[0]}"
        return Subject(title, format, value, source=document.source, embedded=embedded)

    # Data.

    def profile(self, value: Any, path: Path) -> tuple[str | None, Any] | None:
        """What the profile is called, and the profile."""
        if not isinstance(value, str):
            found = self._profile_itself(value, path)
            return (value.get("id", value["file"]) if _is_profile_file(value) else None), found
        if value not in self._profiles:
            from difflib import get_close_matches

            close = get_close_matches(value[:60], self._profiles, n=1, cutoff=0.6)
            help = f"did you mean `{close[0]}`?" if close else "name it under `profiles`, or write it here"
            self.reading.fault("PQL077", f"there is no profile {excerpt(value)}", path, help)
            return None
        found = self._profiles[value]
        if isinstance(found, PQLError):
            self.reading.faults += found.diagnostics
            return None
        return value, found

    def _profile_itself(self, value: Any, path: Path) -> Any:
        if _is_profile_file(value):
            events = self._file(value["events"]) if "events" in value else None

            def read(name: str) -> Any:
                return self.library.profile(name, value.get("id"), events)

            return _decoded(self._from_file(read, value["file"], (*path, "file")))
        if not isinstance(value, dict):
            self.reading.wrong_type(value, WORDS["profile"] if path[-1] == "profile" else "a profile", path)
        return _decoded(value)

    def changes(self, value: Any, path: Path) -> tuple[Change, ...]:
        """Fields and their new values."""
        found = []
        for key, item in self._members(value, "changes", path):
            steps = parse_path(key)
            if steps is None:
                help = "write it as `loyalty.tier` or `xEvent[0].eventType`, odd names in back-quotes"
                self.reading.fault("PQL075", f"{excerpt(key)} is no path of a field", (*path, key), help, key=True)
            else:
                found.append(Change(key, steps, item, (*path, key)))
        return tuple(found)

    def segments(self, value: Any, path: Path) -> dict[str, Subject | bool]:
        """Definitions by id, or whether the profile is in the segment."""
        found: dict[str, Subject | bool] = {}
        for id, item in self._members(value, "segments", path):
            at = (*path, id)
            read: Subject | bool | None = None
            if isinstance(item, bool):
                read = item
            elif isinstance(item, dict) and [*item] == ["expression"]:
                read = self.expression(item["expression"], (*at, "expression"))
            elif isinstance(item, dict) and [*item] == ["definition"]:
                read = self.definition(item["definition"], (*at, "definition"))
            else:
                self.reading.wrong_type(item, "`true`, `false`, `{definition: …}` or `{expression: …}`", at)
            if read is not None:
                found[id] = read
        return found

    def models(self, value: Any, path: Path) -> dict[str, Any]:
        """The instances of models by their references."""
        found = {}
        for reference, item in self._members(value, "models", path):
            at = (*path, reference, "file")
            found[reference] = self._from_file(self.library.data, item["file"], at) if _is_file(item) else item
        return found

    def cases(self, value: Any, path: Path) -> Any:
        """A table; its rows are read one by one."""
        if not isinstance(value, list):
            self.reading.wrong_type(value, WORDS["cases"], path)
        return value

    # Steps that the readers share.

    def _members(self, value: Any, kind: str, path: Path) -> Iterable[tuple[str, Any]]:
        if isinstance(value, dict):
            return value.items()
        self.reading.wrong_type(value, WORDS[kind], path)
        return ()

    def _file(self, name: str) -> str:
        return os.path.normpath(os.path.join(self.folder, name))  # noqa: PTH118

    def _from_file(self, read: Callable[[str], Any], name: str, path: Path) -> Any:
        """What a file holds. That it is not there is wrong here, what is in it is wrong there."""
        try:
            return read(self._file(name))
        except Missing as problem:
            self.reading.fault("PQL077", str(problem), path, problem.help)
        except PQLError as problem:
            self.reading.faults += problem.diagnostics
        return None


def _decoded(profile: Any) -> Any:
    """The profile by the names that paths use, whichever it is written in."""
    return as_decoded(profile) if isinstance(profile, dict) else profile


def _is_profile_file(value: Any) -> bool:
    """Whether a value is a reference to a profile in a file."""
    if not isinstance(value, dict) or "file" not in value or not value.keys() <= {"file", "id", "events"}:
        return False
    return all(isinstance(each, str) for each in value.values())


def _is_file(value: Any) -> bool:
    """Whether a value is a reference to a file: an object with nothing but `file`, a string."""
    return isinstance(value, dict) and [*value] == ["file"] and isinstance(value["file"], str)


_READERS: Mapping[str, Callable[[Values, Any, Path], Any]] = {
    name: getattr(Values, name)
    for name in (
        "text", "boolean", "any", "now", "texts", "codes", "definition", "expression", "profile", "changes",
        "segments", "models", "cases",
    )
}  # fmt: skip
