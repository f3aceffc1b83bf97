"""Which of the documented older behaviours are wanted?  Named switches, and the eras that stand for several of them."""

from __future__ import annotations

from difflib import get_close_matches

#: Every switch, and what the service does where it is on.
SWITCHES = {
    "conversion-definition": "conversion answers `name`, `schema` and the rest of what was sent, too",
    "dataset-id-spelling": "export jobs show `dataSetId` in place of `datasetId`",
    "dataset-write-time": "the metrics of export jobs have `aCPDatasetWriteTime`",
    "definition-delete-message": "DELETE of a definition answers a body with `status` and `message`",
    "duplicate-names": "two definitions may have the same name",
    "existing-status": "profiles that stay in a segment become `existing`, as until 2022",
    "export-delete-empty": "DELETE of an export job answers 204 without a body",
    "export-from-timestamp": "exports take `filter.fromTimestamp` for `fromIngestTimestamp`",
    "job-delete-message": "DELETE of a segment job answers 200 with a message",
    "processing-on-create": "a new segment job shows as PROCESSING",
    "schedule-update-post": "POST to a schedule updates it, as PATCH does",
}
#: What `--doc-era` takes besides switches.
ERAS: dict[str, tuple[str, ...]] = {
    "current": (),
    "2020": (
        "dataset-id-spelling",
        "dataset-write-time",
        "existing-status",
        "export-from-timestamp",
        "job-delete-message",
        "processing-on-create",
        "schedule-update-post",
    ),
}


def read_doc_era(text: str) -> frozenset[str]:
    """The switches that a comma list of eras and switches turns on. Raises ValueError, saying what there is."""
    found: set[str] = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        if word in ERAS:
            found.update(ERAS[word])
        elif word in SWITCHES:
            found.add(word)
        else:
            close = get_close_matches(word[:60], [*ERAS, *SWITCHES], n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join([*ERAS, *SWITCHES])}"
            raise ValueError(f"{word!r} is no era and no switch; {hint}")
    return frozenset(found)
