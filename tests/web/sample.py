"""A draft of realistic size over the demo's own design document."""

from agents.evidence import Label
from agents.findings import Draft, Finding, Severity
from tests.web.drafts import SAMPLE, draft_of, evidence, finding

POINTS: tuple[tuple[str, str, Severity, str, Label], ...] = (
    (
        "rag-missing-document-acl", "Any tenant's passages can reach any draft", Severity.CRITICAL,
        "All tenants share one index in the first release.", Label.STATED,
    ),
    (
        "irreversible-action-unapproved", "Refunds are issued without a person", Severity.HIGH,
        "Refunds up to 200 euros are issued directly, because nine out of ten requests are below "
        "that amount\nand waiting for a person is what customers complain about most.",
        Label.STATED,
    ),
    (
        "excessive-tool-permission", "The tool service may read and write every tenant's records",
        Severity.HIGH,
        "The tool service has one service account. It is a member of the CRM role `support-admin`",
        Label.STATED,
    ),
    (
        "markup-auto-fetch-exfiltration", "Images in drafts can carry data out", Severity.MEDIUM,
        "images and links in drafts look as they do elsewhere", Label.STATED,
    ),
    (
        "indirect-prompt-injection", "A ticket or attachment can steer the tools", Severity.HIGH,
        "|webhook| intake[Ticket intake]", Label.DIAGRAM,
    ),
    (
        "stale-revoked-content", "Deleted tickets stay in the index", Severity.LOW,
        "requests reach us through the help desk; the job does not look at them yet",
        Label.STATED,
    ),
)  # fmt: skip


def sample_text() -> str:
    """The design document of the demo's first pull request."""
    return SAMPLE.read_text()


def sample_draft() -> Draft:
    """Six findings on it."""
    return draft_of(sample_text(), [_finding(n) for n in range(1, len(POINTS) + 1)])


def _finding(number: int) -> Finding:
    threat, title, severity, quote, label = POINTS[number - 1]
    return finding(
        number,
        evidence(sample_text(), quote, label),
        id=f"{threat}@tool-service",
        threat_id=threat,
        title=title,
        severity=severity,
        component_name="Tool service",
        why="The text says so, and nothing in it stands against the attack. An outsider who "
        "writes a ticket reaches data and actions that belong to somebody else.",
        change="Decide on the server, from the ticket's own record, and refuse the rest.",
        for_author=number < 6,
    )
