"""Decided reviews as cases: what an architect approved is the gold, what was dismissed is not.

Names are taken out by rules (`evals.anonymise`), and everything stays in one folder of this machine.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from agents.change import Change
from agents.document import Document, read
from agents.evidence import Evidence, verify
from agents.findings import Draft, Finding, Question
from agents.values import Value
from evals.anonymise import Anonymiser
from evals.cases import DESIGN, GOLD, META
from evals.parts import Anchor

ADDED = "added-"
"""How the id of a finding begins that an architect wrote."""
MISS_WEIGHT = 4
"""How many times as likely a review is taken for each finding that an architect had to add."""
NOT_FOUND = frozenset({"false_positive", "mitigated", "out_of_scope", "noise"})
"""Reasons of a dismissal that say: this is no finding. An accepted risk is one."""
_STRIDE = frozenset("STRIDE")


class Decided(Value):
    """A review with an architect's approval."""

    review_id: str
    change: Change
    approved: Draft
    people: tuple[str, ...]
    """Accounts of author and architects."""

    @property
    def added(self) -> int:
        """Findings that the draft had missed."""
        return sum(f.id.startswith(ADDED) and not f.dismissed for f in self.approved.findings)

    @property
    def slug(self) -> str:
        """Says nothing about where it comes from."""
        return f"review-{hashlib.sha256(self.review_id.encode()).hexdigest()[:10]}"


class Extracted(Value):
    """A case, ready to be written."""

    slug: str
    files: Mapping[str, str]
    """Text by name."""
    gold: int
    added: int
    left: tuple[str, ...]
    """Known names that still stand in it as parts of words."""


def chosen(reviews: Sequence[Decided], most: int | None, seed: int = 0) -> tuple[Decided, ...]:
    """At most so many, those with misses more often (Efraimidis and Spirakis 2006: weighted
    sampling without replacement). The same ones for the same seed."""
    if most is None or most >= len(reviews):
        return tuple(reviews)
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    keys = {
        review.review_id: draw.random() ** (1 / (1 + MISS_WEIGHT * review.added))
        for review in sorted(reviews, key=lambda review: review.review_id)
    }
    ordered = sorted(reviews, key=lambda review: keys[review.review_id], reverse=True)
    return tuple(ordered[:most])


def extracted(decided: Decided, names: Sequence[str] = ()) -> Extracted | None:
    """The case of a review; None where the change has no document. `names` are replaced too."""
    change, approved = decided.change, decided.approved
    if not change.documents:
        return None
    owner, _, repository = change.repository.partition("/")
    hider = Anonymiser(
        people=(*decided.people, change.author, *names), organisations=(owner, repository)
    )
    design, offsets = _joined(change)
    for text in (design, *_texts(approved)):
        hider.learn(text)
    clean = hider.text(design)
    place = _Place(read(DESIGN, clean), offsets, hider)
    gold = yaml.safe_dump(
        _gold(decided.slug, approved, place), sort_keys=False, allow_unicode=True, width=100
    )
    kept = [f for f in approved.findings if _is_gold(f)]
    meta = {
        "slug": decided.slug,
        "title": hider.text(_title(place.document)),
        "domain": "ai" if any(f.category == "ai" for f in kept) else "classic",
        "clean": not kept,
        "origin": "decided review",
        "added_by_architect": decided.added,
    }
    files = {
        DESIGN: clean,
        GOLD: gold,
        META: yaml.safe_dump(meta, sort_keys=False, allow_unicode=True),
    }
    left = {name for text in files.values() for name in hider.left(text)}
    return Extracted(
        slug=decided.slug,
        files=files,
        gold=len(kept),
        added=decided.added,
        left=tuple(sorted(left)),
    )


def write(case: Extracted, folder: Path) -> None:
    """The files of the case, readable for their owner only. Raises OSError."""
    place = folder / case.slug
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in case.files.items():
        path = place / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)


class _Place:
    """Where things are in the anonymised design."""

    def __init__(self, document: Document, offsets: Mapping[str, int], hider: Anonymiser) -> None:
        self.document = document
        self.hider = hider
        self._offsets = offsets

    def text(self, text: str) -> str:
        """Anonymised."""
        return self.hider.text(text)

    def line(self, evidence: Evidence) -> int | None:
        """The line in the joined design."""
        offset = self._offsets.get(evidence.path)
        return None if offset is None else offset + evidence.line_start

    def anchor(self, evidence: Evidence) -> dict[str, str] | None:
        """Verbatim in the anonymised text: its own words where rules left them whole, else its lines."""
        first = self.line(evidence)
        if first is None:
            return None
        last = first + evidence.line_end - evidence.line_start
        lines = str(first) if first == last else f"{first}-{last}"
        for quote in (self.text(evidence.quote), self.document.lines(first, last)):
            if not quote.strip():
                continue
            anchor = Anchor(lines=lines, quote=quote)
            if verify(anchor.evidence(DESIGN), {DESIGN: self.document}):
                return {"lines": lines, "quote": quote}
        return None


def _joined(change: Change) -> tuple[str, dict[str, int]]:
    """All documents as one, and how many lines are before each."""
    parts, offsets, lines = [], {}, 0
    for source in change.documents:
        document = read(source.path, source.text)
        text = document.text.rstrip("\n") + "\n"
        offsets[source.path] = lines
        parts.append(text)
        lines += text.count("\n") + 1
    return "\n".join(parts), offsets


def _gold(slug: str, approved: Draft, place: _Place) -> dict[str, Any]:
    kept = [finding for finding in approved.findings if _is_gold(finding)]
    items = [_item(f"G{n:02}", finding, place) for n, finding in enumerate(kept, start=1)]
    return {
        "case": slug,
        "gold_count": len(items),
        "items": items,
        "not_gold": [_not_gold(f, place) for f in approved.findings if _is_not_gold(f)],
        "questions": [_question(q, place) for q in approved.questions if q.dismissed is None],
    }


def _item(id_: str, finding: Finding, place: _Place) -> dict[str, Any]:
    anchors = [anchor for e in finding.evidence if (anchor := place.anchor(e))]
    return {
        "id": id_,
        "title": place.text(finding.title),
        "description": place.text(f"{finding.why} {finding.change}".strip()),
        "stride": [letter for letter in finding.stride if letter in _STRIDE],
        "ai_category": None,
        "components": [place.text(finding.component_name)] if finding.component_name else [],
        "severity": finding.severity.value,
        "threat_ids": [finding.threat_id] if finding.threat_id else [],
        "evidence": anchors,
        "added_by_architect": finding.id.startswith(ADDED),
    }


def _not_gold(finding: Finding, place: _Place) -> dict[str, Any]:
    said = finding.dismissed
    reason = f"{said.reason}: {said.text}".strip(": ") if said else ""
    entry = {"title": place.text(finding.title), "why": place.text(reason)}
    line = next((n for e in finding.evidence if (n := place.line(e))), None)
    return entry | ({"line": line} if line else {})


def _question(question: Question, place: _Place) -> dict[str, Any]:
    entry = {"text": place.text(question.text), "why": place.text(question.why)}
    line = next((n for e in question.evidence if (n := place.line(e))), None)
    return entry | ({"line": line} if line else {})


def _is_gold(finding: Finding) -> bool:
    return finding.dismissed is None or finding.dismissed.reason == "accepted_risk"


def _is_not_gold(finding: Finding) -> bool:
    return finding.dismissed is not None and finding.dismissed.reason in NOT_FOUND


def _title(document: Document) -> str:
    return next((b.text.lstrip("# ") for b in document.blocks if b.level), "A design")


def _texts(approved: Draft) -> Iterator[str]:
    for finding in approved.findings:
        yield from (finding.title, finding.why, finding.change)
        if finding.dismissed:
            yield finding.dismissed.text
    for question in approved.questions:
        yield from (question.text, question.why)
