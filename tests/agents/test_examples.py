"""Every threat on its own examples: where it must be raised, where not, and where the text answers it."""

import pytest

from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import load
from agents.examples import WANTED, Shape, examples, outcome

CATALOGUE = load()
ANALYST = LexicalAnalyst()
ROWS = [
    pytest.param(threat.id, shape, text, id=f"{threat.id}-{shape}-{n}")
    for threat in CATALOGUE.threats.values()
    for shape, n, text in examples(threat)
]


def test_every_threat_has_examples_of_all_three_shapes() -> None:
    for threat in CATALOGUE.threats.values():
        shapes = {shape for shape, _, _ in examples(threat)}
        assert shapes == {"fires", "quiet", "mitigated"}, threat.id


@pytest.mark.parametrize(("threat_id", "shape", "text"), ROWS)
def test_example(threat_id: str, shape: Shape, text: str) -> None:
    found = outcome(CATALOGUE.threats[threat_id], text, CATALOGUE, ANALYST)
    assert found in WANTED[shape]
