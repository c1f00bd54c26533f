"""What several test modules share."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from agents.change import Change, ChangedFile, cut
from agents.findings import Draft

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT.parent / "shared" / "cases"


def skip_or_fail(reason: str) -> NoReturn:
    """Skip on a developer's machine; fail where everything must run (`LINTEL_TEST_ALL=1`)."""
    if os.environ.get("LINTEL_TEST_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def shared_cases() -> list[Path]:
    """Design documents used for development; an empty list on a machine that has none."""
    return sorted(CASES.glob("*/design.md"))


def require_cases() -> list[Path]:
    """The same, or skip with a reason."""
    cases = shared_cases()
    if not cases:
        pytest.skip("the development cases are not on this machine")
    return cases


def eventually(probe: Callable[[], T | None], what: str, seconds: float = 40) -> T:
    """The first truthy answer of `probe`; fails with `what` when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


DESIGN = """# Ticket assistant

## Overview

The assistant answers questions of customers. The web app sends user messages to the LLM.
Retrieved tickets from the vector index are added to the prompt. The assistant can call the refund
tool and issues refunds without approval. Tenant filtering will be added in a later phase.

## Components

| Component | Purpose |
| --- | --- |
| Web app | Browser interface for customers on the internet |
| Assistant service | Builds prompts and calls the LLM |
| Vector index | Embeddings of all tickets, with personal data of customers |
| Refund tool | Calls the payment API with a shared service account |

## Data flow

Users open the web app over the internet. The web app calls the assistant service over TLS. The
assistant service reads from the vector index and calls the hosted model at OpenAI. The assistant
service calls the refund tool, which calls Stripe. Prompts and answers are written to the log store.
"""


def added(path: str, text: str) -> ChangedFile:
    """A new file, with the patch that GitHub would give."""
    lines = text.splitlines()
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join("+" + line for line in lines)
    return ChangedFile(path=path, status="added", patch=patch)


def design_change(text: str = DESIGN, head_sha: str = "a" * 40) -> Change:
    """A pull request that adds one design document."""
    path = "docs/design/assistant.md"
    return Change(
        repository="acme/support",
        number=7,
        title="Add the assistant's design",
        author="ben",
        base_sha="b" * 40,
        head_sha=head_sha,
        documents=(cut(path, text),),
        files=(added(path, text),),
    )


async def offline_draft(change: Change) -> Draft:
    """A draft of the offline analyst, as a worker would make it."""
    from agents.analysts.lexical import LexicalAnalyst
    from agents.catalogue.loader import load
    from agents.journal import MemoryJournal
    from agents.pipeline import review

    return await review(change, load(), LexicalAnalyst(), MemoryJournal())
