"""The reports of benchmarks, as files that are committed."""

import json
from collections.abc import Mapping
from pathlib import Path


def write(path: Path, content: Mapping[str, object]) -> None:
    """The report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    print(f"written to {path}")
