"""Signing in: the page, the code, PKCE, the user token."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from service.demo.standin import StandIn
from tests.demo.support import REPO, Api

VERIFIER = "verifier-" + "v" * 40
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


def asked(standin: StandIn, **fields: str) -> dict[str, str]:
    return {
        "client_id": standin.client_id,
        "redirect_uri": standin.redirect_uri,
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | fields


def sign_in(standin: StandIn, user: str = "ada") -> str:
    url = f"{standin.base_url}/login/oauth/authorize"
    answer = httpx2.post(url, data=asked(standin, user=user))
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    query = parse_qs(target.query)
    assert answer.headers["location"].startswith(standin.redirect_uri + "?")
    assert query["state"] == ["s-1"]
    return query["code"][0]


def redeem(standin: StandIn, issued: str, /, **fields: str) -> httpx2.Response:
    form = {
        "client_id": standin.client_id,
        "client_secret": standin.client_secret,
        "code": issued,
        "code_verifier": VERIFIER,
    }
    url = f"{standin.base_url}/login/oauth/access_token"
    return httpx2.post(url, data=form | fields, headers={"accept": "application/json"})


def test_page_offers_the_sample_users(quiet: StandIn) -> None:
    url = f"{quiet.base_url}/login/oauth/authorize"
    answer = httpx2.get(url, params=asked(quiet, state='"><script>'))
    assert answer.status_code == 200
    assert all(f'value="{user}"' in answer.text for user in ("ada", "ben", "cleo"))
    assert "<script>" not in answer.text
    # The browser applies form-action to the redirect that follows the form.
    assert "form-action 'self' http://127.0.0.1:8000;" in answer.headers["content-security-policy"]


def test_code_becomes_a_token_of_that_user(standin: StandIn) -> None:
    answer = redeem(standin, sign_in(standin, "cleo"), redirect_uri=standin.redirect_uri).json()
    assert answer["token_type"] == "bearer"
    api = Api(standin, answer["access_token"])
    assert api.get("/user").json()["login"] == "cleo"
    assert api.get(f"{REPO}/contents/README.md").status_code == 200
    assert api.post(f"{REPO}/issues/1/comments", {"body": "x"}).status_code == 403


def test_code_works_once(standin: StandIn) -> None:
    code = sign_in(standin)
    assert "access_token" in redeem(standin, code).json()
    again = redeem(standin, code)
    assert (again.status_code, again.json()["error"]) == (200, "bad_verification_code")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"client_id": ""}, "incorrect_client_credentials"),
        ({"code": "0" * 40}, "bad_verification_code"),
        ({"code_verifier": "wrong"}, "bad_verification_code"),
        ({"redirect_uri": "http://evil.example/"}, "redirect_uri_mismatch"),
    ],
)
def test_errors_come_with_status_200(quiet: StandIn, fields: dict[str, str], error: str) -> None:
    answer = redeem(quiet, sign_in(quiet), **fields)
    assert (answer.status_code, answer.json()["error"]) == (200, error)
    assert "access_token" not in answer.json()


def test_foreign_redirects_are_refused(quiet: StandIn) -> None:
    url = f"{quiet.base_url}/login/oauth/authorize"
    elsewhere = asked(quiet, redirect_uri="http://evil.example/", user="ada")
    for answer in (httpx2.get(url, params=elsewhere), httpx2.post(url, data=elsewhere)):
        assert answer.headers["location"].startswith(quiet.redirect_uri + "?error=redirect_uri")
        assert "code=" not in answer.headers["location"]
    plain = asked(quiet, code_challenge_method="plain")
    assert "error=invalid_request" in httpx2.get(url, params=plain).headers["location"]
    assert httpx2.get(url, params=asked(quiet, client_id="x")).status_code == 404
    assert httpx2.post(url, data=asked(quiet, user="mallory")).status_code == 404


def test_token_is_form_encoded_unless_json_is_asked_for(standin: StandIn) -> None:
    form = {
        "client_id": standin.client_id,
        "client_secret": standin.client_secret,
        "code": sign_in(standin),
        "code_verifier": VERIFIER,
    }
    answer = httpx2.post(f"{standin.base_url}/login/oauth/access_token", json=form)
    assert parse_qs(answer.text)["token_type"] == ["bearer"]
