"""The architect's way through the workspace in a real browser, with and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from agents.findings import Draft
from service.reviews import decisions, service
from tests.web.drafts import change_of
from tests.web.sample import sample_draft, sample_text
from tests.web.support import Workspace, chromium, serving, workspace


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Desk:
    """A browser window on a workspace with one review; `complaints` is what its console said."""

    def __init__(self, space: Workspace, base: str, review_id: str, window: BrowserContext) -> None:
        self.space, self.base, self.review_id = space, base, review_id
        self.page: Page = window.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self) -> None:
        self.page.goto(self.base + "/")
        self.page.get_by_role("button", name="ada architect").click()
        self.page.get_by_role("heading", name="Reviews").wait_for()

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def draft(self) -> Draft:
        with self.space.database.reading() as session:
            last = service.latest(session, self.review_id)
            assert last is not None
            return Draft.model_validate(last.body)

    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def _desk(tmp_path: Path, browser: Browser, **options: object) -> Iterator[Desk]:
    with workspace(tmp_path) as space, serving(space) as base:
        review_id = space.add(sample_draft(), change_of(sample_text()))
        window = browser.new_context(**options)  # type: ignore[arg-type]
        window.set_default_timeout(10_000)
        try:
            yield Desk(space, base, review_id, window)
        finally:
            window.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def desk(tmp_path: Path, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Desk]:
    size = {"width": 1280, "height": 900}
    yield from _desk(tmp_path, browser, java_script_enabled=request.param, viewport=size)


@pytest.fixture
def phone(tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    size = {"width": 390, "height": 844}
    yield from _desk(tmp_path, browser, viewport=size, has_touch=True, color_scheme="dark")


def _edit_comment(page: Page) -> None:
    first = page.locator("#f-1")
    first.get_by_text("Edit comment").click()
    first.get_by_label("Text that will be posted").fill("One index for each tenant, please.")
    first.get_by_role("button", name="Save comment").click()
    first.locator("pre.comment", has_text="One index for each tenant").wait_for()


def _dismiss(page: Page) -> None:
    second = page.locator("#f-2")
    second.get_by_text("Dismiss").first.click()
    second.get_by_label("Why").select_option("accepted_risk")
    second.get_by_label("In your words").fill("Finance accepts it until March.")
    second.get_by_role("button", name="Dismiss").click()
    second.get_by_role("button", name="Restore").wait_for()


def _add(page: Page) -> None:
    page.get_by_role("heading", name="Add a finding").click()
    page.get_by_label("From line").fill("103")
    page.get_by_label("Title").fill("Attachments are parsed beside the secrets")
    page.get_by_label("Comment (Markdown)").fill("Parse them in a sandbox.")
    page.get_by_role("button", name="Add finding").click()
    page.locator("#f-7", has_text="Attachments are parsed").wait_for()


def test_from_sign_in_to_approval(desk: Desk) -> None:
    desk.sign_in()
    page = desk.page
    page.get_by_role("link", name="Design: support assistant").click()
    _edit_comment(page)
    _dismiss(page)
    _add(page)
    page.get_by_role("link", name="Preview and decide").click()
    posted = page.locator("pre.comment").all_inner_texts()
    assert any("One index for each tenant, please." in text for text in posted)
    assert any("Parse them in a sandbox." in text for text in posted)
    assert not any("Refunds are issued without a person" in text for text in posted)
    page.get_by_role("button", name="Approve and post").click()
    page.get_by_text("This page looks again every 3 seconds").wait_for()
    with desk.space.database.reading() as session:
        decision = decisions.approval_of(session, desk.review_id)
        assert decision is not None
        assert (decision.by, decision.revision) == ("ada", 4)
        assert service.get(session, desk.review_id).state == "approved"
    assert [f.dismissed is not None for f in desk.draft().findings[:3]] == [False, True, False]
    assert desk.complaints == []


def test_evidence_shows_its_lines_beside_the_finding(desk: Desk) -> None:
    desk.sign_in()
    desk.open(f"/reviews/{desk.review_id}")
    link = desk.page.locator("#f-2 a.to-line").first
    link.click()
    line = desk.page.locator("#d1-L147")
    line.wait_for()
    box = line.bounding_box()
    assert box is not None
    desk.page.wait_for_function("!document.querySelector('.documents').scrollTop == 0")
    assert link.is_visible()


def test_the_way_back_from_a_mark_to_its_finding(desk: Desk) -> None:
    desk.sign_in()
    desk.open(f"/reviews/{desk.review_id}")
    desk.page.locator("#d1-L147 a.ref").first.click()
    assert desk.page.url.endswith("#f-2")


def test_pages_fit_a_phone(phone: Desk) -> None:
    phone.sign_in()
    for path in ("/", f"/reviews/{phone.review_id}", f"/reviews/{phone.review_id}/preview",
                 "/audit?verify=true"):  # fmt: skip
        phone.open(path)
        assert not phone.overflows(), path
        phone.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert not phone.overflows(), path
    assert phone.complaints == []


def test_every_field_has_a_name(phone: Desk) -> None:
    phone.sign_in()
    for path in (f"/reviews/{phone.review_id}", f"/reviews/{phone.review_id}/preview", "/"):
        phone.open(path)
        nameless = phone.page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(e => !e.labels.length).length"
        )
        assert nameless == 0, path


def test_ids_are_unique(phone: Desk) -> None:
    phone.sign_in()
    phone.open(f"/reviews/{phone.review_id}")
    repeated = phone.page.evaluate(
        "(ids => ids.filter((id, n) => ids.indexOf(id) != n))"
        "([...document.querySelectorAll('[id]')].map(e => e.id))"
    )
    assert repeated == []
