"""Findings labelled by hand against the gold: the measure of the matcher.

The rule: would an expert say that this comment raises the gold item's point, so that its author
would fix that point?
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from agents.catalogue.loader import Catalogue
from agents.document import read
from agents.evidence import Evidence, Label
from agents.findings import Finding, Severity
from agents.values import Value
from evals.cases import DESIGN, Case
from evals.files import parsed, wrong

PAIRS = Path(__file__).with_name("pairs")
Half = Literal["choose", "report"]


class Labelled(Value):
    """A finding in words of our own, and the gold items whose point it makes."""

    id: str
    """`A…` as the offline analyst wrote it, `C…` a catalogue threat put at a component in its words,
    `H…` written by hand."""
    threat: str | None
    domain: str
    title: str
    component: str
    stride: str = ""
    why: str
    change: str
    lines: tuple[int, ...]
    """What it quotes: lines of the document, which stays where it is."""
    same: tuple[str, ...]
    near: tuple[str, ...]
    """Gold ids that a reader could confuse with it, and should not."""

    def finding(self, case: Case, catalogue: Catalogue) -> Finding:
        """As the matcher gets it, with the quotes of the case's document."""
        document = read(DESIGN, case.text)
        threat = catalogue.threats.get(self.threat or "")
        return Finding(
            id=self.id,
            threat_id=self.threat,
            title=self.title,
            component_id=None,
            component_name=self.component,
            severity=Severity.MEDIUM,
            likelihood=3,
            impact=3,
            stride=tuple(self.stride) or (threat.stride if threat else ()),
            domain=self.domain,
            why=self.why,
            change=self.change,
            evidence=tuple(
                Evidence(
                    path=DESIGN,
                    line_start=line,
                    line_end=line,
                    quote=document.lines(line, line),
                    label=Label.STATED,
                )
                for line in self.lines
            ),
        )


class Labels(Value):
    """All labelled findings of one case; a pair that is not in `same` is not the same."""

    case: str
    half: Half
    """Whether weights were chosen on the case, or are reported on it."""
    findings: tuple[Labelled, ...]


def read_labels(case: Case, folder: Path = PAIRS) -> Labels | None:
    """The labels of a case, or None; raises FileError where they do not fit its gold."""
    path = folder / f"{case.slug}.yaml"
    if not path.exists():
        return None
    labels = parsed(path, Labels)
    if labels.case != case.slug:
        raise wrong(path, ("case",), f"the file is called {path.name}, not {labels.case}")
    lines = read(DESIGN, case.text).line_count
    for place, labelled in enumerate(labels.findings):
        for where, message in _problems(labelled, {item.id for item in case.gold}, lines):
            raise wrong(path, ("findings", place, where), f"{labelled.id}: {message}")
    return labels


def _problems(labelled: Labelled, gold: set[str], lines: int) -> Iterator[tuple[str, str]]:
    for field, ids in (("same", labelled.same), ("near", labelled.near)):
        for unknown in sorted(set(ids) - gold):
            yield field, f"the gold has no {unknown}"
    for both in sorted(set(labelled.same) & set(labelled.near)):
        yield "near", f"{both} is the same already"
    for line in labelled.lines:
        if not 1 <= line <= lines:
            yield "lines", f"the document has {lines} lines, not {line}"
