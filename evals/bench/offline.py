"""How long the offline analyst takes for designs of growing length, relative to reading alone."""

import asyncio
import statistics
import time
from importlib.resources import files

from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, SourceText
from agents.document import read
from agents.journal import MemoryJournal
from agents.pipeline import review

WORDS = (2_000, 5_000, 20_000)
ROUNDS = 3
DESIGN = files("service.demo") / "sample/pull-1/files/docs/design/support-assistant.md"


def measure() -> list[dict[str, float]]:
    """For each length: words, seconds of a whole review (median), ratio to parsing the document."""
    catalogue = load()
    rows = []
    for words in WORDS:
        base = DESIGN.read_text()
        copies = max(1, round(words / len(base.split())))
        text = "\n".join(_renamed(base, n) for n in range(copies))
        whole = statistics.median(_timed_review(text, catalogue) for _ in range(ROUNDS))
        parse = statistics.median(_timed_parse(text) for _ in range(ROUNDS))
        rows.append(
            {
                "words": len(text.split()),
                "review_s": round(whole, 2),
                "times_parsing": round(whole / parse, 1),
            }
        )
    return rows


def _renamed(text: str, number: int) -> str:
    """The same design under other names, so that components do not merge into one."""
    return text.replace("assistant", f"assistant{number}").replace(
        "Assistant", f"Assistant{number}"
    )


def _timed_review(text: str, catalogue: Catalogue) -> float:
    change = Change(repository="local", documents=(SourceText(path="design.md", text=text),))
    start = time.perf_counter()
    asyncio.run(review(change, catalogue, LexicalAnalyst(), MemoryJournal()))
    return time.perf_counter() - start


def _timed_parse(text: str) -> float:
    start = time.perf_counter()
    read("design.md", text)
    return time.perf_counter() - start
