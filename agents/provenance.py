"""What was read and who judged: said with every draft."""

from agents.values import Value


class DocumentCoverage(Value):
    """What was read of one document."""

    path: str
    lines: int
    words: int
    blocks: int
    diagrams_read: int = 0
    skipped: tuple[str, ...] = ()
    """Sentences: which lines or blocks were not read, and why."""


class Coverage(Value):
    """Partial is said."""

    documents: tuple[DocumentCoverage, ...]
    dropped_evidence: int = 0
    """Quotes that failed verification and were dropped with what rested on them."""
    notes: tuple[str, ...] = ()


class StepRecord(Value):
    """Provenance of one step."""

    step: str
    input_hash: str
    analyst: str = ""
    prompt: str = ""
    """`name/version sha256:…` of the prompt or template file; empty for plain code."""
    duration_ms: float = 0
    from_journal: bool = False
    model: str = ""
    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0
    dropped: int = 0
    notes: tuple[str, ...] = ()


class Provenance(Value):
    """Who made this draft, from what."""

    lintel: str
    analyst: str
    catalogue_version: str
    catalogue_hash: str
    steps: tuple[StepRecord, ...] = ()
