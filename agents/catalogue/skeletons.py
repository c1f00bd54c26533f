"""Skeletons: complete, commented files from which a threat or a pattern is written."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.catalogue.schema import UNASSIGNED

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue

PLACEHOLDER = "REPLACE:"
"""How a value begins that the author still has to write."""

THREAT_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PATTERN_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{2,4}")
LONGEST_ID = 60
THREAT_ID_IN_WORDS = "lower case words joined by hyphens, such as `stale-price-feed`"
PATTERN_ID_IN_WORDS = "capitals, a hyphen and two to four digits, such as `ACME-01`"


@dataclass(frozen=True)
class Skeleton:
    """A file to write: its path inside a catalogue directory, and its text."""

    name: str
    text: str


def is_threat_id(id_: str) -> bool:
    """True for `stale-price-feed`."""
    return len(id_) <= LONGEST_ID and THREAT_ID.fullmatch(id_) is not None


def is_pattern_id(id_: str) -> bool:
    """True for `ACME-01`."""
    return len(id_) <= LONGEST_ID and PATTERN_ID.fullmatch(id_) is not None


def fitting_domains(id_: str, catalogue: "Catalogue", most: int = 3) -> tuple[str, ...]:
    """Domains whose threats share words with this id, or that are spelt alike; the best first."""
    words = set(id_.replace("_", "-").split("-"))
    shared: Counter[str] = Counter()
    for threat in catalogue.threats.values():
        shared[threat.domain] += len(words & set(threat.id.split("-")))
    for domain in catalogue.vocabulary.domains:
        shared[domain] += 5 * len(words & set(domain.split("_")))
    ranked = sorted((d for d in shared if shared[d]), key=lambda d: (-shared[d], d))
    alike = difflib.get_close_matches(id_, catalogue.vocabulary.domains, n=most)
    return tuple(dict.fromkeys((*alike, *ranked)))[:most]


def threat_skeleton(id_: str, domain: str, title: str | None, catalogue: "Catalogue") -> Skeleton:
    """A threat that loads as it is; kinds and category are those usual in the domain."""
    peers = [t for t in catalogue.threats.values() if t.domain == domain]
    kinds = _usual((kind for t in peers for kind in t.applies_to), 2) or ("service",)
    category = (*_usual((t.category for t in peers), 1), "classic")[0]
    text = _THREAT.format(
        id=id_,
        title=_text(title, "what goes wrong, in one line"),
        category=category,
        domain=domain,
        kinds=", ".join(kinds),
        kind=kinds[0],
    )
    return Skeleton(f"threats/{domain}/{id_}.yaml", text)


def pattern_skeleton(
    id_: str, title: str | None, covers: Sequence[str], catalogue: "Catalogue"
) -> Skeleton:
    """A pattern that loads as it is and covers these threats; the kinds are theirs."""
    kinds = _usual((k for t in covers for k in catalogue.threats[t].applies_to), 3)
    text = _PATTERN.format(
        id=id_,
        name=_text(title, "the name of the reusable design"),
        kinds=", ".join(kinds),
        covers="".join(f"\n  - {threat}" for threat in covers),
        owner=UNASSIGNED,
    )
    return Skeleton(f"patterns/{id_}.yaml", text)


def _usual(values: Iterable[str], most: int) -> tuple[str, ...]:
    """The most frequent ones; the alphabet decides between equals."""
    counted = Counter(values)
    return tuple(sorted(counted, key=lambda value: (-counted[value], value))[:most])


def _text(given: str | None, what: str) -> str:
    """A quoted YAML scalar: every JSON string is one."""
    return json.dumps(given if given is not None else f"{PLACEHOLDER} {what}", ensure_ascii=False)


_THREAT = """\
# A threat of our own. Replace every value that begins with REPLACE: and delete the comments.
# The words of the closed lists (kinds, attributes, data classes, boundaries) are in the built-in
# vocabulary; `lintel catalogue check` names them when one is wrong.
id: {id}
title: {title}
# ai: needs an AI component; classic: also applies without one.
category: {category}
domain: {domain}
description: >-
  REPLACE: two or three sentences: who does what, through which weakness, and what it costs.
# Letters of STRIDE: S spoofing, T tampering, R repudiation, I information disclosure,
# D denial of service, E elevation of privilege.
stride: [T]
# Component kinds on which a finding may stand.
applies_to: [{kinds}]
# The threat applies when every test of all_of is true and, where any_of is given, one of its tests.
# A test is one of: component_any_of, attribute_any_of, data_class_any_of, crosses_boundary_any_of,
# flow (from_any_of, to_any_of, crosses_any_of, carries_any_of). What a document does not say is
# unknown, and becomes a question.
preconditions:
  all_of:
    - component_any_of: [{kind}]
    # - flow:
    #     from_any_of: [external_user]
    #     to_any_of: [{kind}]
    #     crosses_any_of: [internet]
  # any_of:
  #   - attribute_any_of: [multi_tenant, user_uploads]
  #   - data_class_any_of: [personal, payment]
  in_words: "REPLACE: the same in one sentence that starts with `The design has`."
# What a document states when the threat is dealt with.
mitigated_when_document_shows:
  - "REPLACE: one thing that the text would say"
# Search hints for those statements: short and specific.
evidence_terms:
  - "REPLACE: a word or two"
# The question to the author where the document is silent.
review_question: "REPLACE: which part checks this, and what happens when the check fails?"
# Two to four, each as something to do.
recommended_controls:
  - "REPLACE: the control that matters most"
  - "REPLACE: the next one"
# `framework/id`; `lintel catalogue coverage --framework KEY --json` lists ids with their titles.
references: []
# - owasp-api-2023/API1:2023
# Ids of CWE, such as CWE-862.
cwe: []
# From 1 to 5, for an unmitigated design that is reachable from the internet.
default_rating:
  likelihood: 3
  impact: 3
  reasoning: "REPLACE: why this often, and why this bad."
# Patterns that answer the threat; a pattern named here need not name the threat.
paved_road_patterns: []
# Short design prose, two to eight sentences each.
examples:
  # The threat applies, and nothing in the text answers it.
  fires:
    - "REPLACE: a design in which the threat applies."
  # Close to it, but the threat does not apply.
  quiet:
    - "REPLACE: a design that looks alike and does not have the problem."
  # The threat would apply, and the text states the control.
  mitigated:
    - "REPLACE: the first design again, with a sentence that states the control."
"""

_PATTERN = """\
# A pattern of our own: a reusable design that is approved in advance. Replace every value that
# begins with REPLACE: and delete the comments.
id: {id}
name: {name}
problem: >-
  REPLACE: what teams do today, each in its own way, and what goes wrong.
applies_when: "REPLACE: the designs that should follow it, in one line."
# Component kinds that the pattern concerns: a design with one of them is compared with it.
applies_to: [{kinds}]
# A design has adopted the pattern when its text shows all of them.
required_controls:
  - id: {id}.C1
    text: "REPLACE: the first control, as a fact that a document can state."
  - id: {id}.C2
    text: "REPLACE: the second one."
# Threats that a design following the pattern has answered. They need not name the pattern.
covers_threats:{covers}
# What a document says when it follows the pattern.
adopted_when_document_shows:
  - "REPLACE: a name or a sentence by which a reviewer recognises it"
# How to see that the controls work.
verification_steps:
  - "REPLACE: try what must be refused, and expect the refusal"
trade_offs:
  - "REPLACE: what it costs"
# Approved means that an owner answers for it and that it is looked at again:
#   owner: Platform security
#   status: approved
#   review_by: 2027-06-30
owner: {owner}
status: proposed
review_after_months: 12
"""
