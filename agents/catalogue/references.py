"""The order in which references are printed: the attack first, then the lists readers know."""

from collections import defaultdict

from agents.catalogue.schema import Threat

# Attack techniques and weaknesses say most; management frameworks say least about one design.
ORDER = (
    "mitre-atlas",
    "owasp-llm-2026",
    "owasp-llm-2025",
    "owasp-asi-2026",
    "owasp-mcp-2025",
    "owasp-api-2023",
    "owasp-top10-2025",
    "owasp-cicd",
    "owasp-nhi-2025",
    "owasp-ml-2023",
    "owasp-agentic-skills",
    "owasp-agentic-threats",
    "capec",
    "cwe",
    "owasp-dsgai-2026",
    "cosai-risk-map",
    "linddun",
    "owasp-aisvs",
    "owasp-ai-exchange",
    "nist-ai-100-2",
    "mitigation",
    "nist-sp-800-53",
    "nist-sp-800-207",
    "nist-ai-600-1",
    "csa-maestro",
    "cisa-secure-by-design",
    "csa-aicm",
    "nist-ai-rmf",
    "eu-ai-act",
    "iso-42001",
    "stride",
)
_PLACE = {key: place for place, key in enumerate(ORDER)}


def ordered_references(threat: Threat) -> tuple[str, ...]:
    """All references of a threat, its CWE ids among them, as `framework/id`.

    The best one of each framework comes first, so that the first three to five already speak to
    different readers; the 2026 edition of the OWASP LLM list stands before that of 2025.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    listed = dict.fromkeys((*threat.references, *(f"cwe/{id_}" for id_ in threat.cwe)))
    for reference in listed:
        groups[_group(reference)].append(reference)
    turns = [
        (turn, _PLACE.get(group, len(ORDER)), group, reference)
        for group, members in groups.items()
        for turn, reference in enumerate(sorted(members, key=_breadth))
    ]
    return tuple(reference for *_, reference in sorted(turns))


def _group(reference: str) -> str:
    key, _, id_ = reference.partition("/")
    return "mitigation" if key == "mitre-atlas" and id_.startswith("AML.M") else key


def _breadth(reference: str) -> int:
    """A sub-technique (`AML.T0051.001`) is narrower than its technique; other ids keep their order."""
    return -reference.count(".") if reference.startswith("mitre-atlas/") else 0
