"""Which fields do these paths use?  A tree of names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The step that stands for any key.
ANY_KEY = "*"


class Tree:
    """The fields that are used below one: `children` by name; `whole` if the value is used itself, with all in it."""

    __slots__ = ("children", "whole")

    def __init__(self) -> None:
        self.children: dict[str, Tree] = {}
        self.whole = False

    def add(self, path: tuple[str, ...], *, whole: bool) -> None:
        """Make room for `path`; `whole` says whether what is in its value matters too."""
        tree = self
        for name in path:
            tree = tree.children.setdefault(name, Tree())
        tree.whole = tree.whole or whole

    def update(self, other: Tree) -> None:
        """Make room for all that is in another tree."""
        pending = [(self, other)]
        while pending:
            into, tree = pending.pop()
            into.whole = into.whole or tree.whole
            pending += [(into.children.setdefault(name, Tree()), child) for name, child in tree.children.items()]

    def merged(self) -> Tree:
        """The tree of all children together, for objects in which any key may be meant."""
        together = Tree()
        for child in self.children.values():
            together.update(child)
        return together

    def all(self) -> Iterator[Tree]:
        """This tree and every one in it."""
        pending = [self]
        while pending:
            tree = pending.pop()
            yield tree
            pending += tree.children.values()

    def names(self) -> Iterator[str]:
        """Every name in the tree."""
        for tree in self.all():
            yield from tree.children


def tree_of(paths: Iterable[tuple[str, ...]] | None) -> Tree:
    """The fields at paths, whose values are used themselves; None: all there are."""
    tree = Tree()
    tree.whole = paths is None
    for path in paths or ():
        tree.add(path, whole=True)
    return tree
