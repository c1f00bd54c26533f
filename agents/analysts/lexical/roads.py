"""Offline road verdicts: which required controls of a pattern the text shows."""

import re
from collections.abc import Iterable, Sequence

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import lines
from agents.analysts.lexical.grammar import STOP
from agents.analysts.lexical.terms import content, families
from agents.catalogue.loader import Pattern
from agents.catalogue.schema import PatternControl
from agents.evidence import Evidence
from agents.findings import Finding, RoadControl, RoadVerdict, Severity
from agents.system import ControlStatement, Standing

_GRAVE = frozenset({Severity.CRITICAL, Severity.HIGH})
_MODELS = re.compile(r"\b(?:AI|LLM|RAG|MCP|model)\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]+")
_SHARED = 3
_PART = 0.4


def roads(
    patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading
) -> tuple[RoadVerdict, ...]:
    """A verdict for each pattern that the design follows in part or that answers findings."""
    verdicts = (_verdict(pattern, findings, reading) for pattern in patterns)
    useful = [v for v in verdicts if v is not None]
    useful.sort(key=lambda v: (v.status == "recommended", -len(v.covers), v.pattern_id))
    return tuple(useful)


def _verdict(pattern: Pattern, findings: Sequence[Finding], reading: Reading) -> RoadVerdict | None:
    controls = tuple(_shown(required, reading) for required in pattern.required_controls)
    shown = [control for control in controls if control.shown]
    denied = next((c.evidence for c in controls if c.evidence and not c.shown), None)
    covers = tuple(f.id for f in findings if pattern.id in f.patterns)
    grave = any(f.id in covers and f.severity in _GRAVE for f in findings)
    if shown and denied is not None:
        where = lines(denied).capitalize()
        return _say(pattern, "deviates", controls, covers, f"{where} denies a required control")
    if len(shown) == len(controls):
        return _say(pattern, "adopted", controls, covers, "Every required control is in the text")
    if len(shown) >= 2 or (shown and covers):
        text = f"{len(shown)} of {len(controls)} required controls are in the text"
        return _say(pattern, "partly", controls, covers, text)
    if (len(covers) > 1 or (grave and _close(pattern, reading))) and _fits(pattern, reading):
        text = "It would answer findings of this review"
        return _say(pattern, "recommended", controls, covers, text)
    return None


def _fits(pattern: Pattern, reading: Reading) -> bool:
    """A pattern about models is no advice for a design without one."""
    threats = reading.catalogue.threats
    covered = [threats[id_].category for id_ in pattern.covers_threats if id_ in threats]
    kinds = (reading.catalogue.vocabulary.kind(c.kind) for c in reading.system.components)
    has_model = any(kind is not None and kind.group == "ai" for kind in kinds)
    about_models = 2 * covered.count("ai") > len(covered) or bool(_MODELS.search(pattern.name))
    return has_model or not about_models


def _close(pattern: Pattern, reading: Reading) -> bool:
    """The design has more than one of the kinds that the pattern is made for."""
    present = {component.kind for component in reading.system.components}
    return len(present & set(pattern.applies_to)) > 1


def _say(
    pattern: Pattern,
    status: str,
    controls: tuple[RoadControl, ...],
    covers: tuple[str, ...],
    reason: str,
) -> RoadVerdict:
    return RoadVerdict.model_validate(
        {
            "pattern_id": pattern.id,
            "name": pattern.name,
            "status": status,
            "reason": f"{reason}.",
            "controls": controls,
            "covers": covers,
        }
    )


def _shown(required: PatternControl, reading: Reading) -> RoadControl:
    """With the quote that shows the control, or else the one that denies it."""
    stated = reading.system.controls
    held = _closest(required.text, (s for s in stated if s.standing is Standing.IN_FORCE))
    denied = _closest(required.text, (s for s in stated if s.standing is Standing.NEGATED))
    return RoadControl(
        id=required.id,
        text=required.text,
        shown=held is not None,
        evidence=held or denied,
        missing="" if held is not None else _missing(required.text, reading),
    )


def _missing(control: str, reading: Reading) -> str:
    """Up to four words of the control that carry meaning, in its order, that no document has."""
    said = frozenset().union(*(content(d.text) for d in reading.documents.values()))
    words = (word for word in _WORD.findall(control.lower()) if word not in STOP)
    missing = (word for word in words if content(word) and not content(word) & said)
    return ", ".join(list(dict.fromkeys(missing))[:4])


def _closest(control: str, statements: Iterable[ControlStatement]) -> Evidence | None:
    """The statement that says most of the control: same family, most words in common."""
    wanted, sort = content(control), families(control)
    best: tuple[int, Evidence] | None = None
    for statement in statements:
        common = len(wanted & content(statement.text))
        enough = common >= _SHARED or common >= _PART * len(wanted)
        alike = not sort or bool(sort & families(statement.text))
        if enough and common > 1 and alike and (best is None or common > best[0]):
            best = (common, statement.evidence)
    return best[1] if best is not None else None
