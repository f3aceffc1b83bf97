"""What is the result of a check in one sentence?  The last line of `pql check`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.diagnostics import Diagnostic
    from pqltools.workspace.analysis import FileReport
    from pqltools.workspace.setup import Options

_WORDS = (("error", "error"), ("warning", "warning"), ("information", "remark"), ("hint", "hint"))


def summary(reports: Sequence[FileReport], settings: Options) -> str:
    """What was looked at, found, fixed, and can be fixed."""
    files = [report for report in reports if report.file is not None]
    found = [diagnostic for report in reports for diagnostic in report.diagnostics]
    if not files and not found:
        return "no files with PQL found"
    lines = []
    if settings.fix:
        lines.append(_fixed(files, settings))
        if not settings.write:
            return lines[0]
    expressions = sum(len(report.file.expressions) for report in files if report.file is not None)
    suppressed = sum(report.suppressed for report in files)
    lines.append(
        f"checked {_count(expressions, 'expression')} in {_count(len(files), 'file')}: "
        + (_found(found) if found else "nothing found")
        + (f", {suppressed:,} suppressed" if suppressed else "")
    )
    fixable = _fixable(found, settings)
    return "\n".join([*filter(None, lines), *filter(None, [fixable])])


def _fixed(files: Sequence[FileReport], settings: Options) -> str:
    changed = sum(report.before is not None for report in files)
    if not changed:
        return "" if settings.write else "nothing to fix"
    fixed = sum(len(report.applied) for report in files)
    what = _count(fixed, "finding") if fixed else "hashes"
    return f"{'fixed' if settings.write else 'would fix'} {what} in {_count(changed, 'file')}"


def _found(found: Sequence[Diagnostic]) -> str:
    counts = [(sum(diagnostic.severity == severity for diagnostic in found), word) for severity, word in _WORDS]
    parts = [_count(number, word) for number, word in counts if number]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _fixable(found: Sequence[Diagnostic], settings: Options) -> str:
    """What --fix would do; of what it has done already there is nothing left."""
    safe = sum(any(fix.safe for fix in diagnostic.fixes) for diagnostic in found)
    unsafe = sum(bool(diagnostic.fixes) for diagnostic in found) - safe
    if settings.fix:
        return f"{unsafe:,} can be fixed with --unsafe-fixes" if unsafe and not settings.unsafe else ""
    parts = [f"{safe:,} can be fixed with --fix"] if safe else []
    if unsafe:
        parts.append(f"{unsafe:,}{' more' if safe else ' can be fixed'} with --fix --unsafe-fixes")
    return ", ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
