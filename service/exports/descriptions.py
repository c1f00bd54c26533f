"""The review and its system model in Markdown, under headings of level three, for other tools."""

from collections.abc import Sequence

from agents.catalogue.loader import Catalogue
from agents.evidence import Evidence
from agents.fence import neutralise
from agents.findings import Draft
from agents.system import Component, Flow, SystemModel
from service.exports.markdown import coverage_list, provenance_line, question_list, road_list
from service.exports.quoting import block, where
from service.exports.text import clip, plain, units, visible


def project_name(draft: Draft) -> str:
    """`owner/name #7` for a pull request, the first document for a file on disk."""
    if draft.number is not None:
        return f"{draft.repository} #{draft.number}"
    documents = draft.coverage.documents
    return documents[0].path if documents else draft.repository


def application(draft: Draft, limit: int) -> str:
    """The brief, and what has no place elsewhere: questions, paved roads, coverage, provenance."""
    sections = (
        ("", draft.brief),
        ("Open questions", question_list(draft)),
        ("Paved roads", road_list(draft)),
        ("What was read", coverage_list(draft)),
        ("Who judged", provenance_line(draft.provenance)),
    )
    return _sections(sections, limit)


def architecture(draft: Draft, catalogue: Catalogue, limit: int) -> str:
    """Components and trust boundaries as lists."""
    system = draft.system
    meanings = {term.id: term.meaning for term in catalogue.vocabulary.trust_boundaries}
    boundaries = [
        f"- {neutralise(plain(f'{_words(kind)}: {meanings.get(kind, kind)}'))}"
        for kind in dict.fromkeys(boundary.kind for boundary in system.boundaries)
    ]
    components = map(_component, system.components)
    sections = (("Components", "\n".join(components)), ("Trust boundaries", "\n".join(boundaries)))
    return _sections(sections, limit)


def dataflow(draft: Draft, limit: int) -> str:
    """Flows as a list, and the diagram as Mermaid text."""
    flows = "\n".join(_flow(flow, draft.system) for flow in draft.system.flows)
    drawn = block(draft.diagram, "mermaid") if draft.diagram else ""
    return _sections((("Flows", flows), ("Diagram", drawn)), limit)


def _component(component: Component) -> str:
    known = f", also {', '.join(component.aliases)}" if component.aliases else ""
    marks = f"; {_words(', '.join(component.attributes))}" if component.attributes else ""
    text = f"{component.name}{known}: {_words(component.kind)}{marks}"
    return f"- {neutralise(plain(text))}{_at(component.evidence)}"


def _flow(flow: Flow, system: SystemModel) -> str:
    ends = (system.component(id_) for id_ in (flow.source, flow.target))
    text = " to ".join(end.name for end in ends if end is not None)
    if flow.label.strip():
        text += f": {flow.label}"
    if flow.data_classes:
        text += f"; carries {_words(', '.join(flow.data_classes))}"
    if flow.crosses:
        text += f"; crosses {_words(', '.join(flow.crosses))}"
    return f"- {neutralise(plain(text))}{_at(flow.evidence)}"


def _at(evidence: Sequence[Evidence]) -> str:
    return f" ({where(evidence[0])})" if evidence else ""


def _words(text: str) -> str:
    return text.replace("_", " ")


def _sections(sections: Sequence[tuple[str, str]], limit: int) -> str:
    """Cut at a line end where it is too long; lengths in UTF-16 code units."""
    parts = [f"### {title}\n\n{text}" if title else text for title, text in sections if text]
    whole = visible("\n\n".join(parts))
    if units(whole) <= limit:
        return whole
    return clip(whole, limit - 2).rpartition("\n")[0] + "\n\n…"
