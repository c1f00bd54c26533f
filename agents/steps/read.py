"""Step read: documents to blocks, and what was and was not read."""

from collections.abc import Mapping

from agents.change import Change
from agents.diagrams import subject
from agents.document import Block, BlockKind, Document, read
from agents.findings import Coverage, DocumentCoverage
from agents.system import SystemModel


def read_documents(change: Change) -> Mapping[str, Document]:
    """The documents of a change by path, in its order; the first of a repeated path counts."""
    documents: dict[str, Document] = {}
    for source in change.documents:
        if source.path not in documents:
            documents[source.path] = read(source.path, source.text, source.cut_from_bytes)
    return documents


def coverage(
    change: Change,
    documents: Mapping[str, Document],
    system: SystemModel,
    dropped: int,
    notes: tuple[str, ...] = (),
) -> Coverage:
    """What was read of each document, in numbers and sentences."""
    repeated = len(change.documents) - len(documents)
    extra = (f"{repeated} repeated document paths were read once.",) if repeated else ()
    return Coverage(
        documents=tuple(_document(document, system) for document in documents.values()),
        dropped_evidence=dropped,
        notes=(*change.notes, *extra, *notes),
    )


def _document(document: Document, system: SystemModel) -> DocumentCoverage:
    diagrams = [block for block in document.blocks if block.kind is BlockKind.DIAGRAM]
    used = {
        e.line_start
        for quotes in (
            *(c.evidence for c in system.components),
            *(f.evidence for f in system.flows),
            *(b.evidence for b in system.boundaries),
        )
        for e in quotes
        if e.path == document.path
    }
    understood = [d for d in diagrams if any(d.line_start <= line <= d.line_end for line in used)]
    skipped = [_unread(d) for d in diagrams if d not in understood]
    return DocumentCoverage(
        path=document.path,
        lines=document.line_count,
        words=document.words,
        blocks=len(document.blocks),
        diagrams_read=len(understood),
        skipped=(*_cut(document), *skipped),
    )


def _unread(diagram: Block) -> str:
    lines = f"Diagram on lines {diagram.line_start}-{diagram.line_end}"
    shown = subject(diagram)
    if shown:
        return f"{lines} was not read: it shows {shown}, not components and flows."
    return f"{lines} gave no component or flow."


def _cut(document: Document) -> tuple[str, ...]:
    if document.cut_from_bytes is None:
        return ()
    kept = len(document.text.encode("utf-8", "surrogatepass"))
    return (
        f"Only the first {kept:,} of {document.cut_from_bytes:,} bytes were read, "
        f"up to line {document.line_count}.",
    )
