"""What is there to read about a field, a function, a word or a segment?  Markdown, by the key of a completion too."""

from __future__ import annotations

import json

from pqltools.checks.type_words import words
from pqltools.workspace.cursor.word_docs import code, function_doc, word_doc
from pqltools.xdm.schema import resolve
from pqltools.xdm.suggestions import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.model import Member, Type
    from pqltools.workspace.cursor.known import Known
    from pqltools.xdm.names import Steps

#: Values that are shown; some fields have hundreds.
MOST_VALUES = 12


def documentation(key: str, known: Known) -> str | None:
    """What the key of a completion stands for, in Markdown; None if nothing is known of it."""
    kind, _, name = key.partition(":")
    match kind:
        case "function":
            from pqltools.functions.registry import function

            entry = function(name)
            return None if entry is None else function_doc(entry)
        case "keyword":
            return word_doc(name, name in ("what", "where", "when", "count"))
        case "segment":
            return segment_doc(name, known)
        case "field":
            steps = _steps(name)
            member = resolve(known.schema.profile, steps) if steps else None
            return None if member is None else field_doc(member, steps, known)
        case _:
            return None


def _steps(text: str) -> Steps:
    try:
        steps = json.loads(text)
    except ValueError:
        return ()
    return tuple(map(str, steps)) if isinstance(steps, list) else ()


def field_doc(member: Member, steps: Steps | None, known: Known, type: Type | None = None) -> str:
    """A field: its path and type, title, description, values, and whether it is deprecated.

    `type` is that of the expression, which a path through an array makes an array.
    """
    path = path_text(steps) if steps else member.name
    parts = [f"**{code(path)}**: {words(member.type if type is None else type)}{_xdm_type(member)}"]
    if member.deprecated:
        parts.append("*Deprecated.*")
    if member.title and member.title.lower() != member.name.lower():
        parts.append(_prose(member.title))
    if member.description and member.description != member.title:
        parts.append(_prose(member.description))
    parts += filter(None, (getattr(member, "identity", None), getattr(member, "relationship", None)))
    if member.enum or member.suggested:
        parts.append(_values(member))
    return "\n\n".join([*parts, f"*{known.schema.name}*"])


def _values(member: Member) -> str:
    values = member.enum or member.suggested
    labels: dict[str, str] = getattr(member, "labels", {})
    rows = ["| value | |", "|---|---|"] if member.enum else ["| suggested value | |", "|---|---|"]
    rows += [f"| {_cell(code(str(value)))} | {_cell(labels.get(str(value), ''))} |" for value in values[:MOST_VALUES]]
    if len(values) > MOST_VALUES:
        rows.append(f"| … | {len(values) - MOST_VALUES} more |")
    return "\n".join(rows)


def _xdm_type(member: Member) -> str:
    name = getattr(member, "xdm_type", None)
    return f" (XDM {name})" if name in ("long", "int", "short", "byte", "number", "date-time") else ""


def segment_doc(id: str, known: Known) -> str | None:
    """A segment of the workspace: its name, its state and method."""
    segment = known.segments.get(id)
    if segment is None:
        return None
    details = [text for text in (segment.state, f"evaluated by {segment.method}" if segment.method else None) if text]
    return "\n\n".join([f"**{_prose(segment.name or 'a segment without a name')}**", f"segment {code(id)}", *details])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    """What a schema says, which is plain text: no marks of Markdown, no HTML."""
    text = text.replace("\\", "\\\\")
    for mark in "`*_[]<>#|":
        text = text.replace(mark, f"\\{mark}")
    return "\n".join(line.strip() for line in text.strip().splitlines())
