"""Small designs built by hand: a text and the system model that stands on its lines."""

from agents.analysts.base import Reading
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, SourceText
from agents.document import Block, BlockKind, Document
from agents.evidence import Evidence, Label, locate
from agents.findings import Candidate, Clause, Truth
from agents.system import (
    AttributeFact,
    Component,
    ControlStatement,
    DataUse,
    Flow,
    Standing,
    SystemModel,
)

PATH = "docs/design.md"


def document(text: str, path: str = PATH) -> Document:
    """Headings and one paragraph per line."""
    section: tuple[str, ...] = ()
    blocks: list[Block] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("# "):
            section = (line[2:],)
        if line.strip():
            heading = line.startswith("# ")
            kind = BlockKind.HEADING if heading else BlockKind.PARAGRAPH
            blocks.append(
                Block(
                    kind=kind,
                    text=line,
                    line_start=number,
                    line_end=number,
                    section=() if heading else section,
                    level=1 if heading else 0,
                )
            )
    return Document(path=path, text=text, blocks=tuple(blocks))


class Design:
    """Grows a system model over one document; every quote is a whole line of it."""

    def __init__(self, text: str) -> None:
        self.document = document(text)
        self.system = SystemModel()

    def quote(self, words: str) -> Evidence:
        """The first line that holds these words."""
        line = next(line for line in self.document.text.split("\n") if words in line)
        found = locate(self.document, line, label=Label.STATED)
        assert found is not None
        return found

    def _add(self, field: str, item: object) -> "Design":
        grown = (*getattr(self.system, field), item)
        self.system = self.system.model_copy(update={field: grown})
        return self

    def part(self, name: str, kind: str) -> "Design":
        """A component named on the first line that holds its name."""
        evidence = (self.quote(name),)
        id_ = name.lower().replace(" ", "-")
        return self._add("components", Component(id=id_, name=name, kind=kind, evidence=evidence))

    def flow(
        self,
        source: str,
        target: str,
        words: str,
        crosses: tuple[str, ...] = (),
        data: tuple[str, ...] = (),
    ) -> "Design":
        """A flow stated on the line that holds `words`."""
        flow = Flow(
            id=f"{source}->{target}",
            source=source,
            target=target,
            crosses=crosses,
            data_classes=data,
            evidence=(self.quote(words),),
        )
        return self._add("flows", flow)

    def control(self, words: str, standing: Standing, *parts: str) -> "Design":
        """A control statement on the line that holds `words`."""
        evidence = self.quote(words)
        statement = ControlStatement(
            text=evidence.quote, standing=standing, components=parts, evidence=evidence
        )
        return self._add("controls", statement)

    def data(self, data_class: str, part: str | None, words: str) -> "Design":
        """A class of data at a component."""
        use = DataUse(data_class=data_class, component=part, evidence=(self.quote(words),))
        return self._add("data", use)

    def attribute(self, attribute: str, part: str | None, words: str) -> "Design":
        """An attribute in force."""
        fact = AttributeFact(
            attribute=attribute,
            standing=Standing.IN_FORCE,
            component=part,
            evidence=(self.quote(words),),
        )
        return self._add("attributes", fact)

    def reading(self, catalogue: Catalogue | None = None) -> Reading:
        """What the analyst gets."""
        source = SourceText(path=PATH, text=self.document.text)
        change = Change(repository="acme/shop", number=7, head_sha="c" * 40, documents=(source,))
        documents = {PATH: self.document}
        return Reading(change, documents, catalogue or load(), self.system)


def candidate(threat: str, part: str, *truths: Truth) -> Candidate:
    """A candidate with clauses of these truths; certain when none is given."""
    clauses = tuple(
        Clause(text=f"condition {i}", truth=truth, components=(part,))
        for i, truth in enumerate(truths or (Truth.TRUE,), 1)
    )
    return Candidate(threat_id=threat, component_id=part, clauses=clauses)


SHOP = """# Order service

Customers call the Order API over the internet.
The Order API writes each order to the Order database.
The Order database holds names and addresses.
"""


def shop(more: str = "") -> Design:
    """A small exposed service with personal data; `more` lines follow."""
    return (
        Design(SHOP + more)
        .part("Customers", "external_user")
        .part("Order API", "service")
        .part("Order database", "database")
        .flow("customers", "order-api", "Customers call", ("internet",))
        .flow("order-api", "order-database", "writes each order", data=("personal",))
        .data("personal", "order-database", "holds names")
    )
