"""A brain with the offline rules in it: it reads what is printed, as a model would, and answers."""

from collections.abc import Coroutine, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, SourceText
from agents.document import read
from agents.evidence import Evidence, Label
from agents.findings import Candidate, Finding, Verdict
from agents.steps.candidates import candidates
from agents.steps.extract import extract
from evals.standin.brains import Asked, Value
from evals.standin.printed import documents, items

T = TypeVar("T")
_STRIDE = ("S", "T", "R", "I", "D", "E")
_LONG = 600


class Rules:
    """Answers each step as the offline analyst would; nothing but the request goes in."""

    def answer(self, asked: Asked) -> Value:
        """The step's answer; empty lists where the documents give nothing."""
        step = getattr(self, f"_{asked.step}")
        value: Value = step(asked, _reading(asked.system))
        return value

    def _triage(self, _: Asked, reading: Reading) -> Value:
        found = _run(_analyst().triage(reading))
        reasons = [
            {"text": reason.text, "evidence": _cited(reason.evidence, reading)}
            for reason in found.reasons[:6]
        ]
        return {
            "is_design": found.is_design,
            "tier": found.tier,
            "depth": found.depth,
            "reasons": reasons,
        }

    def _extract(self, _: Asked, reading: Reading) -> Value:
        system = reading.system
        return {
            "components": [
                {
                    "id": c.id,
                    "name": c.name,
                    "kind": c.kind,
                    "aliases": c.aliases,
                    "attributes": c.attributes,
                    "evidence": _cited(c.evidence, reading),
                }
                for c in system.components[:60]
            ],
            "flows": [
                {
                    "source": f.source,
                    "target": f.target,
                    "label": f.label[:160],
                    "data": f.data_classes,
                    "crosses": f.crosses,
                    "evidence": _cited(f.evidence, reading),
                }
                for f in system.flows[:120]
            ],
            **_told(reading),
        }

    def _judge(self, asked: Asked, reading: Reading) -> Value:
        known = {_key(c, reading): c for c in candidates(reading.system, reading.catalogue)}
        verdicts, others = [], []
        for number, first, _ in items(asked.text, "Candidates"):
            candidate = known.get(" | ".join(first.split(" | ")[:2]))
            judged = _run(_analyst().judge((candidate,), reading)) if candidate else ()
            if not judged or judged[0].verdict is Verdict.NOT_APPLICABLE or not judged[0].evidence:
                others.append(number)
                continue
            verdicts.append(
                {
                    "candidate": number,
                    "verdict": str(judged[0].verdict),
                    "reason": judged[0].reason[:_LONG],
                    "evidence": _cited(judged[0].evidence, reading),
                }
            )
        reason = "Nothing in the documents makes these apply."
        return {
            "verdicts": verdicts,
            "not_applicable": [{"candidates": others, "reason": reason}] if others else [],
        }

    def _propose(self, asked: Asked, reading: Reading) -> Value:
        """The sweep gets every other one: two generators that both find the same are no test."""
        found = [f for f in _run(_analyst().propose(reading)) if f.component_id is not None]
        mine = found[::2] if "the sweep" in asked.text else found[1::2]
        return {"threats": [_threat(finding, reading) for finding in mine[:25]]}

    def _merge(self, asked: Asked, _: Reading) -> Value:
        first: dict[str, int] = {}
        also: dict[int, list[int]] = {}
        for number, line, _rest in items(asked.text, "Findings"):
            keep = first.setdefault(line, number)
            if keep != number:
                also.setdefault(keep, []).append(number)
        reason = "The same title on the same part."
        return {"same": [{"keep": k, "also": a, "reason": reason} for k, a in also.items()]}

    def _refute(self, asked: Asked, _: Reading) -> Value:
        return {"keeps": [number for number, *_rest in items(asked.text, "Findings")], "broken": []}

    def _roads(self, asked: Asked, reading: Reading) -> Value:
        listed = [p for id_, p in reading.catalogue.patterns.items() if f"\n{id_} " in asked.text]
        verdicts = _run(_analyst().roads(listed, (), reading))
        return {
            "roads": [
                {
                    "pattern": v.pattern_id,
                    "status": v.status,
                    "reason": v.reason,
                    "controls": [
                        {
                            "control": c.id,
                            "shown": c.shown,
                            "evidence": _cited((c.evidence,), reading)[0] if c.evidence else None,
                            "missing": c.missing,
                        }
                        for c in v.controls
                    ],
                }
                for v in verdicts
            ]
        }

    def _write(self, asked: Asked, _: Reading) -> Value:
        findings = list(items(asked.text, "Findings"))
        questions = list(items(asked.text, "Questions"))
        comments = [
            {
                "about": number,
                "title": first.split(" | ")[0],
                "why": _words(rest.get("why", ""), 40),
                "change": _words(rest.get("change", ""), 40),
            }
            for number, first, rest in findings
        ]
        for number, first, _rest in questions:
            text, _mark, why = first.partition(" | why: ")
            about = {"about": number, "title": "Question", "question": text, "change": ""}
            comments.append(about | {"why": why.partition(" | ")[0]})
        worst = findings[0][1].split(" | ")[0] if findings else "Nothing material was found"
        return {
            "comments": comments,
            "summary": f"{worst}. {len(findings)} points and {len(questions)} questions in all.",
            "brief": f"We found {len(findings)} points in the text that was read.",
        }


def _told(reading: Reading) -> dict[str, object]:
    """Boundaries, data, attributes, controls and assumptions of an extract answer."""
    system = reading.system
    return {
        "boundaries": [
            {"kind": b.kind, "name": b.name, "evidence": _cited(b.evidence, reading)}
            for b in system.boundaries[:20]
        ],
        "data": [
            {
                "data_class": d.data_class,
                "component": d.component or "",
                "evidence": _cited(d.evidence, reading),
            }
            for d in system.data[:60]
        ],
        "attributes": [
            {
                "attribute": a.attribute,
                "standing": str(a.standing),
                "component": a.component or "",
                "evidence": _cited(a.evidence, reading),
            }
            for a in system.attributes[:80]
        ],
        "controls": [
            {
                "text": c.text[:_LONG],
                "standing": str(c.standing),
                "components": c.components,
                "evidence": _cited((c.evidence,), reading)[0],
            }
            for c in system.controls[:80]
        ],
        "assumptions": _cited(system.assumptions[:20], reading),
    }


@lru_cache
def _analyst() -> LexicalAnalyst:
    return LexicalAnalyst()


@lru_cache
def _catalogue() -> Catalogue:
    return load()


@lru_cache(maxsize=64)
def _reading(system: str) -> Reading:
    """The printed documents, read again, with the system model that the rules make of them."""
    printed = documents(system)
    texts = tuple(SourceText(path=path, text=text) for _, (path, text) in sorted(printed.items()))
    change = Change(repository="stand-in", documents=texts)
    bare = Reading(change, {s.path: read(s.path, s.text) for s in texts}, _catalogue())
    known = _run(extract(bare, _analyst())).value
    return Reading(change, bare.documents, bare.catalogue, known)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine of the offline analyst, which never waits for anything."""
    try:
        work.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    raise RuntimeError("the offline analyst waited for something")


def _cited(evidence: Iterable[Evidence], reading: Reading) -> list[dict[str, object]]:
    numbers = {path: number for number, path in enumerate(reading.documents, 1)}
    return [
        {
            "document": numbers[e.path],
            "line": e.line_start,
            "quote": e.quote[:1200],
            "absent": e.note[:160] if e.label is Label.ABSENT else "",
        }
        for e in list(evidence)[:4]
    ]


def _threat(finding: Finding, reading: Reading) -> dict[str, object]:
    return {
        "title": finding.title[:160],
        "component": finding.component_id,
        "stride": [s for s in finding.stride if s in _STRIDE][:3],
        "category": finding.category or "classic",
        "likelihood": finding.likelihood,
        "impact": finding.impact,
        "why": finding.why[:_LONG],
        "change": finding.change[:_LONG],
        "question": finding.question[:_LONG],
        "catalogue_id": finding.threat_id or "",
        "evidence": _cited(finding.evidence, reading),
    }


def _key(candidate: Candidate, reading: Reading) -> str:
    """The first line of a candidate as it is printed."""
    title = reading.catalogue.threats[candidate.threat_id].title
    return f"{title} | on {candidate.component_id}"


def _words(text: str, most: int) -> str:
    words: Sequence[str] = text.split()
    return " ".join(words[:most])
