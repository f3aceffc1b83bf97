"""What is in the store?  Datasets, batches and numbers as tables or JSON, and one profile as JSON."""

from __future__ import annotations

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pqltools.segmentation.profiles.store import ProfileStore
    from pqltools.segmentation.scope import Scope


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int) -> str:
    """A table for people, without a line end. The first columns are `texts`, the others numbers."""
    every = [header, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(header))]
    lines = []
    for row in every:
        cells = [
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def listed(options: argparse.Namespace, store: ProfileStore, scope: Scope) -> int:
    """Show what there is; returns the exit code."""
    if options.batch is not None:
        return _batch(options, store, scope)
    datasets = {dataset.id: dataset for dataset in store.datasets(scope)}
    batches, counts = store.batches(scope), store.counts(scope)
    if options.output_format == "json":
        data = {
            "datasets": [{"id": each.id, "name": each.name, "created": each.created} for each in datasets.values()],
            "batches": [batch.data() for batch in batches],
            "profiles": counts,
        }
        _print(data)
        return 0
    if not batches and not datasets:
        print(f"there is nothing in the sandbox {scope.sandbox} of {scope.org}")
        return 0
    from pqltools.types.time import instant_text

    rows = [
        [
            batch.id,
            datasets[batch.dataset].name,
            instant_text(batch.ingested),
            batch.status,
            f"{batch.profiles:,}",
            f"{batch.events:,}",
            f"{batch.bad:,}",
        ]
        for batch in batches
    ]
    if rows:
        print(table(["batch", "dataset", "ingested", "status", "profiles", "events", "refused"], rows, texts=4))
    total = ", ".join(f"{count:,} {namespace or 'without a namespace'}" for namespace, count in counts.items())
    used = {batch.dataset for batch in batches}
    empty = [dataset.name for dataset in datasets.values() if dataset.id not in used]
    if empty:
        print(f"datasets without a batch: {', '.join(empty)}")
    print(f"{sum(counts.values()):,} profiles" + (f": {total}" if total else ""))
    return 0


def _batch(options: argparse.Namespace, store: ProfileStore, scope: Scope) -> int:
    batch, refused = store.batch(scope, options.batch)
    if options.output_format == "json":
        rows = [{"file": each.file, "line": each.line, "reason": each.reason} for each in refused]
        _print({**batch.data(), "refused": rows})
        return 0
    print(f"{batch.status}: {batch.profiles:,} profiles, {batch.events:,} events, {batch.bad:,} refused")
    for each in refused:
        print(f"{each.file} line {each.line:,}: {each.reason}")
    if batch.bad > len(refused):
        print(f"… {batch.bad - len(refused):,} further ones were only counted")
    return 0


def show(options: argparse.Namespace, store: ProfileStore, scope: Scope) -> int:
    """Show one profile; returns the exit code."""
    from pqltools.segmentation.profiles.model import LATEST, Policy

    policy = LATEST
    if options.precedence:
        known = {key: each.id for each in store.datasets(scope) for key in (each.name, each.id)}
        unknown = [name for name in options.precedence if name not in known]
        if unknown:
            print(f"pql profiles: there is no dataset `{unknown[0]}`", file=sys.stderr)
            return 1
        policy = Policy(tuple(known[name] for name in options.precedence))
    found = store.find(scope, options.id)
    if options.namespace is not None:
        found = [each for each in found if each[0] == options.namespace.lower()]
    if len(found) > 1:
        names = ", ".join(namespace or '""' for namespace, _ in found)
        print(
            f"pql profiles: the id is known in several namespaces, name one with --namespace: {names}", file=sys.stderr
        )
        return 1
    profile = store.profile(scope, *found[0], policy) if found else None
    if profile is None:
        print(f"pql profiles: there is no profile with the primary identity `{options.id}`", file=sys.stderr)
        return 1
    _print(profile)
    return 0


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
