"""How are programs evaluated over most profiles with the least work?  `quick_job`: a decoder and a job made for it.

Both are for data as they are expected. Where something is raised, whatever it is, the line is to be decoded by the
projection and evaluated by an ordinary job, and nothing is lost but time.
"""

from __future__ import annotations

from pqltools.data.structs import struct_decoder
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.lazy import AskedOtherwise, lazy_arrays
from pqltools.evaluation.structs import Structs, fit_structs
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pqltools.evaluation.fused.job import Job
    from pqltools.evaluation.program import Program
    from pqltools.types.model import Type


@record
class QuickJob(Record):
    """``job(decode(line))`` gives the indices of the programs that hold, or raises; it is for lines that `fits`.

    `lazy` are the names of the arrays that are decoded only if their items are asked for.
    """

    fits: Callable[[bytes], bool]
    decode: Callable[[bytes], Any]
    job: Job
    lazy: frozenset[str]


def quick_job(programs: Sequence[Program], paths: Sequence[tuple[str, ...]], type: Type) -> QuickJob | None:
    """The quick job of programs that use these paths of profiles of this type; None if there can be none."""
    wanted = lazy_arrays(programs)
    for lazy in (wanted, frozenset[str]()) if wanted else (wanted,):
        found = struct_decoder(paths, type, lazy=lazy)
        if found is None or not fit_structs(programs, found.objects | found.arrays):
            return None
        structs = Structs(found.attributes, found.lazy, found.objects, found.arrays)
        try:
            job = compile_job(programs, plain_names=True, structs=structs)
        except AskedOtherwise:
            continue
        return QuickJob(found.fits, found.decode, job, frozenset(found.lazy))
    return None
