"""What the extraction tests share: an example design, and the promises that every model keeps."""

from collections.abc import Iterator

from agents.analysts.base import Reading
from agents.analysts.lexical.extract import extract
from agents.catalogue.loader import load
from agents.change import Change
from agents.document import Document, read
from agents.evidence import Evidence, verify
from agents.system import SystemModel

ASSISTANT = """# Support assistant

## Motivation

Today agents copy answers by hand from Zendesk.

## Architecture

```mermaid
flowchart LR
  U[Customer] -->|question| W[Web chat]
  W --> API[Assistant API]
  API -->|prompt| LLM[Azure OpenAI]
  API --> V[(pgvector)]
```

| Component | Technology | Responsibility |
|---|---|---|
| Ingestion worker | Python on EKS | Pulls documents from SharePoint |

- **Assistant API**: receives questions from the web chat, calls the Retrieval service and sends the prompt with
  retrieved documents to Azure OpenAI.
- **Refund tool** - issues refunds through Stripe without human approval.

The ingestion worker fetches documents from SharePoint and Confluence, and writes embeddings to pgvector.
Conversation history is stored in Redis. The agent can call tools: the Refund tool and the ticket search tool.
All traffic uses TLS. Prompts are not logged. Tenant isolation is planned for phase 2.
An attacker might poison Elasticsearch. Unlike Kafka, it is synchronous.

## Future work

The Assistant API will send events to RabbitMQ.

## Alternatives considered

The Assistant API sends vectors to Pinecone.

## Assumptions

- Staff devices are managed.
"""


def reading(text: str, path: str = "design.md") -> Reading:
    """One document as the whole change."""
    return Reading(Change(repository="local"), {path: read(path, text)}, load())


def model(text: str, path: str = "design.md") -> SystemModel:
    """What is extracted from one document."""
    return extract(reading(text, path))


def evidence(system: SystemModel) -> Iterator[Evidence]:
    """Every piece of evidence in a model."""
    for part in system.components:
        yield from part.evidence
    for flow in system.flows:
        yield from flow.evidence
    for boundary in system.boundaries:
        yield from boundary.evidence
    for use in system.data:
        yield from use.evidence
    for fact in system.attributes:
        yield from fact.evidence
    yield from (control.evidence for control in system.controls)
    yield from system.assumptions


def proven(system: SystemModel, documents: dict[str, Document]) -> None:
    """The promises that every model keeps."""
    ids = [component.id for component in system.components]
    assert len(ids) == len(set(ids))
    assert all(component.evidence for component in system.components)
    for flow in system.flows:
        assert flow.source in ids
        assert flow.target in ids
        assert flow.id == f"{flow.source}->{flow.target}"
        assert flow.evidence
    for piece in evidence(system):
        assert verify(piece, documents), piece
        assert len(piece.quote) <= 300
