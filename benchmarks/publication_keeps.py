"""What a publication keeps under each design: counts, rates, broad counts, comparisons.

    python benchmarks/publication_keeps.py

Made-up cohorts of 250, 1,787 and 5,000 applicants (seed 1), six characteristics, seven stages. The script
fails where `publish` keeps fewer than 95 of 100 counts of 1,787 applicants, or fewer than ten comparisons of
250.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import stepup_equity as su
from stepup_equity.disclosure.designs import designs_of, kept_of

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.disclosure.cubes import counts

SIZES = (250, 1787, 5000)


def broad(release: su.Release) -> tuple[int, int]:
    """Counts of broad ethnic groups printed, and all of them."""
    table = release.table("ethnicity")
    top = [i for i, parent in enumerate(table.parents) if not parent]
    reached = table.measures["reached"].value[top]
    return int(np.isfinite(reached).sum()), reached.size


def main() -> None:
    print("| applicants | design | counts | pass rates | broad ethnic counts | comparisons | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n in SIZES:
        for design in designs_of(counts(n, 1)):
            start = time.process_time()
            try:
                release = su.protect(counts(n, 1), design.policy, **design.choices)
            except su.DisclosureError as refused:
                took = time.process_time() - start
                why = f"refused: {len(refused.cells)} cells"
                print(f"| {n:,} | {design.name} | {why} | - | - | - | {took:.1f} |", flush=True)
                continue
            took = time.process_time() - start
            kept = kept_of(release)
            some, every = broad(release)
            print(
                f"| {n:,} | {design.name} | {kept['counts_kept']} of {kept['counts']} | "
                f"{kept['rates_kept']} of {kept['rates']} | {some} of {every} | "
                f"{kept['comparisons']} | {took:.1f} |",
                flush=True,
            )
            if design.policy == "publish":
                assert n != 1787 or kept["counts_kept"] >= 0.95 * kept["counts"]
                assert n != 250 or kept["comparisons"] >= 10


if __name__ == "__main__":
    main()
