"""Changes and drafts written by hand, with every part that the pages show."""

from collections.abc import Sequence

from agents.change import Change, ChangedFile, SourceText
from agents.document import read
from agents.evidence import Evidence, Label, locate
from agents.findings import (
    Clause,
    Comment,
    Coverage,
    DocumentCoverage,
    Draft,
    Finding,
    Mitigated,
    Provenance,
    Question,
    RatingStep,
    Reason,
    Refutation,
    RoadControl,
    RoadVerdict,
    Severity,
    StepRecord,
    Triage,
    Truth,
)
from agents.system import Component, Flow, Sighting, SystemModel
from tests.support import ROOT

PATH = "docs/design/support-assistant.md"
SAMPLE = ROOT / "service" / "demo" / "sample" / "pull-1" / "files" / PATH

SMALL = """# Support assistant

All tenants share one index in the first release.

| part | holds |
| --- | --- |
| index | passages <b>of all</b> tenants |

- The assistant reads tickets.
- It issues refunds
  without a person.

```mermaid
flowchart LR
  A --> B
```
"""


def change_of(text: str = SMALL, title: str = "Design: support assistant") -> Change:
    """A change that adds one document."""
    lines = text.split("\n")[:-1]
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join("+" + line for line in lines)
    return Change(
        repository="acme/shop",
        number=1,
        title=title,
        author="ben",
        head_sha="a" * 40,
        documents=(SourceText(path=PATH, text=text),),
        files=(ChangedFile(path=PATH, status="added", patch=patch),),
    )


def evidence(text: str, quote: str, label: Label = Label.STATED, note: str = "") -> Evidence:
    """The quote, located in the text."""
    found = locate(read(PATH, text), quote, label=label, note=note)
    assert found is not None, quote
    return found


def finding(number: int, quote: Evidence, **values: object) -> Finding:
    """A finding on the quote, with every part that the page shows."""
    base: dict[str, object] = {
        "id": f"vector-tenant-mixing-{number}@index",
        "threat_id": "vector-tenant-mixing",
        "title": f"Passages of other tenants reach the answer {number}",
        "component_id": "index",
        "component_name": "index",
        "severity": Severity.HIGH,
        "likelihood": 4,
        "impact": 4,
        "rating": (RatingStep(text="start of the catalogue", likelihood=4, impact=4),),
        "stride": ("information disclosure",),
        "domain": "rag",
        "why": "One index holds the passages of all tenants.",
        "change": "Filter every query by tenant.",
        "references": ("cwe/CWE-79",),
        "evidence": (quote,),
        "fired": (Clause(text="a vector store is shared", truth=Truth.TRUE, evidence=(quote,)),),
        "refutation": Refutation(
            finding_id="x", outcome="keeps", ground="none", reason="nothing speaks against it"
        ),
        "rank": number,
    }
    return Finding.model_validate(base | values)


def draft_of(text: str = SMALL, findings: Sequence[Finding] | None = None) -> Draft:
    """A whole draft over the text, written by hand."""
    index = evidence(text, "All tenants share one index in the first release.")
    first = "issues refunds" if "issues refunds" in text else "Refunds an order in part"
    refund = evidence(text, first, Label.ABSENT, "who confirms a refund")
    items = tuple(findings if findings is not None else (finding(1, index), finding(2, refund)))
    question = Question(
        id="q-retention", text="How long are tickets kept?", why="It is not said.",
        evidence=(index,),
    )  # fmt: skip
    comments = [_comment(f.id, f.title, f.evidence[0]) for f in items]
    comments.append(_comment(question.id, question.text, index))
    return Draft(
        repository="acme/shop",
        number=1,
        head_sha="a" * 40,
        outcome="findings",
        triage=Triage(
            is_design=True, tier="high", depth="full",
            reasons=(Reason(text="it issues refunds", evidence=(refund,)),),
        ),
        system=_system(index),
        findings=items,
        questions=(question,),
        mitigated=(_mitigated(index),),
        roads=(_road(index, items),),
        comments=tuple(comments),
        summary="Two things need a change before this is built.",
        brief="Customers could see other customers' data.",
        diagram="flowchart LR\n  tickets --> index",
        coverage=Coverage(
            documents=(DocumentCoverage(path=PATH, lines=17, words=40, blocks=9),),
            notes=("nothing was skipped",),
        ),
        provenance=Provenance(
            lintel="0.1.0", analyst="lexical", catalogue_version="2026.11", catalogue_hash="c" * 64,
            steps=(StepRecord(step="read", input_hash="d" * 64, duration_ms=3),),
        ),
    )  # fmt: skip


def _comment(about: str, title: str, quote: Evidence) -> Comment:
    return Comment(
        about=about,
        path=quote.path,
        line_start=quote.line_start,
        line_end=quote.line_end,
        body=f"**{title}**\n\nFilter every query by tenant.",
    )


def _system(quote: Evidence) -> SystemModel:
    tickets = Component(id="tickets", name="tickets", kind="data_store", evidence=(quote,))
    index = Component(id="index", name="index", kind="vector_store", evidence=(quote,))
    flow = Flow(id="tickets->index", source="tickets", target="index", evidence=(quote,))
    sighting = Sighting(name="Zvex Engine", count=2, evidence=quote)
    return SystemModel(components=(tickets, index), flows=(flow,), sightings=(sighting,))


def _mitigated(quote: Evidence) -> Mitigated:
    return Mitigated(
        id="cleartext-transport@index",
        threat_id="cleartext-transport",
        title="Data can be read on the way",
        component_id="index",
        component_name="index",
        reason="By line 3, encryption in transit is in force.",
        evidence=(quote,),
    )


def _road(quote: Evidence, items: Sequence[Finding]) -> RoadVerdict:
    return RoadVerdict(
        pattern_id="PR-01",
        name="Tenant-aware retrieval",
        status="partly",
        reason="One control is missing.",
        controls=(
            RoadControl(id="c1", text="One index", shown=True, evidence=quote),
            RoadControl(id="c2", text="A mandatory filter", shown=False, missing="mandatory"),
        ),
        verification=("Ask as one tenant for another's passage",),
        covers=tuple(f.id for f in items[:1]),
    )
