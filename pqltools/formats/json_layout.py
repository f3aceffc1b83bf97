"""How is JSON text laid out for people?  Indents compact text, iteratively, unlike the encoder of `json`."""

from __future__ import annotations

from pqltools.formats.json_locations import TOKEN


def indented(text: str) -> str:
    """The compact JSON `text` as ``json.dumps(…, indent=2)`` would write it."""
    parts: list[str] = []
    line = "\n"
    for match in TOKEN.finditer(text):
        token = match.group()
        if token in ("{", "["):
            line += "  "
            parts += (token, line)
        elif token in ("}", "]"):
            line = line[:-2]
            if parts[-1].isspace():
                parts[-1] = token  # nothing inside
            else:
                parts += (line, token)
        elif token == ",":
            parts += (token, line)
        else:
            parts.append(": " if token == ":" else token)
    return "".join(parts)
