"""The page: whole, escaped, without script, and inside its own policy."""

import asyncio
import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import sync_playwright

from agents.catalogue.loader import load
from evals.cases import Case, read_case
from evals.drafting import offline
from evals.evaluate import Wanted, evaluate
from evals.page.charts import HEIGHT, WIDTH, Point, bars, scatter, ticks
from evals.page.page import page
from tests.evals.support import OWN_DESIGN, write_case, write_own_case
from tests.support import skip_or_fail

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@cache
def shown() -> str:
    with TemporaryDirectory() as folder:
        own = read_case(write_own_case(Path(folder)))
        clean = read_case(write_case(Path(folder), "clean-desk", clean=True))
    hostile = own.model_copy(
        update={
            "slug": "evil-desk",
            "title": EVIL,
            "text": OWN_DESIGN + f"\nThe {EVIL} service has no login and no rate limit.\n",
        }
    )
    return drawn(own, clean, hostile)


def drawn(*cases: Case) -> str:
    async def run() -> str:
        want = Wanted(cases, load(), decided_by="x")
        async with offline(cap=7) as drafter:
            report, done = await evaluate(want, drafter, lambda _job, _wrong: None)
        broken = report.model_copy(
            update={"failures": {"x": EVIL}, "attacks": {"a": (EVIL,), "b": ()}}
        )
        return page(broken, done.reviewed)

    return asyncio.run(run())


class Elements(HTMLParser):
    """Every element with its attributes, and what is left open."""

    VOID = frozenset({"meta", "br", "line", "circle", "rect", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_nothing_of_a_case_is_live_and_the_page_is_well_formed() -> None:
    elements = Elements(shown())
    assert elements.open == []
    tags = {tag for tag, _ in elements.found}
    assert tags.isdisjoint({"script", "img", "link", "iframe", "form", "object"})
    names = {name for _, attributes in elements.found for name in attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert EVIL not in shown()
    assert shown().count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_links_lead_to_places_of_the_page_and_nowhere_else() -> None:
    elements = Elements(shown()).found
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(set(ids)) == len(ids)
    links = [a["href"] or "" for tag, a in elements if tag == "a"]
    assert len(links) > 10
    assert [link for link in links if link[0] != "#" or link[1:] not in ids] == []


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    style = re.search(r"<style>(.*?)</style>", shown(), re.DOTALL)
    assert style is not None
    hashed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{hashed}'" in shown()


def test_a_case_is_shown_down_to_its_lines() -> None:
    text = shown()
    assert "parcel-desk" in text
    assert 'id="parcel-desk-7" class="gold"' in text
    assert "Users upload photos of damage to the parcel service, as many" in text
    assert "Who may read the addresses of customers in the database?" in text
    assert "clean-desk" in text


def test_a_browser_draws_it_without_a_word_of_complaint(tmp_path: Path) -> None:
    if not Path("/usr/bin/chromium").exists():
        skip_or_fail("there is no Chromium")
    path = tmp_path / "page.html"
    path.write_text(shown())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-dev-shm-usage"]
        )
        view = browser.new_page(viewport={"width": 390, "height": 800})
        said: list[str] = []
        view.on("console", lambda message: said.append(message.text))
        view.on("dialog", lambda dialog: said.append(dialog.message))
        view.goto(path.as_uri())
        view.locator("details#case-parcel-desk summary").click()
        assert view.locator("#parcel-desk-7 .words").is_visible()
        assert view.evaluate("document.documentElement.scrollWidth") <= 390
        # The style is in force: a policy that refused it would leave black on white defaults.
        assert view.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        browser.close()
    assert said == []


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.33, [0, 0.1, 0.2, 0.3, 0.4]),
        (15, [0, 5, 10, 15]),
        (123, [0, 25, 50, 75, 100, 125]),
        (0.004, [0, 0.001, 0.002, 0.003, 0.004]),
    ],
)
def test_ticks_are_round_and_reach_the_largest(most: float, expected: list[float]) -> None:
    assert ticks(most) == expected


def test_points_are_where_their_values_are() -> None:
    svg = str(scatter([Point(0, 0, "low", "a"), Point(10, 1, "<high>", "b")], "x", "y"))
    circles = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
    (x0, y0), (x1, y1) = [(float(x), float(y)) for x, y in circles]
    assert 0 < x0 < x1 <= WIDTH
    assert HEIGHT > y0 > y1 > 0
    assert "&lt;high&gt;" in svg
    assert '<a href="#b">' in svg


def test_bars_grow_with_their_share() -> None:
    svg = str(bars([("half", 0.5, "1 of 2"), ("all", 1.0, "2 of 2"), ("none", 0.0, "0")], "title"))
    half, whole, none = (float(w) for w in re.findall(r'width="([\d.]+)" height="\d+" class', svg))
    assert whole == pytest.approx(2 * half, abs=0.2)
    assert none == 1
    assert "2 of 2" in svg
