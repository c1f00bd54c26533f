"""Signing in and out: GitHub's web flow against the stand-in, the demo's form, sessions."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.demo.standin import StandIn
from service.deps import may_read, person_of
from service.models import LoginSession, User
from service.settings import Settings
from service.web.limit import LoginLimit, TooMany
from service.web.login import local
from service.web.oauth import Attempt
from tests.web.drafts import change_of, draft_of
from tests.web.support import SAME_ORIGIN, Workspace, expire_sessions, oauth_settings, workspace


def test_signed_out_users_are_sent_to_sign_in_and_back(space: Workspace) -> None:
    client = space.client()
    answer = client.get("/?state=failed", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2F%3Fstate%3Dfailed"
    form = {"login": "ada", "next": "/?state=failed"}
    answer = client.post("/login/demo", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/?state=failed"


def test_the_database_holds_only_a_hash_of_the_cookie(space: Workspace) -> None:
    client = space.client("ada")
    token = client.cookies["lintel_session"]
    with space.database.reading() as session:
        stored = session.scalars(select(LoginSession.token_sha256)).all()
    assert stored == [hashlib.sha256(token.encode()).hexdigest()]


def test_the_cookie_is_closed_to_scripts_and_other_sites(space: Workspace) -> None:
    answer = space.client().post("/login/demo", data={"login": "ada"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    with workspace(tmp_path, public_url="https://lintel.example") as space:
        client = TestClient(space.app, base_url="https://lintel.example", headers=SAME_ORIGIN)
        answer = client.post("/login/demo", data={"login": "ada"}, follow_redirects=False)
        assert answer.headers["set-cookie"].startswith("__Host-lintel_session=")
        assert "; secure" in answer.headers["set-cookie"].lower()
        assert client.get("/").status_code == 200


def test_a_session_expires(space: Workspace) -> None:
    client = space.client("ada")
    assert client.get("/", follow_redirects=False).status_code == 200
    expire_sessions(space)
    assert client.get("/", follow_redirects=False).status_code == 303


def test_signing_in_again_gives_a_new_token_and_ends_the_old_one(space: Workspace) -> None:
    client = space.client("ada")
    old = client.cookies["lintel_session"]
    client.post("/login/demo", data={"login": "ada"})
    assert client.cookies["lintel_session"] != old
    copy = TestClient(space.app, cookies={"lintel_session": old})
    assert copy.get("/", follow_redirects=False).status_code == 303


def test_a_copied_cookie_is_worthless_after_signing_out(space: Workspace) -> None:
    client = space.client("ada")
    copy = TestClient(space.app, cookies={"lintel_session": client.cookies["lintel_session"]})
    assert copy.get("/").status_code == 200
    assert client.post("/logout", follow_redirects=False).headers["location"] == "/login"
    assert copy.get("/", follow_redirects=False).status_code == 303


def test_demo_sign_in_exists_only_in_the_demo(tmp_path: Path) -> None:
    with workspace(tmp_path, demo=False) as space:
        client = space.client()
        assert "Demo sign-in" not in client.get("/login").text
        assert client.post("/login/demo", data={"login": "ada"}).status_code == 404


def test_demo_sessions_end_with_the_demo(tmp_path: Path) -> None:
    with workspace(tmp_path) as space:
        client = space.client("ada")
        space.app.state.settings = space.settings.model_copy(update={"demo": False})
        assert client.get("/", follow_redirects=False).status_code == 303


def test_demo_knows_only_its_own_people(space: Workspace) -> None:
    page = space.client().get("/login").text
    assert "Demo sign-in (local only)" in page
    assert space.client().post("/login/demo", data={"login": "mallory"}).status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "",
        "/\t/evil.example", "/a\nb", "\\/evil.example", "/ok\\..", "/" + "a" * 600,
    ],
)  # fmt: skip
def test_only_paths_of_this_site_are_targets(target: str) -> None:
    assert local(target) == "/"


def test_a_path_with_a_query_is_a_target() -> None:
    assert local("/reviews/1?x=%2F&y=2") == "/reviews/1?x=%2F&y=2"


def test_attempts_are_limited_by_address(space: Workspace) -> None:
    space.app.state.login_limit = LoginLimit("3/minute")
    client = space.client()
    codes = [client.post("/login/demo", data={"login": "x"}).status_code for _ in range(4)]
    assert codes == [422, 422, 422, 429]


def test_addresses_do_not_share_the_limit() -> None:
    limit = LoginLimit("1/minute")
    limit.hit("10.0.0.1")
    limit.hit("10.0.0.2")
    with pytest.raises(TooMany):
        limit.hit("10.0.0.1")


def test_the_role_is_read_at_each_request(space: Workspace) -> None:
    client, review_id = space.client("ada"), space.add(draft_of(), change_of())
    space.app.state.settings = space.settings.model_copy(update={"architects": ()})
    answer = client.post(f"/reviews/{review_id}/summary", data={"revision": 1, "body": "x"})
    assert answer.status_code == 403


def test_roles_do_not_depend_on_the_case_of_a_login(tmp_path: Path) -> None:
    with workspace(tmp_path, architects=("ADA",), admins=("Ada",)) as space:
        assert ">admin<" in space.client("ADA").get("/").text


def _to_github(client: TestClient) -> str:
    answer = client.post("/login/github", data={"next": "/audit"}, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def _choose(authorize: str, user: str) -> str:
    """What the person does at the stand-in; gives the address it sends the browser back to."""
    asked = {k: v[0] for k, v in parse_qs(urlsplit(authorize).query).items()}
    address = authorize.partition("?")[0]
    with httpx2.Client(trust_env=False) as browser:
        assert browser.get(authorize).status_code == 200
        return str(browser.post(address, data=asked | {"user": user}).headers["location"])


def test_sign_in_with_github(tmp_path: Path) -> None:
    with StandIn(redirect_uri="http://testserver/login/callback") as github:
        values = oauth_settings(github.base_url, github.client_secret)
        with workspace(tmp_path, **values) as space:
            client = space.client()
            authorize = _to_github(client)
            query = parse_qs(urlsplit(authorize).query)
            assert authorize.startswith(f"{github.base_url}/login/oauth/authorize?")
            assert query["code_challenge_method"] == ["S256"]
            back = _choose(authorize, "ada")
            answer = client.get(back, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, "/audit")
            assert client.get("/audit").status_code == 200
            with space.database.reading() as session:
                user = session.scalars(select(User)).one()
            assert (user.login, user.source) == ("ada", "github")
            # The code works once, and the attempt is over.
            assert client.get(back).status_code == 422


def test_a_wrong_secret_is_reported(tmp_path: Path) -> None:
    with StandIn(redirect_uri="http://testserver/login/callback") as github:
        with workspace(tmp_path, **oauth_settings(github.base_url, "wrong")) as space:
            client = space.client()
            answer = client.get(_choose(_to_github(client), "ada"))
            assert answer.status_code == 502
            assert "client_secret passed are incorrect" in answer.text
            assert "lintel_session" not in client.cookies


def test_the_state_must_be_this_browsers(tmp_path: Path) -> None:
    with StandIn(redirect_uri="http://testserver/login/callback") as github:
        values = oauth_settings(github.base_url, github.client_secret)
        with workspace(tmp_path, **values) as space:
            back = _choose(_to_github(space.client()), "ada")
            victim = space.client()
            assert victim.get(back).status_code == 422
            _to_github(victim)
            assert victim.get(back).status_code == 422
            assert "lintel_session" not in victim.cookies


def test_github_away_is_a_502(tmp_path: Path) -> None:
    values = oauth_settings("http://127.0.0.1:9", "secret")
    with workspace(tmp_path, **values) as space:
        client = space.client()
        state = parse_qs(urlsplit(_to_github(client)).query)["state"][0]
        answer = client.get(f"/login/callback?code=abc&state={state}")
        assert answer.status_code == 502
        assert "could not be asked" in answer.text


def test_github_sign_in_without_a_client_id(space: Workspace) -> None:
    assert space.client().post("/login/github").status_code == 404
    assert "Sign in with GitHub" not in space.client().get("/login").text


@pytest.mark.parametrize("value", ["", "a.b", "a.b.!", "..", "a.b.c.d", "a.b.ä"])
def test_foreign_cookies_are_no_attempt(value: str) -> None:
    assert Attempt.unpack(value) is None


def test_an_attempt_survives_its_cookie() -> None:
    attempt = Attempt.new("/reviews/1?x=ü")
    assert Attempt.unpack(attempt.pack()) == attempt


def test_a_github_account_that_nobody_named_reads_nothing() -> None:
    stranger = person_of("mallory", "", Settings(architects=("ada",)))
    assert not may_read(stranger, Settings(architects=("ada",)))
    assert may_read(person_of("Ada", "", Settings(architects=("ada",))), Settings())
    assert may_read(stranger, Settings(readers=("Mallory",)))
    assert may_read(stranger, Settings(readers=("*",)))
