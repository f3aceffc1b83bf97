"""Does the code keep to its plan?  Layers, sizes, docstrings, and what may be imported when `pql` starts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pqltools"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Folders and top-level modules by layer. A module imports only from lower layers or its own folder.
LAYERS = {
    "records": 0,
    "source": 0,
    "diagnostics": 0,
    "limits": 0,
    "render": 0,
    "files": 0,
    "syntax": 1,
    "formats": 2,
    "types": 3,
    "functions": 4,
    "xdm": 4,
    "data": 5,
    "highlighting": 5,
    "inference": 5,
    "checks": 6,
    "description": 6,
    "evaluation": 6,
    "workspace": 7,
    "sql": 7,
    "testing": 8,
    "engines": 8,
    "segmentation": 9,
    "lsp": 10,
    "api": 10,
    "cli": 11,
    # The facade, which imports lazily, and `python -m pqltools`.
    "__init__": 12,
    "__main__": 12,
}
LONGEST = 400
#: Written by a program, not for people.
GENERATED = {"syntax/_tables.py"}
#: Run while developing only, never by `pql`.
OFFLINE = {
    "syntax/table_builder.py",
    "formats/json_schema.py",
    "checks/readme_builder.py",
    "xdm/table_builder.py",
    "highlighting/builder.py",
    "highlighting/vim.py",
    "highlighting/emacs.py",
}
#: In processes of their own, which wait for their libraries in any case; only their commands import them.
SERVERS = ("lsp", "segmentation", "api")
#: What `pql` must not wait for.
SLOW = frozenset(
    """typing dataclasses inspect pathlib logging importlib.metadata email urllib tempfile subprocess
    lark pydantic yaml ruamel ruamel.yaml jsonschema click pygls lsprotocol
    fastapi starlette uvicorn sqlalchemy alembic duckdb pyarrow
    pyspark""".split()
)
#: Not to be imported either, although `re` itself may do so.
CHEAPER_WITHOUT = frozenset(("enum", "collections.abc"))


def place(path: Path) -> str:
    """The folder of a module, or the module itself at the top."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported anywhere below `tree`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "pqltools")


def imports_at_start(tree: ast.Module) -> Iterator[str]:
    """The modules that importing this one imports: not those in functions, nor those for type checkers."""
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        elif isinstance(node, ast.If):
            for_checkers = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            pending += node.orelse if for_checkers else node.body + node.orelse
        elif isinstance(node, ast.Try | ast.ClassDef | ast.With):
            pending += node.body


by_module = pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])


def test_the_plan_covers_the_package() -> None:
    assert len(MODULES) > 20
    assert {place(path) for path in MODULES} <= {*LAYERS}


@by_module
def test_imports_go_down(path: Path) -> None:
    own = place(path)
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        names = module.split(".")
        if names[0] != "pqltools" or len(names) == 1 or names[1] == "__version__":
            continue
        other = names[1]
        assert other in LAYERS, f"`{other}` is imported by way of the facade"
        assert other == own or LAYERS[other] < LAYERS[own] or LAYERS[other] == LAYERS[own] == 0, (
            f"{own} (layer {LAYERS[own]}) imports {module} (layer {LAYERS[other]})"
        )


@by_module
def test_files_are_short_enough_to_read(path: Path) -> None:
    if str(path.relative_to(PACKAGE)) not in GENERATED:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@by_module
def test_docstring_says_which_question_the_file_answers(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "the module has no docstring"
    first = docstring.split("\n\n")[0]
    assert re.search(r"[.?:]\s*$|\?\s", first), f"neither a question nor a sentence: {first!r}"
    assert first[0].isupper() or first.startswith(("pql", "`"))


@by_module
def test_nothing_slow_is_imported_at_start(path: Path) -> None:
    if str(path.relative_to(PACKAGE)) in OFFLINE or place(path) in SERVERS:
        return
    for module in imports_at_start(ast.parse(path.read_text(encoding="utf-8"))):
        assert not {module, module.split(".")[0]} & (SLOW | CHEAPER_WITHOUT), (
            f"`{module}` is imported when the module is"
        )


STARTS = {
    "import pqltools": "import pqltools",
    "parse": "import pqltools; pqltools.parse('a = 1')",
    "to_json_bytes": "import pqltools; pqltools.to_json_bytes(pqltools.parse('a = 1'))",
    "pql --version": "import sys; sys.argv = ['pql', '--version']; from pqltools.cli import main; main()",
    "pql convert": "import sys; sys.argv = ['pql', 'convert', '-']; from pqltools.cli import main; main()",
    "pql check": "import sys; sys.argv = ['pql', 'check', '--isolated', '-']; from pqltools.cli import main; main()",
}


@pytest.mark.parametrize("start", STARTS)
def test_start_loads_nothing_slow(start: str) -> None:
    """What is in memory afterwards, in a fresh interpreter, that an empty one would not have loaded."""
    script = f"""
import sys
before = {{*sys.modules}}
try:
    {STARTS[start]}
except SystemExit as end:
    assert not end.code, end.code
print(*sorted({{*sys.modules}} - before), file=sys.stderr)
"""
    # -I keeps this directory, PYTHON… variables and the user's site out.
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"],
        input='a = "x"',
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    loaded = {*run.stderr.splitlines()[-1].split()}
    assert any(name.startswith("pqltools") for name in loaded)
    assert not loaded & SLOW
    assert "pqltools.formats.json_schema" not in loaded
