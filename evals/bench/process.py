"""What a process of this machine uses, from `/proc`: Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Usage:
    """Megabytes in memory now and at most so far, and seconds of processor since its start."""

    memory_mb: float
    peak_mb: float
    processor_s: float


def usage(pid: int) -> Usage:
    """Of a living process. Raises OSError where there is none, or no `/proc`."""
    folder = Path("/proc") / str(pid)
    status = dict(
        line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
    )
    # The name of the process stands in brackets and may hold spaces.
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Usage(
        memory_mb=_megabytes(status["VmRSS"]),
        peak_mb=_megabytes(status["VmHWM"]),
        processor_s=round(ticks / os.sysconf("SC_CLK_TCK"), 2),
    )


def _megabytes(kilobytes: str) -> float:
    return round(int(kilobytes.split()[0]) * 1024 / _MEGABYTE, 1)
