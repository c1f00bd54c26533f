"""What several test modules share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT.parent / "shared" / "cases"


def shared_cases() -> list[Path]:
    """Design documents used for development; an empty list on a machine that has none."""
    return sorted(CASES.glob("*/design.md"))


def require_cases() -> list[Path]:
    """The same, or skip with a reason."""
    cases = shared_cases()
    if not cases:
        pytest.skip("the development cases are not on this machine")
    return cases
