"""Is the reference page of the functions up to date?"""

from __future__ import annotations

import re
from pathlib import Path

from pqltools.functions import reference
from pqltools.functions.registry import functions

PAGE = Path(reference.__file__).with_name("README.md")


def test_page_is_what_would_be_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference.reference(), "run `python -m pqltools.functions.reference`"


def test_page_shows_every_function_and_example() -> None:
    page = reference.reference()
    assert re.findall(r"(?m)^### `(.+)`$", page) == [entry.name for entry in functions()]
    assert len(re.findall(r"(?m)^- `", page)) == sum(len(entry.examples) for entry in functions())


def test_links_lead_to_headings() -> None:
    page = reference.reference()
    links = re.findall(r"\]\(#([^)]+)\)", page)
    headings = [
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"(?m)^## (.+)$", page)
    ]
    assert links == headings != []
