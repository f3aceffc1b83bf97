"""How is a field named apart from any expression?  Paths from the profile, as tuples and as text.

``("xEvent", "commerce", "order")`` is the path of ``xEvent.commerce.order``. Names are without `xdm:` prefixes. A step
that is not known before there is a profile, such as a key that is computed, is ``*``; another model than the profile
is a first step ``@{…}``.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Path: TypeAlias = tuple[str, ...]

ANY_STEP = "*"
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_STEP = re.compile(r"`(?:[^`]|``)+`|@\{[^}]*\}|[^.`]+")


def bare(name: str) -> str:
    """A field's name without its `xdm:` prefix."""
    return name[4:] if name.startswith("xdm:") else name


def path_text(path: Path) -> str:
    """A path as PQL writes it; names that are no identifiers stand in back-quotes."""
    return ".".join([step if _is_plain(step) else f"`{step.replace('`', '``')}`" for step in path])


def _is_plain(step: str) -> bool:
    return step == ANY_STEP or step.startswith("@{") or _IDENTIFIER.fullmatch(step) is not None


def parse_path(text: str) -> Path | None:
    """The path that `text` names, None if it is no path. The root may be written, as ``profile.person``."""
    steps = _STEP.findall(text.strip())
    if not steps or ".".join(steps) != text.strip():
        return None
    path = tuple([bare(step[1:-1].replace("``", "`") if step[0] == "`" else step.strip()) for step in steps])
    return path[1:] if steps[0] == "profile" and len(path) > 1 else path


def is_below(path: Path, prefix: Path) -> bool:
    """Whether `path` is `prefix` or a field in it; ``*`` in either stands for any step."""
    if len(path) < len(prefix):
        return False
    return all(a == b or ANY_STEP in (a, b) for a, b in zip(path, prefix, strict=False))
