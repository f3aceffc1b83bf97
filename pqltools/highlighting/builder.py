"""Which files of `editors/` are generated?  Run as a module it writes them; a test fails while one is out of date.

``python -m pqltools.highlighting.builder`` after a change of the grammar's words, of the registry of functions or of
this folder. It needs the checkout: an installed package has no `editors/`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pqltools.highlighting import emacs, injections, sublime, textmate, vim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: The command that a test names.
COMMAND = "python -m pqltools.highlighting.builder"
EDITORS = Path(__file__).parents[2] / "editors"


def _json(grammar: Callable[[], object]) -> Callable[[], str]:
    return lambda: json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


#: The text of each file by its path in `editors/`.
FILES: dict[str, Callable[[], str]] = {
    "vscode/syntaxes/pql.tmLanguage.json": _json(textmate.grammar),
    "vscode/syntaxes/pql-json.tmLanguage.json": _json(textmate.tree_grammar),
    "vscode/syntaxes/pql-in-json.tmLanguage.json": _json(injections.json_grammar),
    "vscode/syntaxes/pql-in-yaml.tmLanguage.json": _json(injections.yaml_grammar),
    "neovim/syntax/pql.vim": vim.syntax,
    "sublime/PQL.sublime-syntax": sublime.syntax,
    "emacs/pql-words.el": emacs.words,
}


def main() -> int:
    """Write all files."""
    if not EDITORS.is_dir():
        print(f"there is no folder {EDITORS}: run this in a checkout", file=sys.stderr)
        return 2
    for name, text in FILES.items():
        path = EDITORS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8", newline="\n")
        print(f"wrote {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
