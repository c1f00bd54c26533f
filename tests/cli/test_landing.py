"""The page that creates the App: who gets in, once, and for how long."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection

import httpx2
import pytest

from service.cli.landing import CODE_SECONDS, FLOW_SECONDS, Landing, NotCreated
from tests.cli.browser import Browser, form


@dataclass
class Clock:
    """Seconds, set by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Codes:
    """What the page handed on."""

    seen: list[str] = field(default_factory=list)

    def __call__(self, code: str) -> str:
        self.seen.append(code)
        return "Done"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def codes() -> Codes:
    return Codes()


@pytest.fixture
def landing(clock: Clock, codes: Codes) -> Iterator[Landing]:
    with Landing(codes, clock=clock) as serving:
        serving.form = ("https://github.example/settings/apps/new", {"name": '"><script>'})
        yield serving


def state_of(page: httpx2.Response) -> str:
    return form(page)[0].partition("state=")[2]


def test_the_address_works_once_and_binds_the_browser(landing: Landing, codes: Codes) -> None:
    with Browser() as one, Browser() as other:
        page = one.open(landing.address)
        assert (page.status_code, "<script>" in page.text) == (200, False)
        assert "code=" not in str(page.url)
        assert "HttpOnly; SameSite=Lax" in page.history[0].headers["set-cookie"]
        assert one.http.get(landing.origin).status_code == 200
        assert other.open(landing.address).status_code == 403
        assert other.http.get(landing.origin).status_code == 403
        # Even with the right state another browser gets nowhere, and ends nothing.
        back = {"state": state_of(page), "code": "c-1"}
        assert other.http.get(landing.callback, params=back).status_code == 403
        assert codes.seen == []
        assert one.http.get(landing.callback, params=back).status_code == 200
        landing.wait()
        assert one.http.get(landing.callback, params=back).status_code == 410
    assert codes.seen == ["c-1"]


@pytest.mark.parametrize("code", ["", "wrong", "caf\u00e9"])
def test_a_wrong_code_opens_nothing_and_spends_nothing(landing: Landing, code: str) -> None:
    with Browser() as browser:
        wrong = browser.http.get(f"{landing.origin}/start", params={"code": code})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
        assert browser.open(landing.address).status_code == 200


def test_another_name_for_this_machine_is_refused(landing: Landing) -> None:
    # A page elsewhere may let its own name point here.
    answer = httpx2.get(landing.address, headers={"host": "evil.example"}, trust_env=False)
    assert answer.status_code == 403
    with Browser() as browser:
        assert browser.open(landing.address).status_code == 200


def test_a_strange_request_gets_an_answer(
    landing: Landing, capsys: pytest.CaptureFixture[str]
) -> None:
    for target, status in (("x://[", 400), ("/nowhere", 404), ("/", 403)):
        with closing(HTTPConnection(landing.origin.removeprefix("http://"))) as raw:
            raw.request("GET", target)
            assert raw.getresponse().status == status
    assert httpx2.head(landing.address, trust_env=False).status_code == 501
    with Browser() as browser:
        assert browser.open(landing.address).status_code == 200
    assert capsys.readouterr().err == ""


def test_the_address_grows_old(landing: Landing, clock: Clock) -> None:
    clock.now = CODE_SECONDS + 1
    with Browser() as browser:
        assert browser.open(landing.address).status_code == 403
    with pytest.raises(NotCreated, match="nobody opened the address within 10 minutes"):
        landing.wait()


def test_an_opened_page_has_an_hour(landing: Landing, clock: Clock) -> None:
    with Browser() as browser:
        browser.open(landing.address)
        clock.now = CODE_SECONDS + 1
        assert browser.http.get(landing.origin).status_code == 200
    clock.now = FLOW_SECONDS + 1
    with pytest.raises(NotCreated, match="within an hour"):
        landing.wait()


def test_what_goes_wrong_at_the_end_is_raised(clock: Clock) -> None:
    def fails(_: str) -> str:
        raise OSError(28, "No space left on device")

    with Landing(fails, clock=clock) as landing, Browser() as browser:
        landing.form = ("https://github.example/settings/apps/new", {})
        state = state_of(browser.open(landing.address))
        answer = browser.http.get(landing.callback, params={"state": state, "code": "c"})
        assert (answer.status_code, "No space" in answer.text) == (502, False)
        with pytest.raises(OSError, match="No space left"):
            landing.wait()
