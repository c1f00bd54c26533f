"""Who may do what: app JWTs, installation tokens, narrowing."""

import time

import jwt
import pytest

from service.demo.keys import generate_keys
from service.demo.standin import StandIn
from tests.demo.support import DESIGN, REPO, Api, as_app, as_installation, make_jwt

UNDECODED = "A JSON web token could not be decoded"


def test_app_is_known_by_its_jwt(quiet: StandIn) -> None:
    answer = as_app(quiet).get("/app")
    assert (answer.status_code, answer.json()["id"]) == (200, quiet.app_id)
    listed = as_app(quiet).get("/app/installations").json()
    assert [item["id"] for item in listed] == [quiet.installation_id]
    one = as_app(quiet).get(f"/app/installations/{quiet.installation_id}").json()
    assert one["permissions"]["checks"] == "write"


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": -5}, "Expiration time"),
        ({"exp": 1200}, "too far in the future"),
        ({"iss": "4711"}, UNDECODED),
        ({"exp": "soon"}, UNDECODED),
    ],
)
def test_bad_claims_are_refused(quiet: StandIn, claims: dict[str, object], message: str) -> None:
    # Numbers are seconds from now, not from when the tests were collected.
    now = int(time.time())
    claims = {
        key: now + value if isinstance(value, int) else value for key, value in claims.items()
    }
    answer = Api(quiet, make_jwt(quiet, **claims)).get("/app")
    assert answer.status_code == 401
    assert message in answer.json()["message"]
    assert answer.json()["status"] == "401"


def test_foreign_keys_and_algorithms_are_refused(quiet: StandIn) -> None:
    current = int(time.time())
    claims = {"iat": current, "exp": current + 60, "iss": str(quiet.app_id)}
    foreign = jwt.encode(claims, generate_keys()[0], algorithm="RS256")
    symmetric = jwt.encode(claims, "x" * 64, algorithm="HS256")
    for credential in (foreign, symmetric, "a.b.c", "ghs_unknown"):
        answer = Api(quiet, credential).get("/app")
        assert (answer.status_code, answer.json()["message"]) == (401, UNDECODED)


def test_each_kind_of_caller_stays_on_its_side(quiet: StandIn) -> None:
    assert as_installation(quiet).get("/app").status_code == 401
    assert as_app(quiet).get(REPO).status_code == 401
    assert Api(quiet, "ghs_unknown").get(REPO).json()["message"] == "Bad credentials"
    anonymous = Api(quiet, None)
    assert anonymous.get(REPO).status_code == 404
    answer = anonymous.post(f"{REPO}/issues/1/comments", {"body": "x"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


@pytest.mark.parametrize(
    "wanted",
    [
        {"permissions": {"contents": "write"}},
        {"permissions": {"administration": "read"}},
        {"permissions": {"contents": "admin"}},
        {"repositories": ["somewhere-else"]},
        {"repository_ids": [1]},
    ],
)
def test_more_than_was_granted_is_refused(quiet: StandIn, wanted: dict[str, object]) -> None:
    path = f"/app/installations/{quiet.installation_id}/access_tokens"
    assert as_app(quiet).post(path, wanted).status_code == 422


def test_token_lasts_an_hour_and_names_what_it_holds(quiet: StandIn) -> None:
    path = f"/app/installations/{quiet.installation_id}/access_tokens"
    answer = as_app(quiet).post(path, {"repositories": ["support-assistant"]}).json()
    left = time.mktime(time.strptime(answer["expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(
        time.gmtime()
    )
    assert 3500 < left <= 3600
    assert answer["repository_selection"] == "selected"
    assert [item["full_name"] for item in answer["repositories"]] == [quiet.repository]
    listed = Api(quiet, answer["token"]).get("/installation/repositories").json()
    assert listed["total_count"] == 1
    assert as_app(quiet).post("/app/installations/7/access_tokens").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{REPO}/pulls/1/reviews", {"event": "COMMENT", "body": "x"}),
        ("POST", f"{REPO}/pulls/1/comments", {"body": "x", "path": DESIGN, "commit_id": "0"}),
        ("POST", f"{REPO}/issues/1/comments", {"body": "x"}),
        ("POST", f"{REPO}/check-runs", {"name": "x", "head_sha": "0"}),
        ("GET", f"{REPO}/pulls/1", None),
        ("GET", f"{REPO}/commits/main/check-runs", None),
    ],
)
def test_contents_token_reads_contents_only(
    quiet: StandIn, method: str, path: str, body: dict[str, str] | None
) -> None:
    reader = as_installation(quiet, contents="read")
    assert reader.get(f"{REPO}/contents/README.md").status_code == 200
    answer = reader.call(method, path, body)
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"


def test_answers_carry_request_id_and_budget(standin: StandIn) -> None:
    api = as_installation(standin)
    first, second = api.get(REPO), api.get(REPO)
    assert first.headers["x-github-request-id"] != second.headers["x-github-request-id"]
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-used"]) == ("5000", "1")
    assert second.headers["x-ratelimit-remaining"] == "4998"
    assert second.headers["x-ratelimit-resource"] == "core"


def test_unknown_routes_and_methods_look_like_github(quiet: StandIn) -> None:
    api = as_installation(quiet)
    for answer in (api.get(f"{REPO}/nothing"), api.call("DELETE", REPO), api.get("/repos/a/b")):
        assert answer.status_code == 404
        assert answer.json()["message"] == "Not Found"
        assert set(answer.json()) == {"message", "documentation_url", "status"}


def test_budget_of_a_token_runs_out() -> None:
    with StandIn(hourly_limit=2) as small:
        api = as_installation(small)
        assert [api.get(REPO).status_code for _ in range(3)] == [200, 200, 403]
        answer = api.get(REPO)
        assert answer.json()["message"].startswith("API rate limit exceeded for installation ID")
        assert answer.headers["x-ratelimit-remaining"] == "0"
