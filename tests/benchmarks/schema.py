"""How fast is a schema there, and what does it weigh?  The embedded one, and large ones; look-ups, suggestions.

The large schema is made up, of the size of the standard unions; with paths of schema files as arguments those are
loaded as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from race import race, report

from pqltools.types.model import ArrayType, ObjectType
from pqltools.xdm.load import load
from pqltools.xdm.schema import Schema
from pqltools.xdm.standard import standard
from pqltools.xdm.suggestions import paths_below

EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
PROFILE = "https://ns.adobe.com/xdm/context/profile"
_WEIGHT = """
import sys, tracemalloc
from pqltools.xdm.load import load
from pqltools.xdm.suggestions import paths_below
tracemalloc.start()
schema = load(sys.argv[1:]).schema
now, peak = tracemalloc.get_traced_memory()
for path in paths_below(schema.profile): pass
print(now, peak, tracemalloc.get_traced_memory()[0])
"""


def main(names: list[str]) -> None:
    """Print the races."""
    with tempfile.TemporaryDirectory() as folder:
        made = [write(Path(folder), "profile", PROFILE, 25), write(Path(folder), "event", EVENT, 35)]
        for files in filter(None, (made, names)):
            loading(files)
            weight(files)
    looking_up(standard(), "the embedded schema")
    if names:
        looking_up(load(names).schema, "the schemas given")


def write(folder: Path, name: str, kind: str, width: int) -> str:
    """A schema of three levels with `width` objects in the first, titles and descriptions included."""
    path = folder / f"{name}.json"
    node = {"title": name, "meta:class": kind, **thing(width, 3)}
    path.write_text(json.dumps(node, indent=2), encoding="utf-8")
    return str(path)


def thing(width: int, depth: int) -> dict[str, Any]:
    """An object with `width` objects of six scalars, and so on."""
    text = {"title": "A title", "description": "A description of ordinary length, in two lines. " * 3}
    if depth == 0:
        return {**text, "type": "string", "meta:xdmType": "string"}
    inner = {f"field{index}": thing(8, depth - 1) for index in range(width)}
    return {**text, "type": "object", "meta:xdmType": "object", "properties": inner}


def loading(files: list[str]) -> None:
    """What loading takes, against decoding the same JSON and doing nothing with it."""
    texts = [Path(name).read_text(encoding="utf-8") for name in files]
    times = race({"json.loads": lambda: [json.loads(text) for text in texts], "load": lambda: load(files)})
    size = sum(map(len, texts))
    report(f"{len(files)} files, {size / 1e6:.1f} MB: {', '.join(Path(name).name for name in files)}", times, size)


def weight(files: list[str]) -> None:
    """What Python allocates, in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", _WEIGHT, *files], capture_output=True, text=True, check=True)
    after, peak, opened = (int(number) / 1e6 for number in ran.stdout.split())
    print(f"  {'memory, at the most while loading':44} {peak:9.2f} MB; later {after:.2f}, with all fields {opened:.2f}")


def looking_up(schema: Schema, title: str) -> None:
    """Microseconds for what checking asks again and again, and for what it asks where something is wrong."""
    profile = schema.profile
    deep = max(paths_below(profile), key=len)
    text = ".".join(deep)
    wrong = [(*deep[:-1], f"{deep[-1]}{number}") for number in range(2000)]
    start = perf_counter()
    schema.index(profile)
    index = perf_counter() - start
    tries = iter(wrong)
    report(
        f"{title}: {text}",
        race(
            {
                "step by step, 1,000 times": lambda: [walk(profile, deep) for _ in range(1000)],
                "Schema.find, 1,000 times": lambda: [schema.find(text) for _ in range(1000)],
                "Schema.suggest, 100 new ones": lambda: [schema.suggest(profile, next(tries)) for _ in range(100)],
            }
        ),
    )
    print(f"  {'index for suggestions, once':44} {index * 1e3:9.2f} ms")


def walk(type: Any, names: tuple[str, ...]) -> object:
    """What inference does for a path."""
    for name in names:
        while isinstance(type, ArrayType):
            type = type.item
        assert isinstance(type, ObjectType)
        member = type.member(name)
        assert member is not None
        type = member.type
    return type


if __name__ == "__main__":
    main(sys.argv[1:])
