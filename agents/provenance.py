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
    """Done in an earlier run; the counts below are what it cost then."""
    model: str = ""
    """Models that answered, separated by `, `; empty for code and rules."""
    requests: int = 0
    input_tokens: int = 0
    """All input, cached or not."""
    cached_tokens: int = 0
    """Input read from the provider's cache."""
    written_tokens: int = 0
    """Input written to it."""
    output_tokens: int = 0
    cost_usd: float = 0
    """At list price; 0 where no price is known."""
    dropped: int = 0
    """Quotes, ids and verdicts of the model that code could not prove."""
    notes: tuple[str, ...] = ()
    """Sentences for coverage: what was sliced, refused, cut off or left to the rules."""


class Provenance(Value):
    """Who made this draft, from what."""

    lintel: str
    analyst: str
    catalogue_version: str
    catalogue_hash: str
    steps: tuple[StepRecord, ...] = ()
