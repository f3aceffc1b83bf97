"""How is Markdown shown by this client?  As it is, or as the plain text that it asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol import types

_MARKS = re.compile(r"\\([\\`*_\[\]<>#|])|\*\*|`|^\|(?:---\|)+\n?", re.MULTILINE)


def markup(text: str, formats: Sequence[types.MarkupKind] | None) -> types.MarkupContent:
    """A text in Markdown in the best of the formats that the client knows, Markdown if it does not say."""
    if not formats or types.MarkupKind.Markdown in formats:
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    return types.MarkupContent(types.MarkupKind.PlainText, _MARKS.sub(lambda mark: mark[1] or "", text))
