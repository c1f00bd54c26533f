"""Where SARIF results stand: artifacts, locations with their quotes, and taxonomies in use."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import PurePosixPath

from agents.catalogue.loader import Catalogue
from agents.evidence import Evidence, Label
from agents.findings import Draft
from service.exports.sarif_rules import Json, cwe_ids, message
from service.exports.text import label, uri

ROOT = "%SRCROOT%"
"""Base of all relative URIs: whoever reads the log knows where the repository is."""
_MEDIA = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".rst": "text/x-rst",
    ".adoc": "text/asciidoc",
    ".asciidoc": "text/asciidoc",
    ".txt": "text/plain",
}


class Places:
    """The documents of a run by position, and locations in them."""

    def __init__(self, draft: Draft) -> None:
        self._read = {document.path: document for document in draft.coverage.documents}
        self._system = draft.system
        quotes = chain(
            chain.from_iterable(finding.evidence for finding in draft.findings),
            chain.from_iterable(question.evidence for question in draft.questions),
            chain.from_iterable(item.evidence for item in draft.mitigated),
        )
        paths = dict.fromkeys(chain(self._read, (evidence.path for evidence in quotes)))
        self._positions = {path: position for position, path in enumerate(paths)}

    def artifacts(self) -> list[Json]:
        """Every document that was read or is quoted."""
        return [self._artifact(path) for path in self._positions]

    def of(self, evidence: Sequence[Evidence], component_id: str | None) -> list[Json]:
        """The first quote as a location; without quotes, the first document as a whole."""
        if not evidence:
            return [self.document(path) for path in list(self._positions)[:1]]
        location = self._location(evidence[0])
        component = self._system.component(component_id) if component_id is not None else None
        if component is not None:
            logical = {
                "name": label(component.name),
                "fullyQualifiedName": label(component.id),
                "kind": label(component.kind),
            }
            location["logicalLocations"] = [logical]
        return [location]

    def further(self, evidence: Sequence[Evidence]) -> list[Json]:
        """All quotes but the first, numbered."""
        return [{"id": n} | self._location(e) for n, e in enumerate(evidence[1:], 1)]

    def document(self, path: str) -> Json:
        """A document as a whole."""
        return {"physicalLocation": {"artifactLocation": self._at(path)}}

    def _location(self, evidence: Evidence) -> Json:
        return {
            "physicalLocation": {
                "artifactLocation": self._at(evidence.path),
                "region": {
                    "startLine": evidence.line_start,
                    "endLine": evidence.line_end,
                    "snippet": {"text": evidence.quote},
                },
            },
            "message": {"text": message(_label(evidence))},
        }

    def _at(self, path: str) -> Json:
        return _address(path) | {"index": self._positions[path]}

    def _artifact(self, path: str) -> Json:
        body: Json = {
            "location": _address(path),
            "roles": ["analysisTarget"],
            "encoding": "UTF-8",
        }
        media = _MEDIA.get(PurePosixPath(path).suffix.lower())
        if media:
            body["mimeType"] = media
        if path in self._read:
            document = self._read[path]
            body["properties"] = {
                "lines": document.lines,
                "words": document.words,
                "diagramsRead": document.diagrams_read,
            }
        return body


class Taxonomies:
    """CWE and STRIDE as far as the findings use them and their ids resolve."""

    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        self._frameworks = catalogue.frameworks
        weaknesses = {id_ for finding in draft.findings for id_ in cwe_ids(finding.references)}
        letters = {letter for finding in draft.findings for letter in finding.stride}
        found = {"CWE": self._known("cwe", weaknesses), "STRIDE": self._known("stride", letters)}
        self._used = {title: ids for title, ids in found.items() if ids}

    def components(self) -> list[Json]:
        """The taxonomies with the taxa in use."""
        return [self._component(title, ids) for title, ids in self._used.items()]

    def references(self) -> list[Json]:
        """References to them, by position."""
        return [{"name": title, "index": at} for at, title in enumerate(self._used)]

    def taxa(self, references: Sequence[str], stride: Sequence[str]) -> list[Json]:
        """References to the taxa that a result falls under."""
        wanted = {"CWE": cwe_ids(references), "STRIDE": stride}
        return [
            {"id": id_, "index": ids.index(id_), "toolComponent": {"name": title, "index": at}}
            for at, (title, ids) in enumerate(self._used.items())
            for id_ in dict.fromkeys(wanted[title])
            if id_ in ids
        ]

    def _known(self, key: str, used: set[str]) -> list[str]:
        framework = self._frameworks.get(key)
        return [id_ for id_ in framework.by_id if id_ in used] if framework is not None else []

    def _component(self, title: str, ids: Sequence[str]) -> Json:
        framework = self._frameworks[title.lower()]
        taxa = [
            {"id": id_, "shortDescription": {"text": message(framework.by_id[id_].title)}}
            for id_ in ids
        ]
        return {
            "name": title,
            "fullName": framework.name,
            "version": framework.version,
            "informationUri": framework.source,
            "isComprehensive": False,
            "taxa": taxa,
        }


def notifications(draft: Draft, places: Places) -> Iterator[Json]:
    """What was not read, left out or dropped, and an outcome without findings."""
    coverage = draft.coverage
    for document in coverage.documents:
        for text in document.skipped:
            said = _notification("skipped", f"{document.path}: {text}")
            yield said | {"locations": [places.document(document.path)]}
    yield from (_notification("left-out", note) for note in coverage.notes)
    if coverage.dropped_evidence:
        count = f"Quotes that could not be verified: {coverage.dropped_evidence}."
        yield _notification(
            "dropped-evidence", f"{count} They were dropped with what they carried."
        )
    if draft.outcome in _OUTCOMES:
        yield _notification("outcome", _OUTCOMES[draft.outcome])


def notification_kinds() -> list[Json]:
    """Descriptors of the notifications, with the fields that code scanning asks of any of them."""
    fields = ("shortDescription", "fullDescription", "help")
    return [{"id": id_} | {f: {"text": text} for f in fields} for id_, (text, _) in _KINDS.items()]


_KINDS = {
    "skipped": ("A part of a document that was not read.", "warning"),
    "left-out": ("What was left out of the input or of the review.", "note"),
    "dropped-evidence": ("Quotes that could not be verified.", "warning"),
    "outcome": ("Why the review has no findings.", "note"),
}
_OUTCOMES = {
    "nothing_material": "The design was judged, and nothing material was found.",
    "too_little_information": "The text says too little to judge the design.",
    "not_a_design": "The text describes no design: nothing was judged.",
}


def _notification(id_: str, text: str) -> Json:
    return {
        "descriptor": {"id": id_, "index": list(_KINDS).index(id_)},
        "level": _KINDS[id_][1],
        "message": {"text": message(text)},
    }


def _address(path: str) -> Json:
    text, relative = uri(path)
    return {"uri": text, "uriBaseId": ROOT} if relative else {"uri": text}


def _label(evidence: Evidence) -> str:
    if evidence.label is Label.ABSENT:
        return f"Expected here and not said: {evidence.note or 'what would settle it'}."
    said = {Label.DIAGRAM: "Drawn here", Label.INFERRED: "Inferred from this"}
    start = said.get(evidence.label, "Stated here")
    return f"{start}: {evidence.note}." if evidence.note else f"{start}."
