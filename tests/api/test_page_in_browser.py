"""Does the page work in a browser?  In the system's Chromium without a window, against the real server.

`PQL_BROWSER=required` in the environment makes a missing browser a failure; `PQL_SCREENSHOTS` names a folder for
pictures of the page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service_clients import Server, running

pytestmark = pytest.mark.browser
WIDE, NARROW = (1400, 1000), (400, 900)
SECONDS = 60_000  # milliseconds: machines may be slow, and a test is not to fail for it
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    complain = pytest.fail if os.environ.get("PQL_BROWSER") == "required" else pytest.skip
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        complain("there is no Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        complain("Playwright is not installed: pip install --group browser")
    with sync_playwright() as playwright:
        # Its sandbox does not work for root and in many containers; it only sees our own page.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with profiles, of which every third is of a woman."""
    from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
    from pqltools.segmentation.scope import Scope

    folder = tmp_path_factory.mktemp("page")
    lines = [
        json.dumps(
            {
                "identityMap": {"crm" if number % 4 == 0 else "email": [{"id": f"p{number}", "primary": True}]},
                "person": {"gender": "male" if number % 3 else "female"},
            }
        )
        for number in range(3000)
    ]
    file = folder / "people.ndjson"
    file.write_text("\n".join([*lines, "no JSON"]), encoding="utf-8")
    (folder / "data").mkdir()
    with ProfileStore(str(folder / "data" / FOLDER)) as store:
        store.load(Scope("ACME@AdobeOrg"), "people", [str(file)])
    return folder / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with running(data) as found:
        yield found


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page; whatever it complains about is a failure."""
    complaints: list[str] = []
    contexts: list[Any] = []
    requests: list[str] = []

    def open(url: str, size: tuple[int, int] = WIDE, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        context.set_default_timeout(SECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # Also what the policy forbids, and what cannot be fetched.
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda request: requests.append(request.url))
        page.goto(url)
        return page

    yield open
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:"))] == []
    # Browsers complain of answers, too, that tests provoke: a wrong token, a name that is taken, early polls.
    assert [each for each in complaints if not re.search("status of 4(01|04|22)", each)] == []


def box(page: Any) -> Any:
    return page.get_by_role("textbox", name="PQL expression")


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("PQL_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_an_error_is_marked_where_it_is(server: Server, opened: Open) -> None:
    page = opened(server.url)
    # Letters outside the basic plane are two units of JavaScript, and one of a diagnostic.
    box(page).fill('person.name.firstName = "😀😀" and\nperson.gender = (')
    page.locator("#findings li.error").first.wait_for()
    assert page.locator("#marks mark.error").first.inner_text() == "("
    assert box(page).get_attribute("aria-invalid") == "true"
    assert page.locator("#verdict").inner_text() == "The expression is wrong."
    assert page.get_by_role("button", name="Save as segment").is_disabled()
    # The mark lies below its letter: at the left of the second line, not far to the right.
    mark, area = page.locator("#marks mark").first.bounding_box(), box(page).bounding_box()
    assert area["x"] + 100 < mark["x"] < area["x"] + 200
    assert area["y"] + 25 < mark["y"] < area["y"] + 50
    picture(page, "error")
    box(page).fill("")
    page.locator("#findings li").first.wait_for(state="detached")
    assert page.locator("#marks mark").count() == 0
    assert page.locator("#verdict").inner_text() == ""


def test_what_one_types_is_checked_converted_described_and_counted(server: Server, opened: Open) -> None:
    page = opened(server.url)
    box(page).press_sequentially('person.gender = "female"', delay=10)
    page.get_by_text("of 3,000 profiles (33.3 %)").wait_for()
    assert page.locator("#matched").inner_text() == "1,000"
    assert page.locator("#description").inner_text() == 'person.gender is "female".'
    assert page.locator("#namespaces li").all_inner_texts() == ["crm 250", "email 750"]
    page.get_by_text("As pql/json").click()
    assert '"fnName": "="' in page.locator("#other").inner_text()
    # What is typed next is counted anew.
    box(page).fill('person.gender = "male"')
    page.get_by_text("of 3,000 profiles (66.7 %)").wait_for()


def test_save_run_and_see_the_count(server: Server, opened: Open) -> None:
    page = opened(server.url)
    box(page).fill('person.gender = "female"')
    page.get_by_text("The expression is right.").wait_for()
    name = "<b>Women</b> & others"
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Save as segment").click()
    row = page.locator("#segments tbody tr", has_text="Women")
    row.wait_for()
    assert row.locator("td").nth(1).inner_text() == "–"
    # Under its own name it is changed, under another one it is a new one, and for a new one the name is taken.
    page.get_by_role("button", name="Update segment").wait_for()
    page.reload()
    box(page).fill('person.gender = "female"')
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Save as segment").click()
    page.get_by_role("alert").get_by_text("exists already").wait_for()
    page.get_by_role("button", name="Evaluate all").click()
    page.locator("#jobs .status-SUCCEEDED").first.wait_for()
    row.get_by_text("1,000").wait_for()
    assert page.locator("#jobs tbody tr").first.locator("td").nth(3).inner_text() == "1,000"
    page.reload()
    page.get_by_role("button", name=f"Open {name}").click()
    assert box(page).input_value() == 'person.gender = "female"'
    page.get_by_text("of 3,000 profiles").wait_for()
    page.wait_for_load_state("networkidle")
    picture(page, "wide")


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")])
def test_nothing_is_wider_than_the_window(server: Server, opened: Open, size: tuple[int, int], scheme: str) -> None:
    page = opened(server.url, size, scheme)
    box(page).fill("a." * 200 + 'b = "' + "x" * 200 + '" and inSegment("' + "y" * 200 + '")')
    page.locator("#findings li").first.wait_for()
    page.locator("#batches tbody tr").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    wider = "each => each.scrollWidth > each.clientWidth"
    assert page.evaluate(f"[...document.querySelectorAll('section')].filter({wider}).map(each => each.innerText)") == []
    picture(page, f"{size[0]}-{scheme}")


def test_marks_scroll_with_the_text(server: Server, opened: Open) -> None:
    page = opened(server.url)
    box(page).fill("\n".join(['person.gender = "female" and'] * 60) + "\n(")
    page.locator("#marks mark").last.wait_for(state="attached")
    box(page).evaluate("box => { box.scrollTop = box.scrollHeight; }")
    page.wait_for_function("document.querySelector('#marks').scrollTop > 100")
    tops = page.evaluate(
        "[document.querySelector('#marks').scrollTop, document.querySelector('#expression').scrollTop]"
    )
    assert abs(tops[0] - tops[1]) <= 2


def test_every_control_has_a_name_and_is_reached_by_the_keyboard(server: Server, opened: Open) -> None:
    page = opened(server.url)
    page.get_by_text("Connection").click()
    named = page.evaluate(
        """[...document.querySelectorAll('input, select, textarea, button')].filter(
            each => !(each.labels?.length || each.ariaLabel || each.textContent.trim())).length"""
    )
    assert named == 0
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
    assert {"expression", "format", "org", "sandbox", "token", "key", "name"} <= seen


def test_estimates_that_are_not_found_at_first_are_waited_for(tmp_path: Path, opened: Open) -> None:
    with running(tmp_path, "--fault", "early-404") as server:
        page = opened(server.url)
        box(page).fill('person.gender = "female"')
        page.get_by_text("of 0 profiles").wait_for()
        assert page.get_by_role("alert").count() == 0


def test_token_and_sandbox_are_given_in_the_page(tmp_path: Path, opened: Open) -> None:
    with running(tmp_path, "--token", "secret") as server:
        page = opened(server.url)
        page.get_by_role("alert").get_by_text("Oauth token is not valid").wait_for()
        page.get_by_label("Token").fill("secret")
        page.get_by_label("Sandbox").fill("dev")
        page.get_by_role("button", name="Connect").click()
        page.get_by_text("sandbox dev").wait_for()
        page.get_by_text("No profiles yet.").wait_for()
        assert page.get_by_role("alert").count() == 0
        page.reload()
        page.get_by_text("sandbox dev").wait_for()


def test_the_first_steps(tmp_path: Path, opened: Open) -> None:
    with running(tmp_path) as server:
        page = opened(server.url, NARROW)
        picture(page, "empty")
        page.get_by_role("button", name="1,000 made-up people").click()
        page.get_by_text("1,000 profiles, 250 events, 0 refused.").wait_for()
        page.get_by_role("button", name='person.gender = "female" and').click()
        page.get_by_text("of 1,000 profiles (26.6 %)").wait_for()
        page.get_by_role("textbox", name="Name", exact=True).fill("Women")
        page.get_by_role("button", name="Save as segment").click()
        page.locator("#step-segment.done").wait_for()
        assert page.locator("#first-steps .done").count() == 3
        page.get_by_role("button", name="Evaluate all").click()
        page.locator("#first-steps").wait_for(state="hidden")
        page.get_by_role("cell", name="266", exact=True).first.wait_for()
        # The opened segment is changed.
        box(page).fill('person.gender = "male"')
        page.get_by_text("of 1,000 profiles (33.4 %)").wait_for()
        # Who reloads the page before it is answered breaks it off.
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            page.get_by_role("button", name="Update segment").click()
        page.reload()
        page.get_by_role("button", name="Open Women").click()
        assert box(page).input_value() == 'person.gender = "male"'
        page.close()  # before the server, which it would miss


def test_a_file_is_loaded(tmp_path: Path, opened: Open) -> None:
    event = {"_id": "1", "timestamp": "2024-01-01T00:00:00Z", "identityMap": {"email": [{"id": "a"}]}}
    files = {
        "profiles": (
            "Ünï code 😀.ndjson",
            '{"identityMap":{"email":[{"id":"a"}]}}\nno JSON\n',
            "1 profiles, 0 events, 1",
        ),
        "events": (".json", json.dumps([event]), "0 profiles, 1 events, 0"),
    }
    with running(tmp_path / "data") as server:
        page = opened(server.url)
        page.get_by_text("Load a file").click()
        for kind, (name, content, words) in files.items():
            file = tmp_path / name
            file.write_text(content, encoding="utf-8")
            page.locator("#file").set_input_files(str(file))
            page.locator("#dataset").fill(f"own {kind}")
            page.locator("#kind").select_option(kind)
            page.get_by_role("button", name="Load", exact=True).click()
            page.locator("#loaded", has_text=words).wait_for()
            page.get_by_role("cell", name=f"own {kind}").wait_for()
        page.close()


def test_one_of_many_segments_is_found(tmp_path: Path, opened: Open) -> None:
    from pqltools.segmentation.scope import Scope
    from pqltools.segmentation.service import Service
    from service_data import define

    with Service(str(tmp_path)) as service:
        for number in range(120):
            define(service, f"Ärzte {number:03}", "a = 1", Scope("ACME@AdobeOrg"))
    with running(tmp_path) as server:
        page = opened(server.url)
        rows = page.locator("#segments tbody tr")
        page.get_by_text("The newest 100 of 120.").wait_for()
        assert rows.count() == 100
        # What stands below is not pushed away.
        assert page.locator("#jobs-title").bounding_box()["y"] < WIDE[1]
        page.get_by_role("button", name="Show more").click()
        rows.nth(119).wait_for()
        page.get_by_role("searchbox", name="Find").fill("äRZTE 00")
        rows.nth(10).wait_for(state="detached")
        assert rows.count() == 10
        assert page.locator("#segment-count").inner_text() == "120"
        page.get_by_role("searchbox", name="Find").fill("nobody")
        page.get_by_text("No segment has this in its name.").wait_for()
        page.close()


def test_a_finding_leads_to_its_place(server: Server, opened: Open) -> None:
    page = opened(server.url)
    box(page).fill('person.name.firstName = "😀😀" and\nperson.gender = (')
    page.locator("#findings button").first.press("Enter")
    selected = "(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.activeElement)"
    assert page.evaluate(selected) == "("
