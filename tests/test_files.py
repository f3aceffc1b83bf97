"""Are files read with clear errors and replaced all or none?"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pqltools import PQLError
from pqltools.files import decode, expand, read_source, replace_files


def only(caught: pytest.ExceptionInfo[PQLError]) -> tuple[str, str]:
    (problem,) = caught.value.diagnostics
    return problem.code, problem.message


def test_missing_folder_and_large(tmp_path: Path) -> None:
    with pytest.raises(PQLError) as caught:
        read_source(str(tmp_path / "none.pql"))
    assert only(caught) == ("PQL044", "there is no such file")
    with pytest.raises(PQLError) as caught:
        read_source(str(tmp_path))
    assert only(caught) == ("PQL044", "this is a folder")
    (tmp_path / "big.pql").write_bytes(b"a" * 101)
    with pytest.raises(PQLError) as caught:
        read_source(str(tmp_path / "big.pql"), max_size=100)
    assert only(caught)[0] == "PQL011"
    assert read_source(str(tmp_path / "big.pql"), max_size=101).text == "a" * 101


@pytest.mark.parametrize(
    ("data", "column", "help"),
    [
        (b'a = "\xfcber"', 6, "save the file as UTF-8"),
        ("ü = 1".encode("utf-16"), 1, "the file is UTF-16; save it as UTF-8"),
        (b"\x7fELF\x00\x00\xff", 7, "this looks like a binary file"),
        (b"\xc3", 1, "save the file as UTF-8"),
    ],
)
def test_encodings(data: bytes, column: int, help: str) -> None:
    with pytest.raises(PQLError) as caught:
        decode(data, "x.pql")
    (problem,) = caught.value.diagnostics
    assert problem.code == "PQL014"
    assert problem.help == help
    assert problem.source is not None
    assert problem.span is not None
    assert problem.source.line_column(problem.span[0]) == (1, column)


def test_line_ends_and_mark_are_kept() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb", "x").text == "\ufeffa\r\nb"


def test_expand(tmp_path: Path) -> None:
    for name in ("b.pql", "a/z.json", "a/.hidden.pql", ".git/c.pql", "a/readme.md", "c.YAML", "d.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = [
        (os.path.relpath(path, tmp_path), named) for path, named in expand([str(tmp_path), str(tmp_path / "b.pql")])
    ]
    assert found == [("b.pql", False), ("d.yaml", False), ("a/z.json", False)]
    assert list(expand(["-", "missing.pql", "-"])) == [("-", True), ("missing.pql", True)]


def test_replace_keeps_mode_and_links(tmp_path: Path) -> None:
    target = tmp_path / "real.pql"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.pql"
    link.symlink_to("real.pql")
    replace_files({str(link): "nëw\r\n"})
    assert target.read_bytes() == "nëw\r\n".encode()
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.pql", "real.pql"]


def test_nothing_changes_if_one_cannot_be_written(tmp_path: Path) -> None:
    first = tmp_path / "a.pql"
    first.write_text("old")
    with pytest.raises(PQLError, match="cannot be written"):
        replace_files({str(first): "new", str(tmp_path / "none" / "b.pql"): "new"})
    assert first.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pql"]


def test_interruption_leaves_the_old_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "a.pql"
    first.write_text("old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_files({str(first): "new"})
    assert first.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pql"]


def test_failed_rename_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [str(tmp_path / name) for name in ("a.pql", "b.pql")]
    for name in names:
        Path(name).write_text("old")
    rename = os.replace

    def second_fails(source: str, target: str) -> None:
        if target.endswith("b.pql"):
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(PQLError, match="1 of 2 files have been replaced already") as caught:
        replace_files(dict.fromkeys(names, "new"))
    source = caught.value.diagnostics[0].source
    assert source is not None
    assert source.name == names[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pql", "b.pql"]


def test_a_folder_that_cannot_be_searched_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "z.pql").write_text("a")
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = [(os.path.relpath(path, tmp_path), named) for path, named in expand([str(tmp_path)])]
    assert found == [("z.pql", False), ("closed", False)]
