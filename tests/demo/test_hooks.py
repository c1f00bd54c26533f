"""Webhooks: signed bytes, GitHub's headers and payloads, recorded attempts, redelivery."""

import hashlib
import hmac
import json
import socket

from service.demo.standin import StandIn
from tests.demo.support import DESIGN, REPO, Received, Receiver, as_app, as_installation

DELIVERIES = "/app/hook/deliveries"


def signature(standin: StandIn, received: Received) -> str:
    secret = standin.webhook_secret.encode()
    return "sha256=" + hmac.new(secret, received.body, hashlib.sha256).hexdigest()


def test_opened_is_signed_and_shaped_as_github_does(hooked: StandIn, receiver: Receiver) -> None:
    number = hooked.open_pull({"docs/x.md": "# X\n"}, title="X", body="Why", labels=["design"])
    received = receiver.next()
    headers, payload = received.headers, json.loads(received.body)
    assert headers["x-hub-signature-256"] == signature(hooked, received)
    assert headers["x-github-event"] == "pull_request"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert headers["x-github-hook-installation-target-type"] == "integration"
    assert len(headers["x-github-delivery"]) == 36
    pull = payload["pull_request"]
    assert (payload["action"], payload["number"], pull["title"]) == ("opened", number, "X")
    assert pull["head"]["sha"] == hooked.head_sha(number)
    assert pull["base"]["ref"] == payload["repository"]["default_branch"] == "main"
    assert pull["labels"][0]["name"] == "design"
    assert pull["changed_files"] == 1
    assert payload["installation"]["id"] == hooked.installation_id
    assert payload["repository"]["full_name"] == hooked.repository
    assert payload["sender"]["login"] == "ben"


def test_push_names_the_former_head(hooked: StandIn, receiver: Receiver) -> None:
    before = hooked.head_sha(1)
    after = hooked.push(1, {DESIGN: "# Short\n"})
    payload = json.loads(receiver.next().body)
    assert (payload["action"], payload["before"], payload["after"]) == (
        "synchronize",
        before,
        after,
    )
    assert before != after == hooked.head_sha(1)


def test_changes_of_state_send_their_events(hooked: StandIn, receiver: Receiver) -> None:
    hooked.change(1, state="closed")
    hooked.change(1, state="open", draft=True)
    hooked.change(1, draft=False, title="New", labels=["a"])
    actions = [json.loads(receiver.next().body)["action"] for _ in range(6)]
    expected = ["closed", "reopened", "converted_to_draft", "ready_for_review", "edited"]
    assert actions == [*expected, "labeled"]
    assert as_installation(hooked).get(f"{REPO}/pulls/1").json()["title"] == "New"


def test_own_writes_send_events_too(hooked: StandIn, receiver: Receiver) -> None:
    api = as_installation(hooked)
    api.post(f"{REPO}/issues/1/comments", {"body": "Hello"})
    comment = receiver.next()
    payload = json.loads(comment.body)
    assert comment.headers["x-github-event"] == "issue_comment"
    assert payload["sender"]["login"] == "lintel[bot]"
    assert payload["issue"]["pull_request"]["url"].endswith("/pulls/1")
    assert "head" not in payload["issue"]
    api.post(f"{REPO}/pulls/1/reviews", {"event": "COMMENT", "body": "x"})
    assert json.loads(receiver.next().body)["review"]["state"] == "commented"


def test_failed_delivery_is_recorded_and_can_be_repeated(
    hooked: StandIn, receiver: Receiver
) -> None:
    receiver.status = 503
    fired = hooked.fire(1, "opened", guid="11111111-2222-3333-4444-555555555555")
    assert fired["status_code"] == 503
    first = receiver.next()
    app = as_app(hooked)
    (failed,) = app.get(f"{DELIVERIES}?status=failure").json()
    assert (failed["status"], failed["redelivery"]) == ("Invalid HTTP Response: 503", False)
    receiver.status = 202
    assert app.post(f"{DELIVERIES}/{failed['id']}/attempts").status_code == 202
    again = receiver.next()
    assert again.body == first.body
    assert again.headers["x-github-delivery"] == first.headers["x-github-delivery"]
    hooked.fire(event="ping")
    assert receiver.next().headers["x-github-event"] == "ping"
    listed = app.get(f"{DELIVERIES}?per_page=2")
    assert len(listed.json()) == 2
    assert "cursor=" in listed.headers["link"]
    redelivered = next(
        item for item in app.get(DELIVERIES).json() if item["redelivery"] and item["id"]
    )
    assert (redelivered["guid"], redelivered["status"]) == (failed["guid"], "OK")
    detail = app.get(f"{DELIVERIES}/{failed['id']}").json()
    assert detail["request"]["payload"] == first.payload
    assert detail["response"]["payload"] == "ok"
    assert app.get(f"{DELIVERIES}/1").status_code == 404


def test_nobody_listening_is_a_failed_delivery(standin: StandIn) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        standin.register(webhook_url=f"http://127.0.0.1:{taken.getsockname()[1]}/")
        assert standin.fire()["status_code"] == 0
    (delivery,) = as_app(standin).get(DELIVERIES).json()
    assert delivery["status"] == "failed to connect to host"


def test_check_run_buttons_and_commands_reach_the_app(hooked: StandIn, receiver: Receiver) -> None:
    sha = hooked.head_sha(1)
    form = {"name": "Lintel", "head_sha": sha, "external_id": "run-9"}
    run = as_installation(hooked).post(f"{REPO}/check-runs", form).json()["id"]
    hooked.fire(1, "requested_action", event="check_run", check_run=run, identifier="approve")
    payload = json.loads(receiver.next().body)
    assert payload["requested_action"] == {"identifier": "approve"}
    assert payload["check_run"]["external_id"] == "run-9"
    hooked.say(1, "cleo", "/lintel review")
    said = json.loads(receiver.next().body)
    assert (said["comment"]["body"], said["sender"]["login"]) == ("/lintel review", "cleo")
