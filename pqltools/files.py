"""How do files get in and out whole?  Reading with clear errors, and replacing all files or none.

Text is UTF-8; a byte order mark is kept as the character that it is. Writing goes through a temporary file in the same
folder that takes the target's place in one step, so that a reader sees the old text or the new one and an interruption
leaves the old one.
"""

from __future__ import annotations

import os
import stat
import sys

from pqltools.diagnostics import error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: Bytes of one file; expressions have a limit of their own.
MAX_FILE_SIZE = 256 * 2**20
#: What a folder is searched for.
SUFFIXES = (".pql", ".json", ".jsonl", ".ndjson", ".yaml", ".yml")


def read_source(name: str, *, max_size: int = MAX_FILE_SIZE) -> Source:
    """The text of the file `name`, of standard input for ``-``.

    Raises `PQLError`: PQL044 for a file that cannot be read, PQL014 for one that is not UTF-8, PQL011 beyond the
    limit.
    """
    shown = "<stdin>" if name == "-" else name
    try:
        data = _read_bytes(name, max_size + 1)
    except OSError as problem:
        source = Source("", shown)
        raise error("PQL044", _reason(problem), (0, 0), source=source) from None
    if len(data) > max_size:
        message = f"the file has more than {max_size:,} bytes"
        raise error("PQL011", message, (0, 0), source=Source("", shown))
    return decode(data, shown)


def decode(data: bytes, name: str) -> Source:
    """The text that `data` is in UTF-8, line ends as they are. Raises `PQLError` (PQL014) at the fault."""
    try:
        return Source(data.decode("utf-8"), name)
    except UnicodeDecodeError as problem:
        readable = Source(data.decode("utf-8", "replace"), name)
        at = len(data[: problem.start].decode("utf-8"))
        message = f"byte 0x{data[problem.start]:02x} is not UTF-8"
        help = "save the file as UTF-8"
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            help = "the file is UTF-16; save it as UTF-8"
        elif b"\0" in data[:1024]:
            help = "this looks like a binary file"
        raise error("PQL014", message, (at, at + 1), help=help, source=readable) from None


def _read_bytes(name: str, limit: int) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        data: bytes = sys.stdin.buffer.read(limit)
        return data
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        # To read as much as is allowed would allocate that at once.
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size + 1, limit))
        return data + file.read(limit - len(data)) if len(data) > size else data  # pipes have no size


def _reason(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "there is no such file"
    if isinstance(problem, IsADirectoryError):
        return "this is a folder"
    if isinstance(problem, PermissionError):
        return "the file may not be read"
    return f"the file cannot be read: {(problem.strerror or str(problem)).lower()}"


def expand(names: Iterable[str], is_excluded: Callable[[str], bool] | None = None) -> Iterator[tuple[str, bool]]:
    """The files that `names` stand for, each with whether it was named itself rather than found in a folder.

    Folders are searched through, in the order of names; hidden files and folders in them are left out, and what
    `is_excluded` says of a path. A file that is named twice comes once. A folder inside that cannot be searched comes
    itself, so that reading it says why.
    """
    seen: set[str] = set()
    for name in names:
        found = _walk(name, is_excluded or _nothing) if name != "-" and os.path.isdir(name) else [name]  # noqa: PTH112
        for path in found:
            key = path if path == "-" else os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path, path == name


def _nothing(path: str) -> bool:
    return False


def _walk(folder: str, is_excluded: Callable[[str], bool]) -> Iterator[str]:
    unread: list[OSError] = []
    for path, folders, files in os.walk(folder, onerror=unread.append):
        visible = sorted(name for name in folders if not name.startswith("."))
        folders[:] = [name for name in visible if not is_excluded(os.path.join(path, name))]  # noqa: PTH118
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                file = os.path.join(path, name)  # noqa: PTH118
                if not is_excluded(file):
                    yield file
    yield from (problem.filename for problem in unread)


def replace_files(texts: dict[str, str]) -> None:
    """Give each named file its new text. First all are written beside the old ones, then each takes its place.

    Modes and symbolic links stay. Raises `PQLError` (PQL044); then no file has changed, unless the very last step of
    renaming failed for one of several files, which the message says.
    """
    ready: list[tuple[str, str]] = []
    renamed = 0
    name = ""
    try:
        for name, text in texts.items():
            target = os.path.realpath(name)
            ready.append((_write_beside(target, text), target))
        for name, (temporary, target) in zip(texts, ready, strict=True):  # noqa: B007 - for the message
            os.replace(temporary, target)  # noqa: PTH105
            renamed += 1
    except OSError as problem:
        message = f"the file cannot be written: {(problem.strerror or str(problem)).lower()}"
        if renamed:
            message += f"; {renamed} of {len(texts)} files have been replaced already"
        raise error("PQL044", message, (0, 0), source=Source("", name)) from None
    finally:
        for temporary, _ in ready[renamed:]:
            _remove(temporary)


def _write_beside(target: str, text: str) -> str:
    """The path of a new file with `text` in the folder of `target`, on disk for good."""
    folder, name = os.path.split(target)
    mode = stat.S_IMODE(os.stat(target).st_mode)  # noqa: PTH116
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")  # noqa: PTH118
    if not os.access(target, os.W_OK):
        raise PermissionError(0, "the file is write-protected")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101
    except BaseException:
        _remove(temporary)
        raise
    return temporary


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return
