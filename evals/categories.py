"""The table from gold categories to catalogue threats and domains."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agents.values import Value
from evals.files import parsed

PATH = Path(__file__).with_name("categories.yaml")


class Category(Value):
    """Ids of the catalogue that speak of one gold category."""

    threats: tuple[str, ...]
    domains: tuple[str, ...]

    def fits(self, threat_id: str | None, domain: str) -> float:
        """1 for a threat of the category, a half for its domain, else 0."""
        if threat_id in self.threats:
            return 1.0
        return 0.5 if domain in self.domains else 0.0


class _Table(Value):
    categories: Mapping[str, Category]


@cache
def categories() -> Mapping[str, Category]:
    """By gold category."""
    return parsed(PATH, _Table).categories
