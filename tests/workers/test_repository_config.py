"""A repository's configuration through real processes: webhook, intake, draft."""

from pathlib import Path

from service.demo.standin import StandIn
from service.reviews import service
from tests.conftest import Stack
from tests.house import House
from tests.support import DESIGN

# Nobody listens there: whoever asks this model waits for it.
MODEL = {"LINTEL_MODEL_API_KEY": "a-key", "LINTEL_MODEL_BASE_URL": "http://127.0.0.1:9"}


def test_what_the_base_asks_for_shapes_the_draft(stack: Stack, tmp_path: Path) -> None:
    with (
        StandIn(tmp_path / "github") as standin,
        House(stack, tmp_path, standin, extra=MODEL) as house,
    ):
        config = "documents: ['specs/*']\ncap: 2\nseverity_threshold: high\nanalyst: offline\n"
        standin.commit({".github/lintel.yml": config})
        number = standin.open_pull({"specs/assistant.md": DESIGN, "docs/design/other.md": DESIGN})
        review = house.await_review("awaiting_architect", head_sha=standin.head_sha(number))
        with house.database.reading() as session:
            draft = service.draft_of(session, review.id, 1)
        assert [document.path for document in draft.coverage.documents] == ["specs/assistant.md"]
        assert draft.provenance.analyst.startswith("offline ")
        assert not [note for note in draft.coverage.notes if "offline rules" in note]
        shown = [finding for finding in draft.findings if finding.for_author]
        assert len(shown) == 2 < len(draft.findings)
        assert {finding.severity for finding in shown} <= {"high", "critical"}
