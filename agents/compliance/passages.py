"""What a review quotes as stated: the only text that the compliance view looks at."""

import re
from collections.abc import Iterable, Iterator

from agents.compliance.rules import Rules, Says
from agents.compliance.values import AiPart
from agents.evidence import Evidence, Label
from agents.findings import Draft
from agents.system import Component, Standing

_SENTENCE_END = re.compile(r"[.!?;|](\s|$)")


def stated(draft: Draft) -> tuple[Evidence, ...]:
    """Every quote of the draft that says something in force, by place; each once."""
    quotes = (e for e in _quotes(draft) if e.label is not Label.ABSENT)
    distinct = {(e.path, e.line_start, e.line_end, e.quote): e for e in quotes}
    return tuple(distinct[place] for place in sorted(distinct))


def _quotes(draft: Draft) -> Iterator[Evidence]:
    system = draft.system
    parts: tuple[Iterable[Evidence], ...] = (
        *(c.evidence for c in system.components),
        *(f.evidence for f in system.flows),
        *(d.evidence for d in system.data),
        *(a.evidence for a in system.attributes if a.standing is Standing.IN_FORCE),
        *(r.evidence for r in draft.triage.reasons),
        *(f.evidence for f in draft.findings),
        *(m.evidence for m in draft.mitigated),
    )
    for part in parts:
        yield from part
    yield from (c.evidence for c in system.controls if c.standing is Standing.IN_FORCE)


def matches(evidence: Evidence, says: Says, denied: Says) -> bool:
    """True when the quote says it, and does not say before, in the same sentence, that it is not so."""
    text = " ".join(evidence.quote.split())
    return any(not denied.found(_before(text, match.start())) for match in says.found(text))


def _before(text: str, at: int) -> str:
    """The sentence, or the cell of a table, up to this place."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text, 0, at)]
    return text[ends[-1] if ends else 0 : at]


def ai_parts(draft: Draft, rules: Rules) -> tuple[AiPart, ...]:
    """Components that are AI: by kind, or where the kind has other meanings, by what is said."""
    spoken = _speaks_of_ai(draft, rules)
    return tuple(
        AiPart(component_id=c.id, name=c.name, kind=c.kind, evidence=c.evidence)
        for c in draft.system.components
        if c.evidence and (c.kind in rules.ai_kinds or (spoken and _may_be_ai(c, rules)))
    )


def _speaks_of_ai(draft: Draft, rules: Rules) -> bool:
    facts = draft.system.attributes
    if any(f.attribute in rules.ai_attributes and f.standing is Standing.IN_FORCE for f in facts):
        return True
    return any(rules.ai_words.found(evidence.quote) for evidence in stated(draft))


def _may_be_ai(component: Component, rules: Rules) -> bool:
    return component.kind in rules.ai_by_words and not rules.not_ai.found(component.name)
