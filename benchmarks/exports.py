"""Exports of records drawn at random: how many come back as drawn, are refused, or differ in silence.

    python benchmarks/exports.py 10000

The last figures stand in exports.md. The tests run the first forty.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.laws.exports import drawn, outcome


def main(first: int, last: int) -> None:
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last):
            result = outcome(drawn(seed), Path(folder))
            found[result] += 1
            if result not in ("equal", "refused"):
                print(f"seed {seed}: {result}")
    for result, number in found.most_common():
        print(f"{result:24} {number:6,}")
    print(f"{found['silent']} in silence")


if __name__ == "__main__":
    main(0, int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
