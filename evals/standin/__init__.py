"""A local stand-in for Anthropic's Messages API: same wire, same refusals, same cache rules."""

from evals.standin.brains import Asked, Brain, Scripted
from evals.standin.faults import Fault
from evals.standin.minimal import Minimal
from evals.standin.server import StandIn

__all__ = ["Asked", "Brain", "Fault", "Minimal", "Scripted", "StandIn"]
