"""SARIF 2.1.0: a review as one run, for code scanning and other readers of analysis results."""

import hashlib
import re
from dataclasses import dataclass

from agents.catalogue.loader import Catalogue
from agents.evidence import Evidence
from agents.findings import Dismissal, Draft, Finding, Mitigated, Question
from service.exports.sarif_places import ROOT, Places, Taxonomies, notification_kinds, notifications
from service.exports.sarif_rules import (
    LEVELS,
    Json,
    message,
    rule_of_finding,
    rule_of_mitigated,
    rule_of_question,
    rules,
)
from service.exports.text import dump, plain, sentence, tidy

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")
_RANK_SCALE = 4
"""Likelihood times impact is at most 25, a rank at most 100."""


def sarif(draft: Draft, catalogue: Catalogue) -> str:
    """The review as the text of a SARIF log."""
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(draft, catalogue).body()]})


@dataclass(frozen=True)
class _Subject:
    """What every result has, whatever its kind."""

    id: str
    rule: str
    text: str
    evidence: tuple[Evidence, ...]
    component_id: str | None
    references: tuple[str, ...] = ()
    stride: tuple[str, ...] = ()
    dismissed: Dismissal | None = None


class _Run:
    """One run while it is written: what its results refer to by position."""

    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        self.draft = draft
        self.rules = rules(draft, catalogue)
        self.positions = {id_: position for position, id_ in enumerate(self.rules)}
        self.places = Places(draft)
        self.taxonomies = Taxonomies(draft, catalogue)

    def body(self) -> Json:
        """The whole run."""
        draft = self.draft
        run: Json = {
            "tool": {"driver": self._driver()},
            "language": "en-GB",
            "columnKind": "unicodeCodePoints",
            "automationDetails": {
                "id": f"lintel/design-review/{plain(draft.head_sha)}",
                "description": {"text": "Security review of design documents."},
            },
            "originalUriBaseIds": {
                ROOT: {"description": {"text": "The root of the reviewed repository or folder."}}
            },
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolExecutionNotifications": list(notifications(draft, self.places)),
                }
            ],
            "artifacts": self.places.artifacts(),
            "results": [
                *map(self._finding, draft.findings),
                *map(self._question, draft.questions),
                *map(self._mitigated, draft.mitigated),
            ],
            "properties": tidy(_run_properties(draft)),
        }
        taxonomies = self.taxonomies.components()
        return run | ({"taxonomies": taxonomies} if taxonomies else {})

    def _driver(self) -> Json:
        provenance = self.draft.provenance
        driver: Json = {
            "name": "Lintel",
            "version": plain(provenance.lintel) or "unknown",
            "rules": list(self.rules.values()),
            "notifications": notification_kinds(),
            "properties": {
                "analyst": plain(provenance.analyst),
                "catalogueVersion": plain(provenance.catalogue_version),
                "catalogueHash": plain(provenance.catalogue_hash),
            },
        }
        if _SEMANTIC.fullmatch(provenance.lintel):
            driver["semanticVersion"] = provenance.lintel
        supported = self.taxonomies.references()
        return driver | ({"supportedTaxonomies": supported} if supported else {})

    def _finding(self, finding: Finding) -> Json:
        subject = _Subject(
            finding.id,
            rule_of_finding(finding),
            _told(finding),
            finding.evidence,
            finding.component_id,
            finding.references,
            finding.stride,
            finding.dismissed,
        )
        return self._result(subject, "fail", LEVELS[finding.severity]) | {
            "rank": float(finding.likelihood * finding.impact * _RANK_SCALE),
            "properties": tidy(_finding_properties(finding)),
        }

    def _question(self, question: Question) -> Json:
        subject = _Subject(
            question.id,
            rule_of_question(question),
            f"Open question: {sentence(question.text)} {sentence(question.why)}",
            question.evidence,
            question.component_id,
            dismissed=question.dismissed,
        )
        properties = {
            "question": question.text,
            "why": question.why,
            "threats": list(question.threat_ids),
            "forAuthor": question.for_author,
        }
        return self._result(subject, "open", "none") | {"properties": tidy(properties)}

    def _mitigated(self, item: Mitigated) -> Json:
        title = _placed(item.title, item.component_name)
        text = f"Mitigated: {title} {sentence(item.reason)}"
        rule = rule_of_mitigated(item)
        subject = _Subject(item.id, rule, text, item.evidence, item.component_id)
        return self._result(subject, "pass", "none") | {"properties": tidy({"reason": item.reason})}

    def _result(self, subject: _Subject, kind: str, level: str) -> Json:
        # The standard leaves levels other than `none` to failures: what is open or passed has none.
        result: Json = {
            "ruleId": subject.rule,
            "ruleIndex": self.positions[subject.rule],
            "kind": kind,
            "level": level,
            "message": {"text": message(subject.text)},
            "locations": self.places.of(subject.evidence, subject.component_id),
            "partialFingerprints": _fingerprints(subject),
        }
        if len(subject.evidence) > 1:
            result["relatedLocations"] = self.places.further(subject.evidence)
        if taxa := self.taxonomies.taxa(subject.references, subject.stride):
            result["taxa"] = taxa
        if subject.dismissed is not None:
            result["suppressions"] = [_suppression(subject.dismissed)]
        return result


def _told(finding: Finding) -> str:
    """Everything a reader needs where nothing but the message is shown."""
    place = finding.component_name if finding.component_id is not None else ""
    parts = [_placed(finding.title, place), sentence(finding.why)]
    if finding.change:
        parts.append(f"Change: {sentence(finding.change)}")
    if finding.question:
        parts.append(f"Question: {sentence(finding.question)}")
    return " ".join(part for part in parts if part)


def _placed(title: str, place: str) -> str:
    return sentence(f"{title} ({place})" if place else title)


def _finding_properties(finding: Finding) -> Json:
    return {
        "severity": finding.severity.value,
        "likelihood": finding.likelihood,
        "impact": finding.impact,
        "score": finding.likelihood * finding.impact,
        "rating": [step.model_dump() for step in finding.rating],
        "position": finding.rank,
        "forAuthor": finding.for_author,
        "component": {"id": finding.component_id, "name": finding.component_name},
        "category": finding.category,
        "domain": finding.domain,
        "stride": list(finding.stride),
        "references": list(finding.references),
        "controls": list(finding.controls),
        "patterns": list(finding.patterns),
        "precedents": list(finding.precedents),
        "also": list(finding.also),
    }


def _run_properties(draft: Draft) -> Json:
    return {
        "repository": draft.repository,
        "number": draft.number,
        "headSha": draft.head_sha,
        "outcome": draft.outcome,
        "tier": draft.triage.tier,
        "depth": draft.triage.depth,
    }


def _fingerprints(subject: _Subject) -> dict[str, str]:
    """By the stable id, so that moved lines are no new result; code scanning reads the second."""
    path = subject.evidence[0].path if subject.evidence else ""
    digest = hashlib.sha256(f"{subject.id}\n{path}".encode("utf-8", "replace")).hexdigest()
    return {"lintelId/v1": plain(subject.id), "primaryLocationLineHash": f"{digest[:16]}:1"}


def _suppression(dismissal: Dismissal) -> Json:
    reason = dismissal.reason.replace("_", " ")
    text = plain(f"{reason}: {dismissal.text}") if dismissal.text else reason
    return {
        "kind": "external",
        "status": "accepted",
        "justification": text,
        "properties": {"by": plain(dismissal.by)},
    }
