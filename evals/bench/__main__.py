"""`python -m evals.bench`: runs every benchmark and prints one JSON object each."""

import json

from evals.bench import ack, offline


def main() -> None:
    """Run and print."""
    print(json.dumps({"bench": "ack", **ack.measure()}))
    for row in (*offline.measure(), offline.peak_memory()):
        print(json.dumps({"bench": "offline", **row}))


if __name__ == "__main__":
    main()
