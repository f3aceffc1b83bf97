"""How is a thing changed by JSON Patch?  `patched` applies the operations, `validated` looks at what comes out."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

import jsonpatch
import jsonpointer
from pydantic import ValidationError

from pqltools.api.answers import encoded
from pqltools.api.faults_of_bodies import details_of
from pqltools.api.models import Body, PatchOperation
from pqltools.segmentation.problems import invalid, wrong

M = TypeVar("M", bound=Body)
_MOST_OPERATIONS = 100
_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from"}
#: Bytes of the result: `copy` can double a document with every operation.
_LARGEST = 4 * 2**20


def patched(document: dict[str, Any], operations: list[PatchOperation]) -> dict[str, Any]:
    """A changed copy of the document. Raises `Problem` (400) with the operation that cannot be applied."""
    if not 1 <= len(operations) <= _MOST_OPERATIONS:
        raise invalid(f"a patch has 1 to {_MOST_OPERATIONS} operations, not {len(operations)}", path="$")
    found: Any = copy.deepcopy(document)
    for index, operation in enumerate(operations):
        plain: Any = operation.model_dump(by_alias=True, exclude_unset=True)
        _check(operation, plain, index)
        try:
            found = jsonpatch.apply_patch(found, [plain], in_place=True)
            size = len(encoded(found))
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as fault:
            raise invalid(f"`{operation.op}` {operation.path}: {_reason(fault)}", path=f"$[{index}]") from None
        except (TypeError, LookupError, AttributeError, ValueError, RecursionError):
            raise invalid(f"`{operation.op}` {operation.path} cannot be applied", path=f"$[{index}]") from None
        if size > _LARGEST:
            raise invalid(f"what comes out is larger than {_LARGEST} bytes", path=f"$[{index}]")
    if not isinstance(found, dict):
        raise invalid("what comes out is no object", path="$")
    return found


def _check(operation: PatchOperation, plain: dict[str, Any], index: int) -> None:
    """Say what is missing in an operation, of which the library only says that it does not do."""
    for key in ("path", "from"):
        pointer = plain.get(key)
        if isinstance(pointer, str) and pointer and not pointer.startswith("/"):
            help = f"a path begins with a slash: `/{pointer[:100]}`"
            raise invalid(f"`{pointer[:100]}` is no path", path=f"$[{index}].{key}", help=help)
    wanted = _NEEDS.get(operation.op)
    if wanted is not None and wanted not in plain:
        raise invalid(f"`{operation.op}` needs `{wanted}`", path=f"$[{index}]")


def unchanged(before: dict[str, Any], after: dict[str, Any], members: Iterable[str]) -> dict[str, Any]:
    """What came out of a patch. Raises `Problem` (400) if it changes what only the service sets."""
    for member in members:
        if member in after and after[member] != before.get(member):
            raise invalid(f"`{member}` is set by the service, and cannot be changed", path=f"$.{member}")
    return after


def validated(model: type[M], document: dict[str, Any]) -> dict[str, Any]:
    """The document, which the model accepts. Raises `Problem` (400) with the paths of its faults."""
    try:
        model.model_validate(document)
    except ValidationError as fault:
        raise wrong(details_of({**each, "loc": ("body", *each["loc"])} for each in fault.errors())) from None
    return document


def _reason(fault: Exception) -> str:
    # The library's own words hold the document.
    return "it does not hold" if isinstance(fault, jsonpatch.JsonPatchTestFailed) else "there is nothing at this path"
