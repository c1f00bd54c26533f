"""A repository's configuration through real processes: webhook, intake, draft."""

from pathlib import Path

from service.demo.standin import StandIn
from service.reviews import service
from tests.conftest import Stack
from tests.house import House
from tests.support import DESIGN


def test_cap_and_threshold_of_the_base_shape_the_draft(stack: Stack, tmp_path: Path) -> None:
    with StandIn(tmp_path / "github") as standin, House(stack, tmp_path, standin) as house:
        config = "documents: ['specs/*']\ncap: 2\nseverity_threshold: high\nanalyst: offline\n"
        standin.commit({".github/lintel.yml": config})
        number = standin.open_pull({"specs/assistant.md": DESIGN, "docs/design/other.md": DESIGN})
        review = house.await_review("awaiting_architect", head_sha=standin.head_sha(number))
        with house.database.reading() as session:
            draft = service.draft_of(session, review.id, 1)
        assert [document.path for document in draft.coverage.documents] == ["specs/assistant.md"]
        shown = [finding for finding in draft.findings if finding.for_author]
        assert len(shown) == 2 < len(draft.findings)
        assert {finding.severity for finding in shown} <= {"high", "critical"}
