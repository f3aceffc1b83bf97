"""How is a thing changed by JSON Patch?  `patched` applies the operations, `validated` looks at what comes out."""

from __future__ import annotations

import copy
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
#: Bytes of the result: `copy` can double a document with every operation.
_LARGEST = 4 * 2**20


def patched(document: dict[str, Any], operations: list[PatchOperation]) -> dict[str, Any]:
    """A changed copy of the document. Raises `Problem` (400) with the operation that cannot be applied."""
    if not 1 <= len(operations) <= _MOST_OPERATIONS:
        raise invalid(f"a patch has 1 to {_MOST_OPERATIONS} operations, not {len(operations)}", path="$")
    found: Any = copy.deepcopy(document)
    for index, operation in enumerate(operations):
        plain: Any = operation.model_dump(by_alias=True, exclude_unset=True)
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
