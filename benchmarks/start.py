"""How much of an export a draft proposes right, asks about, or gets wrong.

    python benchmarks/start.py --exports 200

Invented exports (layouts, headings, languages, statuses in use, labels of the code lists with noise) are
drafted, and every proposal is judged by what a careful person would say. Seeded; the last figures lie beside
this file in start.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.start.generated import make
from tests.start.judged import judged

KINDS = ("column", "label", "status", "doubtful", "stage")
VERDICTS = ("right", "asked", "wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=200)
    exports = parser.parse_args().exports
    started, found = time.perf_counter(), Counter()
    with TemporaryDirectory() as folder:
        for seed in range(exports):
            some, wrong = judged(make(seed), Path(folder) / "export.csv")
            found += some
            for words in wrong:
                print(f"export {seed}: {words}")
    print(f"{exports} exports in {time.perf_counter() - started:.0f} s\n")
    print("| proposals of | right | asked | wrong |")
    print("| --- | --- | --- | --- |")
    for kind in (*KINDS, "all"):
        numbers = [
            sum(n for key, n in found.items() if key.endswith(verdict) and kind in (key.split()[0], "all"))
            for verdict in VERDICTS
        ]
        total = max(sum(numbers), 1)
        print(f"| {kind} | " + " | ".join(f"{n:,} ({n / total:.1%})" for n in numbers) + " |")


if __name__ == "__main__":
    main()
