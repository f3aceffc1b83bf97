"""Do patterns fit what people expect of them?"""

from __future__ import annotations

from pathlib import Path

import pytest

from pqltools.workspace.globs import Glob, relative

FITS = [
    ("a.json", "a.json"),
    ("a.json", "deep/down/a.json"),
    ("*.json", "x/y.json"),
    ("legacy", "legacy/x/y.json"),
    ("legacy/", "some/legacy/x.json"),
    ("legacy/*", "legacy/x/y.json"),
    ("./segments/a.json", "segments/a.json"),
    ("segments/**/a.json", "segments/a.json"),
    ("segments/**/a.json", "segments/x/y/a.json"),
    ("**/a.json", "a.json"),
    ("segments/**", "segments/x/y"),
    ("a?[bc][!d].pql", "axbe.pql"),
    ("with[#]hash.json", "with#hash.json"),
    ("a+(b).json", "a+(b).json"),
]
DOES_NOT_FIT = [
    ("a.json", "ba.json"),
    ("a.json", "a.jsonl"),
    ("x/*.json", "y/x/a.json"),
    ("x/*/a.json", "x/a.json"),
    ("x/?.json", "x/yy.json"),
    ("a[!b].json", "ab.json"),
    ("legacy", "legacy-not/x.json"),
    ("a.json#Name", "a.json"),
]


@pytest.mark.parametrize(("pattern", "path"), FITS)
def test_fits(pattern: str, path: str) -> None:
    assert Glob(pattern).fits(path)


@pytest.mark.parametrize(("pattern", "path"), DOES_NOT_FIT)
def test_does_not_fit(pattern: str, path: str) -> None:
    assert not Glob(pattern).fits(path)


def test_definitions() -> None:
    glob = Glob("page.json#Test *")
    assert glob.fits_definition("x/page.json", ["id", "Test of something/else"])
    assert not glob.fits_definition("x/page.json", ["A Test"])
    assert not glob.fits_definition("other.json", ["Test x"])
    assert not glob.fits_definition("page.json", [])
    assert Glob("page.json").fits_definition("page.json", ["any"])


def test_relative() -> None:
    assert relative(str(Path("a") / "b.json"), "a") == "b.json"
    assert relative(str(Path("a") / "b.json"), ".") == "a/b.json"
    assert relative(str(Path("ab") / "c.json"), "a") == (Path.cwd() / "ab" / "c.json").as_posix()
