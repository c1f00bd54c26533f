"""Creating an app from a manifest: what the page refuses, and a code that works once."""

import html
import json
import re
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest

from service.demo.standin import StandIn
from tests.demo.support import Api

BACK = "http://127.0.0.1:9/callback"
MANIFEST: dict[str, object] = {
    "name": "Lintel of acme",
    "url": "https://lintel.example.org",
    "hook_attributes": {"url": "https://lintel.example.org/webhooks/github"},
    "redirect_url": BACK,
    "default_events": ["pull_request"],
    "default_permissions": {"pull_requests": "write", "contents": "read"},
}


def opened(
    standin: StandIn, *, state: str = "s-1", org: str = "", changed: Mapping[str, object] = {}
) -> httpx2.Response:
    owner = f"/organizations/{org}" if org else ""
    url = f"{standin.base_url}{owner}/settings/apps/new"
    manifest = json.dumps({**MANIFEST, **changed})
    return httpx2.post(url, params={"state": state}, data={"manifest": manifest})


def pressed(standin: StandIn, page: httpx2.Response, **changed: str) -> httpx2.Response:
    """The page's form as a browser sends it."""
    action = re.findall(r'<form method="post" action="([^"]+)"', page.text)[0]
    fields = dict(re.findall(r'<input (?:type="hidden" )?name="(\w+)" value="([^"]*)"', page.text))
    form = {name: html.unescape(value) for name, value in fields.items()} | changed
    return httpx2.post(standin.base_url + action, data=form)


def code_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(BACK + "?")
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def convert(standin: StandIn, code: str) -> httpx2.Response:
    return httpx2.post(f"{standin.base_url}/app-manifests/{code}/conversions")


def as_created(standin: StandIn, made: dict[str, object]) -> Api:
    now = int(time.time())
    claims = {"iat": now - 5, "exp": now + 300, "iss": str(made["id"])}
    return Api(standin, jwt.encode(claims, str(made["pem"]), algorithm="RS256"))


def test_a_manifest_becomes_an_app_with_a_key_of_its_own(standin: StandIn) -> None:
    page = opened(standin, state="a&b", org="acme")
    assert page.status_code == 200
    answer = pressed(standin, page)
    assert parse_qs(urlsplit(answer.headers["location"]).query)["state"] == ["a&b"]
    converted = convert(standin, code_of(answer))
    made = converted.json()
    assert (converted.status_code, made["slug"]) == (201, "lintel-of-acme")
    assert made["owner"]["login"] == "acme"
    api = as_created(standin, made)
    seen = api.get("/app").json()
    assert (seen["id"], seen["permissions"]["pull_requests"]) == (made["id"], "write")
    assert not {"pem", "client_secret", "webhook_secret"} & set(seen)
    assert api.get("/app/hook/config").json()["url"] == MANIFEST["hook_attributes"]["url"]  # type: ignore[index]
    assert api.get("/app/installations").json() == []
    assert api.get("/app/hook/deliveries").json() == []
    # What belongs to the app that is installed does not exist for this one.
    tokens = f"/app/installations/{standin.installation_id}/access_tokens"
    assert api.post(tokens).status_code == 404


def test_a_code_works_once(standin: StandIn) -> None:
    code = code_of(pressed(standin, opened(standin)))
    assert convert(standin, code).status_code == 201
    again = convert(standin, code)
    assert (again.status_code, again.json()["message"]) == (404, "Not Found")
    assert convert(standin, "0" * 40).status_code == 404
    logged = json.dumps(standin.requests())
    assert code not in logged


def test_a_name_is_given_once(standin: StandIn) -> None:
    code_of(pressed(standin, opened(standin)))
    refused = pressed(standin, opened(standin))
    assert (refused.status_code, "already been taken" in refused.text) == (422, True)
    assert "already been taken" in pressed(standin, opened(standin), name="Lintel").text
    code_of(pressed(standin, refused, name="Another name"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": None}, "url: "),
        ({"colour": "red"}, "colour: "),
        ({"redirect_url": "nowhere"}, "must be a URL"),
        ({"default_permissions": {"contents": "admin"}}, "contents admin"),
        ({"default_events": ["check_run"]}, "Default events unsupported: check_run"),
        ({"callback_urls": [BACK] * 11}, "callback_urls: "),
    ],
)
def test_a_wrong_manifest_is_refused(quiet: StandIn, fields: dict[str, object], said: str) -> None:
    page = opened(quiet, changed=fields)
    assert (page.status_code, said in page.text) == (422, True)
    assert opened(quiet, org="others").status_code == 404
