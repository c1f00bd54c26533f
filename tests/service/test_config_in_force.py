"""The configuration at work: read from the base commit, kept while a newer one is broken, and said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from service.db import Database, now
from service.deliveries import service as deliveries
from service.demo.standin import StandIn
from service.github.client import GitHubApp
from service.models import AuditEvent, Delivery, RepositoryConfigFile, Review
from service.repository_config.fetching import Fetched, fetch
from service.repository_config.store import known
from service.reviews import service
from service.reviews.checks import check_state
from service.reviews.service import PullRequest
from service.settings import Settings

PAYLOADS = Path(__file__).parent.parent / "payloads"
FILE = ".github/lintel.yml"
DESIGN = "docs/design/cache.md"
TEXT = "# Cache\n\nThe web app calls the LLM.\n"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def app(standin: StandIn) -> Iterator[GitHubApp]:
    github = GitHubApp(
        standin.app_id, standin.private_key_pem, standin.base_url, write_pause=0, timeout=5
    )
    yield github
    github.close()


class Intake:
    """What the intake worker does with a pull request of the stand-in."""

    def __init__(self, database: Database, app: GitHubApp, standin: StandIn) -> None:
        self.database, self.app, self.standin = database, app, standin

    def fetched(self, number: int) -> tuple[Fetched, Review]:
        """Opens the review of the head commit, fetches its change and stores both."""
        seen_at = now()
        pull = PullRequest(
            installation_id=self.standin.installation_id,
            repository_id=9,
            repository=self.standin.repository,
            number=number,
            title="",
            author="",
            head_sha=self.standin.head_sha(number),
        )
        with self.database.transaction() as session:
            review = service.open_review(session, pull, Settings(), actor="test")
        found = fetch(self.database, self.app, review, cap=7)
        with self.database.transaction() as session:
            service.fetched(session, review.id, found.change, seen_at, found.config, found.ignored)
        with self.database.reading() as session:
            return found, service.get(session, review.id)

    def opened(self, files: dict[str, str | None], **pull: object) -> tuple[Fetched, Review]:
        """The same for a new pull request."""
        return self.fetched(self.standin.open_pull(files, announce=False, **pull))  # type: ignore[arg-type]


@pytest.fixture
def intake(database: Database, app: GitHubApp, standin: StandIn) -> Intake:
    return Intake(database, app, standin)


def paths(found: Fetched) -> list[str]:
    return [document.path for document in found.change.documents]


def test_without_a_file_everything_is_as_it_was(intake: Intake) -> None:
    found, review = intake.opened({DESIGN: TEXT})
    assert (paths(found), found.change.notes, found.ignored) == ([DESIGN], (), "")
    assert review.state == "queued"
    assert review.config is not None
    assert set(review.config["origins"].values()) == {"default"}


def test_the_base_decides_and_never_the_head(intake: Intake) -> None:
    base = intake.standin.commit({FILE: "documents: ['specs/**']\ncap: 2\n"})
    found, review = intake.opened({
        DESIGN: TEXT, "specs/a.txt": TEXT, FILE: "ignore: {authors: ['*']}\n",
    })  # fmt: skip
    assert paths(found) == ["specs/a.txt"]
    assert found.config.config.cap == 2
    assert found.config.origins["cap"] == f"{FILE} at {base[:12]}"
    (note,) = found.change.notes
    assert note.startswith(f"This pull request changes {FILE}, without errors; this review follows")
    assert review.state == "queued"


def test_the_organisation_says_what_the_repository_leaves_out(intake: Intake) -> None:
    shared = {"lintel.yml": "cap: 4\nseverity_threshold: high\n"}
    intake.standin.commit(shared, repository="acme/.github")
    intake.standin.commit({FILE: "cap: 2\n"})
    found, _ = intake.opened({DESIGN: TEXT})
    assert (found.config.config.cap, found.config.config.severity_threshold) == (2, "high")
    assert found.config.origins["severity_threshold"].startswith("acme/.github: lintel.yml at ")


def test_the_last_good_file_stays_in_force_and_it_is_said(intake: Intake) -> None:
    good = intake.standin.commit({FILE: "cap: 2\n"})
    intake.opened({DESIGN: TEXT})
    intake.standin.commit({FILE: "cap: 3\nignore: [x]\n"})
    found, review = intake.opened({DESIGN: TEXT})
    assert found.config.config.cap == 2
    (note,) = found.change.notes
    assert note.startswith(f"{FILE} has errors and {FILE} at {good[:12]} stays in force. {FILE}:2:")
    summary = check_state(review, "https://lintel").summary
    assert f"{FILE}:2:" in summary.replace("`", "")
    intake.standin.commit({FILE: None})
    assert intake.opened({DESIGN: TEXT})[0].config.config.cap == 7
    with intake.database.reading() as session:
        assert session.scalars(select(RepositoryConfigFile)).all() == []


def test_a_broken_file_and_no_earlier_one(intake: Intake) -> None:
    intake.standin.commit({FILE: "cap: two\n"})
    found, _ = intake.opened({DESIGN: TEXT})
    assert found.config.config.cap == 7
    assert "no earlier one is known" in found.change.notes[0]


def test_a_pull_request_that_brings_errors_hears_of_them_with_their_lines(intake: Intake) -> None:
    _, review = intake.opened({FILE: "# ours\nlables: {}\n"})
    assert review.state == "cleared"
    summary = check_state(review, "https://lintel").summary.replace("`", "")
    assert f"{FILE}:2: lables is not a key of this file. Perhaps labels is meant." in summary
    assert summary.count("lables") == 1


def test_a_strangers_file_says_nothing_live_in_the_check_run(intake: Intake) -> None:
    hostile = '"x` @acme/all ![a](https://evil.example/p.png) <b>`": 1\n'
    _, review = intake.opened({FILE: hostile})
    summary = check_state(review, "https://lintel").summary
    assert "is not a key of this file" in summary
    outside = "".join(summary.split("`")[::2])
    assert not any(live in outside for live in ("@acme", "](", "<b>", "https://evil"))


def test_what_was_in_force_is_in_the_audit_chain(intake: Intake) -> None:
    base = intake.standin.commit({FILE: "cap: 2\n"})
    found, review = intake.opened({DESIGN: TEXT})
    with intake.database.reading() as session:
        wanted = select(AuditEvent.detail).where(
            AuditEvent.action == "review.configured", AuditEvent.subject == review.id
        )
        (detail,) = session.scalars(wanted).all()
    assert json.loads(detail) == {
        "sha256": found.config.sha256,
        "files": f"{FILE} at {base[:12]}",
    }


@pytest.mark.parametrize(
    ("config", "pull", "rule"),
    [
        ("ignore: {authors: [BEN]}", {}, "ignore.authors has `BEN`"),
        ("ignore: {titles: ['chore:*']}", {"title": "Chore: move"}, "ignore.titles has `chore:*`"),
        ("ignore: {branches: ['change-*']}", {}, "ignore.branches has `change-*`"),
        ("labels: {skip: [no-review]}", {"labels": ["No-Review"]}, "labels.skip has `no-review`"),
    ],
)
def test_an_ignored_pull_request_is_cleared_and_the_rule_named(
    intake: Intake, config: str, pull: dict[str, object], rule: str
) -> None:
    intake.standin.commit({FILE: config + "\n"})
    found, review = intake.opened({DESIGN: TEXT}, **pull)
    assert (review.state, paths(found)) == ("cleared", [])
    assert review.reason.endswith(rule)
    assert not intake.standin.requests(f"/contents/{DESIGN}")


def test_files_that_are_left_out_are_named(intake: Intake) -> None:
    intake.standin.commit({FILE: "ignore: {paths: ['docs/old/**']}\n"})
    found, review = intake.opened({"docs/old/a.md": TEXT, "docs/old/b.md": TEXT})
    assert (review.state, paths(found)) == ("cleared", [])
    assert "docs/old/a.md and 1 more was left out: ignore.paths has `docs/old/**`" in review.reason


def test_a_label_makes_a_design_review_of_anything(intake: Intake) -> None:
    config = "labels: {review: [design], skip: [skip]}\nignore: {authors: ['*']}\n"
    intake.standin.commit({FILE: config})
    files: dict[str, str | None] = {"notes/plan.md": TEXT, "src/a.ts": "export {}\n"}
    found, review = intake.opened(files, labels=["skip", "Design"])
    assert (review.state, paths(found)) == ("queued", ["notes/plan.md"])


def test_what_is_known_of_a_repository(intake: Intake) -> None:
    with intake.database.reading() as session:
        assert known(session, intake.standin.repository) is None
    intake.standin.commit({FILE: "cap: 2\n"})
    intake.standin.commit({FILE: "cap: 9\n"}, repository="acme/.github")
    intake.opened({DESIGN: TEXT})
    with intake.database.reading() as session:
        layers = known(session, intake.standin.repository)
    assert layers is not None
    assert [found.given for found in layers] == [{"cap": 2}, {"cap": 9}]


@pytest.mark.parametrize(
    ("label", "state", "reason"),
    [
        ("design", "handled", ""),
        ("bug", "ignored", "the repository's configuration does not name this label"),
    ],
)
def test_a_label_that_comes_later_has_a_cleared_review_looked_at_again(
    intake: Intake, tmp_path: Path, label: str, state: str, reason: str
) -> None:
    intake.standin.commit({FILE: "labels: {review: [Design]}\n"})
    number = intake.standin.open_pull({"notes/plan.md": TEXT}, announce=False)
    _, review = intake.fetched(number)
    assert review.state == "cleared"
    intake.standin.change(number, labels=[label], announce=False)
    body = labelled(intake, number, label)
    with intake.database.transaction() as session:
        delivery = Delivery(guid="g", event="pull_request", body=body)
        session.add(delivery)
    for _ in range(2):
        deliveries.handle(intake.database, Settings(home=tmp_path), delivery.id)
    with intake.database.reading() as session:
        row = session.get(Delivery, delivery.id)
        assert row is not None
        assert (row.state, row.reason) == (state, reason)
        assert service.get(session, review.id).state == (
            "queued" if state == "handled" else "cleared"
        )
    if state == "handled":
        found, _ = intake.fetched(number)
        assert paths(found) == ["notes/plan.md"]


def labelled(intake: Intake, number: int, label: str) -> bytes:
    """The event as GitHub sends it."""
    payload = json.loads((PAYLOADS / "pull_request.opened.json").read_text())
    payload |= {"action": "labeled", "number": number, "label": {"name": label}}
    payload["repository"]["id"] = 9
    payload["pull_request"]["head"]["sha"] = intake.standin.head_sha(number)
    return json.dumps(payload).encode()
