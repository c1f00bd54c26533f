"""How the offline analyst grows: seconds for designs of growing length, and memory for one of them.

`python -m evals.bench.offline WORDS` reviews once and prints the peak memory of its process.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, SourceText
from agents.document import read
from agents.journal import MemoryJournal
from agents.pipeline import review
from evals.bench.designs import text

ROUNDS = {2_000: 5, 20_000: 3, 200_000: 1}
"""Words, and how often each length is timed: the longest takes long enough to be steady."""
MEMORY_WORDS = 20_000
ROOT = Path(__file__).resolve().parents[2]
_KILO = 1024 if sys.platform != "darwin" else 1
"""`ru_maxrss` counts kilobytes on Linux and bytes on macOS."""


def measure() -> list[dict[str, float]]:
    """For each length: words, seconds of the fastest round by the clock and of the processor, and
    processor seconds per word relative to the shortest and relative to parsing alone.

    Others may share the machine, so the ratios are of processor time.
    """
    catalogue = load()
    _review(text(200), catalogue)
    rows: list[dict[str, float]] = []
    per_word: list[float] = []
    for wanted, rounds in ROUNDS.items():
        design = text(wanted)
        words = len(design.split())
        clock, processor = _fastest(partial(_review, design, catalogue), rounds)
        _, parsing = _fastest(partial(read, "design.md", design), rounds)
        per_word.append(processor / words)
        rows.append(
            {
                "words": words,
                "review_s": round(clock, 2),
                "cpu_s": round(processor, 2),
                "per_word_to_shortest": round(per_word[-1] / per_word[0], 2),
                "times_parsing": round(processor / parsing, 1),
            }
        )
    return rows


def peak_memory(words: int = MEMORY_WORDS) -> dict[str, float]:
    """Words and peak megabytes of a process that reviews a design of that length and ends."""
    command = [sys.executable, "-m", "evals.bench.offline", str(words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Review once in this process and print its peak memory."""
    design = text(int(sys.argv[1]))
    _review(design, load())
    print(json.dumps({"words": len(design.split()), "peak_mb": round(_peak() / 1_000_000)}))


def _peak() -> int:
    """Peak bytes in memory. On Linux `ru_maxrss` of a child may be that of the parent it left."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO


def _review(design: str, catalogue: Catalogue) -> None:
    change = Change(repository="local", documents=(SourceText(path="design.md", text=design),))
    asyncio.run(review(change, catalogue, LexicalAnalyst(), MemoryJournal()))


def _fastest(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Seconds by the clock and of the processor, each of the fastest round."""
    clock, processor = [], []
    for _ in range(rounds):
        before = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    return min(clock), min(processor)


if __name__ == "__main__":
    main()
