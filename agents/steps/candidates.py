"""Step candidates: the catalogue's threats whose preconditions hold, or may hold, on the model."""

from agents.catalogue.loader import Catalogue
from agents.catalogue.predicates import evaluate
from agents.findings import Candidate
from agents.system import SystemModel


def candidates(system: SystemModel, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """All candidates of all threats in force, by id."""
    found = (c for threat in catalogue.threats.values() for c in evaluate(threat, system))
    return tuple(sorted(found, key=lambda c: c.id))
