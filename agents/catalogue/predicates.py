"""Threat preconditions on a system model: which candidates they give, on which components."""

from collections import Counter
from collections.abc import Iterable

from agents.catalogue.facts import Answer, Hit, all_of, answer, any_of
from agents.catalogue.schema import Preconditions, Threat
from agents.findings import Candidate, Clause, Truth
from agents.system import Component, SystemModel

MOST_COMPONENTS = 2
"""Candidates of one threat: the same weakness on ten services is one conversation."""
MOST_HITS = 3
"""Places that a clause shows."""


def evaluate(threat: Threat, system: SystemModel) -> tuple[Candidate, ...]:
    """Candidates of one threat, by component id; empty when its precondition is false.

    A precondition that is unknown gives candidates too, as long as one of its tests is true on
    evidence. Each candidate stands on the component that the true tests point at.
    """
    value, tests = _judged(threat.preconditions, system)
    grounds = [t for t in tests if t.truth is Truth.TRUE]
    if value is Truth.FALSE or not any(map(_carries, grounds)):
        return ()
    return tuple(
        Candidate(
            threat_id=threat.id,
            component_id=component.id,
            clauses=tuple(_clause(t, component.id) for t in tests),
        )
        for component in _components(threat, grounds, system)
    )


def truth(threat: Threat, system: SystemModel) -> Truth:
    """The value of a threat's whole precondition."""
    return _judged(threat.preconditions, system)[0]


def _judged(rule: Preconditions, system: SystemModel) -> tuple[Truth, list[Answer]]:
    """The value, and the tests on which it depends."""
    required = [answer(predicate, system) for predicate in rule.all_of]
    options = [answer(predicate, system) for predicate in rule.any_of]
    values = [t.truth for t in required]
    if not options:
        return all_of(values), required
    chosen = any_of(t.truth for t in options)
    # Where one option is true the open ones decide nothing; a false one never does.
    deciding = [t for t in options if t.truth is chosen]
    return all_of([*values, chosen]), required + deciding


def _carries(ground: Answer) -> bool:
    return not ground.trivial and any(hit.evidence for hit in ground.hits)


def _components(
    threat: Threat, grounds: Iterable[Answer], system: SystemModel
) -> tuple[Component, ...]:
    """The best match and, where there is a second one of the same kind as good, that too."""
    points: Counter[str] = Counter()
    for ground in grounds:
        points.update({id_ for hit in ground.hits for id_ in hit.components})
    fitting = [c for c in system.components if c.kind in threat.applies_to]
    pointed = [c for c in system.components if points[c.id]]
    both = [c for c in fitting if points[c.id]]

    def key(component: Component) -> tuple[int, int]:
        listed = component.kind in threat.applies_to
        place = threat.applies_to.index(component.kind) if listed else len(threat.applies_to)
        return (-points[component.id], place)

    pool = {c.id: c for c in sorted(both or fitting or pointed, key=lambda c: (key(c), c.id))}
    ordered = list(pool.values())
    best = [c for c in ordered if key(c) == key(ordered[0])]
    return tuple(best[:MOST_COMPONENTS])


def _clause(test: Answer, component_id: str) -> Clause:
    """A test as the candidate shows it: what concerns its component first."""
    near = sorted(test.hits, key=lambda hit: (component_id not in hit.components, hit.order))
    shown: list[Hit] = near[:MOST_HITS]
    return Clause(
        text=test.text,
        truth=test.truth,
        components=tuple(dict.fromkeys(id_ for hit in shown for id_ in hit.components)),
        evidence=tuple(dict.fromkeys(e for hit in shown for e in hit.evidence)),
    )
