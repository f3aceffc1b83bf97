"""How is any text written in XML?  With references, and without the characters that XML cannot hold."""

from __future__ import annotations

import re

#: What XML 1.0 cannot hold, not even as a reference.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_IN_TEXT = str.maketrans({char: _REFERENCES[char] for char in "&<>\r"})
_IN_ATTRIBUTE = str.maketrans(_REFERENCES)


def attribute(text: str) -> str:
    """The text as the value of an attribute, in its quotes."""
    return f'"{_IMPOSSIBLE.sub(chr(0xFFFD), text).translate(_IN_ATTRIBUTE)}"'


def text(text: str) -> str:
    """The text between two tags."""
    return _IMPOSSIBLE.sub("\ufffd", text).translate(_IN_TEXT)
