"""Where are the files of the page at ``/``?  HTML, CSS and JavaScript as browsers take them, without a build step."""

from __future__ import annotations

from pathlib import Path

from pqltools.records import Record, record

FOLDER = Path(__file__).parent


@record
class PageFile(Record):
    """A file of the page: where it is served, its name in the folder, and its type."""

    path: str
    name: str
    type: str


FILES = (
    PageFile("/", "index.html", "text/html; charset=utf-8"),
    PageFile("/page/page.css", "page.css", "text/css; charset=utf-8"),
    PageFile("/page/calls.js", "calls.js", "text/javascript; charset=utf-8"),
    PageFile("/page/editor.js", "editor.js", "text/javascript; charset=utf-8"),
    PageFile("/page/lists.js", "lists.js", "text/javascript; charset=utf-8"),
    PageFile("/page/loading.js", "loading.js", "text/javascript; charset=utf-8"),
    PageFile("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
)
