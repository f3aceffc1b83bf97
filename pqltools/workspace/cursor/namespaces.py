"""Which identity namespaces do these expressions use?  `namespaces_in`: those between the brackets of identity maps."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: ``identityMap["Email"]`` and ``identityMap.get("Email")``; a text is searched and not parsed, for there may be many.
_USE = re.compile(r"""identityMap(?:\s*\[|\s*\.\s*get\s*\()\s*(["'])(?P<name>\w[\w .-]{0,63})\1\s*[\])]""")


def namespaces_in(texts: Iterable[str]) -> Iterator[str]:
    """Each namespace once, in the order of the texts.

    >>> [*namespaces_in(['identityMap["CRMID"].id.exists()', "a = 1"])]
    ['CRMID']
    """
    found = (use["name"] for text in texts if "identityMap" in text for use in _USE.finditer(text))
    yield from dict.fromkeys(found)
