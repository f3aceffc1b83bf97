"""What is the syntax definition of PQL for Sublime Text (`.sublime-syntax`, version 2)?"""

from __future__ import annotations

import json

from pqltools.highlighting.pieces import PLAIN, pieces
from pqltools.highlighting.textmate import NOTE, scope

_HEAD = f"""\
%YAML 1.2
---
# {NOTE}
name: PQL
scope: source.pql
version: 2
file_extensions:
  - pql
contexts:
  main:
    - match: /\\*
      scope: punctuation.definition.comment.begin.pql
      push: comment
    - match: //.*$
      scope: comment.line.double-slash.pql
    - match: '"'
      scope: punctuation.definition.string.begin.pql
      push: double
    - match: "'"
      scope: punctuation.definition.string.begin.pql
      push: single
"""

_TAIL = """\
  comment:
    - meta_scope: comment.block.pql
    - match: \\*/
      scope: punctuation.definition.comment.end.pql
      pop: 1
  double:
    - meta_scope: string.quoted.double.pql
    - match: \\\\.
      scope: constant.character.escape.pql
    - match: '"|$'
      scope: punctuation.definition.string.end.pql
      pop: 1
  single:
    - meta_scope: string.quoted.single.pql
    - match: \\\\.
      scope: constant.character.escape.pql
    - match: "'|$"
      scope: punctuation.definition.string.end.pql
      pop: 1
"""


def syntax() -> str:
    """The text of `PQL.sublime-syntax`. The expressions are written as JSON strings, which YAML reads as they are."""
    lines: list[str] = []
    for piece in pieces(PLAIN):
        first, *rest = piece.roles
        lines.append(f"    - match: {json.dumps(piece.pattern)}")
        if first:
            lines.append(f"      scope: {scope(first)}")
        else:
            lines.append("      captures:")
            lines += [f"        {number}: {scope(role)}" for number, role in enumerate(rest, 1) if role]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL
