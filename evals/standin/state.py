"""What a running stand-in knows and can be told."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from evals.standin.brains import Brain
from evals.standin.cache import PrefixCache
from evals.standin.faults import FaultPlan
from evals.standin.ledger import Ledger
from evals.standin.minimal import Minimal
from evals.standin.models import WINDOW

KEY = "standin-key"


@dataclass
class State:
    """May be changed between calls.

    `delay`: seconds from a request to the beginning of its answer. `duration`: to its end, never
    less than `delay`. `window`: tokens that a prompt may have. `clock` serves cache and ledger;
    delays are real time whatever it says.
    """

    brain: Brain = field(default_factory=Minimal)
    key: str = KEY
    window: int = WINDOW
    delay: float = 0.0
    duration: float = 0.0
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.cache = PrefixCache(self.clock)
        self.ledger = Ledger(self.clock)
        self.faults = FaultPlan()
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """The next number for an id."""
        return next(self._numbers)
