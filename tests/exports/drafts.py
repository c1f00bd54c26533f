"""Drafts of all kinds for the exports: from the real pipeline, and filled by hand."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache

from agents.change import Change, cut
from agents.evidence import Evidence, Label, locate
from agents.findings import (
    Dismissal,
    Draft,
    Finding,
    Mitigated,
    Question,
    RoadControl,
    RoadVerdict,
    Severity,
)
from agents.steps.read import read_documents
from agents.system import Boundary, Component, DataUse, Flow, Sighting, SystemModel
from tests.support import DESIGN, ROOT, design_change, offline_draft

DEMO = ROOT / "service/demo/sample/pull-1/files/docs/design/support-assistant.md"
PATH = "docs/design/assistant.md"
NOTE = "# Lunch\n\nLunch is at noon. Bring cake.\n"
HOSTILE = (
    '<img src=x onerror=alert(1)> [click](http://e.example) @octocat "it\'s" {0} ${x} `code` '
    "\x1b[31m\x07 \u202eback\u200b \x9b2J " + "long 😀 " * 300
)
"""A name nobody should have."""


def reviewed(text: str, path: str = PATH) -> Draft:
    """A pull request with this document, through the real pipeline."""
    change = design_change(text).model_copy(update={"documents": (cut(path, text),), "files": ()})
    return asyncio.run(offline_draft(change))


@cache
def demo() -> Draft:
    """The demo's design, as a file on disk."""
    document = cut("docs/design/support-assistant.md", DEMO.read_text())
    change = Change(repository="local", title=document.path, documents=(document,))
    return asyncio.run(offline_draft(change))


@cache
def small() -> Draft:
    """The short design of the tests, as a pull request."""
    return reviewed(DESIGN)


def quoted(text: str, label: Label = Label.STATED, note: str = "") -> Evidence:
    """Verified evidence for a sentence of the short design."""
    document = read_documents(design_change())[PATH]
    found = locate(document, text, label=label, note=note)
    assert found is not None
    return found


TENANTS = quoted("Tenant filtering will be added in a later phase.")
TLS = quoted("The web app calls the assistant service over TLS.")


def only(*findings: Finding, questions: tuple[Question, ...] = ()) -> Draft:
    """The short design with these findings and questions, and nothing settled."""
    update = {"findings": findings, "questions": questions, "mitigated": ()}
    return small().model_copy(update=update)


@cache
def full() -> Draft:
    """The short design with everything a draft can hold, filled by hand where analysts do not yet."""
    base = small()
    first, second, *rest = base.findings
    dismissed = Dismissal(by="ada", reason="accepted_risk", text="Signed until May.")
    component = base.system.components[0]
    mitigated = Mitigated(
        id=f"cleartext-transport@{component.id}",
        threat_id="cleartext-transport",
        title="Data travels without authenticated encryption",
        component_id=component.id,
        component_name=component.name,
        reason="The text names TLS on this flow.",
        evidence=(TLS,),
    )
    control = RoadControl(id="PR-01.C1", text="One gateway", shown=True, evidence=TLS)
    road = RoadVerdict(
        pattern_id="PR-01",
        name="LLM gateway",
        status="partly",
        reason="One of two.",
        controls=(control, RoadControl(id="PR-01.C2", text="Budgets", shown=False)),
        verification=("Try a direct call and expect a block",),
    )
    system = base.system.model_copy(
        update={
            "assumptions": (TENANTS, quoted("Users open the web app over the internet.")),
            "sightings": (Sighting(name="Zorblatt", count=2, evidence=TLS),),
        }
    )
    coverage = base.coverage.documents[0].model_copy(update={"skipped": ("Cut at line 9.",)})
    return base.model_copy(
        update={
            "findings": (
                first.model_copy(update={"evidence": (*first.evidence, TENANTS, TLS)}),
                second.model_copy(update={"dismissed": dismissed}),
                *rest,
                added(len(base.findings) + 1),
            ),
            "mitigated": (mitigated,),
            "roads": (road,),
            "system": system,
            "coverage": base.coverage.model_copy(
                update={
                    "documents": (coverage,),
                    "notes": ("A note.",),
                    "dropped_evidence": 2,
                }
            ),
        }
    )


def added(rank: int, id_: str = "added-money-1", **fields: object) -> Finding:
    """A finding that an architect wrote: no threat, no component, no change."""
    finding = Finding(
        id=id_,
        threat_id=None,
        title="Money leaves",
        component_id=None,
        component_name="",
        severity=Severity.HIGH,
        likelihood=4,
        impact=4,
        why="Nobody looks.",
        change="",
        evidence=(TENANTS,),
        rank=rank,
    )
    return finding.model_copy(update=fields)


@cache
def hostile() -> Draft:
    """A model whose names, labels and texts are made to do harm; the quotes are real."""
    names = ("a", "b", "c")
    components = tuple(
        Component(
            id=f"{n}-{HOSTILE[:40]}",
            name=HOSTILE + n,
            kind="service",
            aliases=(HOSTILE,),
            attributes=("multi_tenant",),
            evidence=(TLS,),
        )
        for n in names
    )
    ids = [component.id for component in components]
    flow = Flow(
        id=f"{ids[0]}->{ids[1]}",
        source=ids[0],
        target=ids[1],
        label=HOSTILE,
        data_classes=("personal", HOSTILE),
        crosses=("internet", HOSTILE),
        evidence=(TLS,),
    )
    system = SystemModel(
        components=components,
        flows=(flow, flow.model_copy(update={"id": "x->nowhere", "target": "nowhere"})),
        boundaries=(Boundary(kind="internet", name=HOSTILE, evidence=(TLS,)),),
        data=(DataUse(data_class=HOSTILE, component=ids[0], evidence=(TLS,)),),
        assumptions=(TENANTS,),
        sightings=(Sighting(name=HOSTILE, count=1, evidence=TLS),),
    )
    texts = {"title": HOSTILE, "why": HOSTILE, "change": HOSTILE, "question": HOSTILE}
    lists = {
        "controls": (HOSTILE, "Second"),
        "references": (HOSTILE, "cwe/CWE-79", "cwe/CWE-0", f"cwe/{HOSTILE}"),
        "stride": ("S", HOSTILE),
        "domain": HOSTILE,
        "category": HOSTILE,
        "also": (HOSTILE,),
    }
    findings = tuple(
        added(n, f"{HOSTILE[:30]}{n}@{id_}", component_id=id_, component_name=HOSTILE)
        for n, id_ in enumerate((*ids, "gone"), 1)
    )
    findings = tuple(finding.model_copy(update=texts | lists) for finding in findings)
    question = small().questions[0].model_copy(update={"text": HOSTILE, "why": HOSTILE})
    mitigated = (
        full()
        .mitigated[0]
        .model_copy(
            update={
                "id": HOSTILE,
                "threat_id": HOSTILE,
                "title": HOSTILE,
                "component_id": ids[0],
                "component_name": HOSTILE,
                "reason": HOSTILE,
            }
        )
    )
    coverage = small().coverage.model_copy(update={"notes": (HOSTILE,)})
    return small().model_copy(
        update={
            "system": system,
            "findings": findings,
            "questions": (question,),
            "mitigated": (mitigated,),
            "coverage": coverage,
        }
    )


@cache
def crowded() -> Draft:
    """Two hundred findings."""
    many = (added(n, f"added-{n}", title=f"Point {n}") for n in range(1, 201))
    return small().model_copy(update={"findings": tuple(many)})


def empty() -> Draft:
    """A design that was judged, with nothing found and nothing asked."""
    return only().model_copy(
        update={"outcome": "nothing_material", "system": SystemModel(), "diagram": "", "roads": ()}
    )


def too_little() -> Draft:
    """Questions instead of findings, tied to no threat."""
    questions = tuple(q.model_copy(update={"threat_ids": ()}) for q in small().questions[:3])
    return empty().model_copy(update={"outcome": "too_little_information", "questions": questions})


def unicode_path() -> Draft:
    """A path outside of ASCII, with blanks and every reserved character, and CRLF line ends."""
    return reviewed(DESIGN.replace("\n", "\r\n"), "docs/Entwürfe/设计 #1?:100%.md")


DRAFTS: Mapping[str, Callable[[], Draft]] = {
    "demo": demo,
    "small": small,
    "full": full,
    "hostile": hostile,
    "crowded": crowded,
    "empty": empty,
    "not_a_design": lambda: reviewed(NOTE),
    "too_little": too_little,
    "unicode_path": unicode_path,
    "absolute": lambda: reviewed(DESIGN, "/srv/a b/../docs/design.md"),
}
