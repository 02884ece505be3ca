"""Protection at work: made-up cohorts of every size, both thresholds, hiding and rounding.

    python benchmarks/disclosure.py > benchmarks/disclosure.md            # about a quarter of an hour
    python benchmarks/disclosure.py --seeds 2 --no-cohorts                # a minute

Every run ends in a release whose audit holds or in a refusal that names the cells. Seconds are those of the
processor, one thread. The script fails if any run ends otherwise.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import numpy as np

import stepup_equity as su
from stepup_equity.shipped import shipped

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.disclosure.cubes import audited, counts

SIZES = (250, 400, 600, 1787, 5000)


def run(table: su.StageCounts, policy: su.Policy) -> tuple[su.Release | su.DisclosureError, float]:
    started = time.process_time()
    try:
        found: su.Release | su.DisclosureError = su.protect(table, policy)
    except su.DisclosureError as refusal:
        found = refusal
    return found, time.process_time() - started


def checked(found: su.Release | su.DisclosureError, table: su.StageCounts) -> su.Release | None:
    """The release after one more audit, made from the printed table and the truth; None for a refusal."""
    if isinstance(found, su.DisclosureError):
        assert len(found.cells), "a refusal that names no cell"
        assert "What would help" in str(found) or "do together" in str(found), str(found)
        return None
    assert audited(found, table).holds, "a release whose audit fails"
    return found


def sizes(seeds: int) -> None:
    print("| applicants | threshold | mode | released | refused | hidden of 392 | proven | seconds, most |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for n in SIZES:
        for threshold in (5, 10):
            for mode in ("suppress", "round"):
                seconds, hidden, proven, refused = [], [], 0, 0
                for seed in range(seeds):
                    table = counts(n, seed)
                    found, took = run(table, su.Policy(threshold=threshold, mode=mode))
                    seconds.append(took)
                    release = checked(found, table)
                    if release is None:
                        refused += 1
                        continue
                    hidden.append(release.hidden[0])
                    proven += release.gap == 0
                many = f"{min(hidden)} to {max(hidden)}" if hidden and mode == "suppress" else "-"
                optimal = f"{proven} of {len(hidden)}" if mode == "suppress" else "-"
                print(
                    f"| {n:,} | {threshold} | {mode} | {len(hidden)} | {refused} | {many} | {optimal} | "
                    f"{np.median(seconds):.1f}, {max(seconds):.1f} |",
                    flush=True,
                )


def cohorts(n: int, seeds: int) -> None:
    print("| seed | mode | characteristic | hidden | gap | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    for seed in range(1, seeds + 1):
        for mode in ("suppress", "round"):
            table = counts(n, seed, 3)
            found, took = run(table, su.Policy(threshold=5, mode=mode))
            release = checked(found, table)
            if release is None:
                print(f"| {seed} | {mode} | all | refused | | {took:.0f} |", flush=True)
                continue
            hidden, cells = release.hidden
            gap = f"{release.gap:.0%}" if mode == "suppress" else "-"
            print(f"| {seed} | {mode} | all six | {hidden} of {cells} | {gap} | {took:.0f} |", flush=True)


def first_cohort() -> None:
    table = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    print("| policy | outcome | counts hidden, by characteristic | seconds |")
    print("| --- | --- | --- | --- |")
    for policy in (
        su.Policy(threshold=5),
        *map(su.Policy.preset, ("publish", "ofs", "tre", "nhs", "ofqual", "hesa")),
    ):
        found, took = run(table, policy)
        if isinstance(found, su.DisclosureError):
            print(f"| {policy.name} | refused, {len(found.cells)} cells | - | {took:.1f} |", flush=True)
            continue
        each: dict[str, int] = defaultdict(int)
        for line in found.frame.query("measure == 'reached' and value == '[c]'").itertuples():
            each[line.characteristic] += 1
        name = policy.name if policy.name != "custom" else "threshold 5"
        words = ", ".join(f"{key} {count}" for key, count in each.items()) or "none"
        hidden, cells = found.hidden
        proof = "proven optimal" if found.gap == 0 else f"within {found.gap:.0%}"
        outcome = (
            f"{hidden} of {cells} hidden, {proof}" if policy.hides else f"rounded to {policy.round_base}"
        )
        print(f"| {name} | {outcome} | {words} | {took:.1f} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--cohort-seeds", type=int, default=2)
    arguments.add_argument("--no-cohorts", action="store_true")
    chosen = arguments.parse_args()
    print("# Protected tables\n")
    print(
        f"Python {platform.python_version()}, HiGHS {version('highspy')}, numpy {version('numpy')}; "
        "`python benchmarks/disclosure.py` prints this. Seconds of processor time, one thread.\n"
    )
    print("## Seeds and sizes\n")
    print(
        f"{chosen.seeds} made-up cohorts of each size: 7 stages, 19 ethnic groups in 5, and five other "
        "characteristics; one cohort. Refusals are cohorts where so few people left at some stage that "
        "totals, which stay printed, give them away; each names its cells and what would help.\n"
    )
    sizes(chosen.seeds)
    if not chosen.no_cohorts:
        print("\n## Three cohorts of 1,787, and all of them together, threshold 5\n")
        cohorts(1787, chosen.cohort_seeds)
    print("\n## The reconstructed first cohort\n")
    first_cohort()


if __name__ == "__main__":
    main()
