"""How is Markdown shown by this client?  As it is, or as the plain text that it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol import types

_MARKS = re.compile(r"\\([\\`*_\[\]<>#|])|\*\*|`|^\|(?:---\|)+\n?", re.MULTILINE)


def markup(text: str, formats: Sequence[types.MarkupKind] | None) -> types.MarkupContent:
    """A text in Markdown in the best of the formats that the client says that it knows."""
    if types.MarkupKind.Markdown in (formats or ()):
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    return types.MarkupContent(types.MarkupKind.PlainText, _MARKS.sub(lambda mark: mark[1] or "", text))


def documented(text: str, formats: Sequence[types.MarkupKind] | None) -> types.MarkupContent | str:
    """The same for documentation, which is a mere string for clients that know no formats."""
    content = markup(text, formats)
    return content if formats else content.value
