"""Strangers against publications: made-up tables under every policy, and pairs one after the other.

    python benchmarks/attackers.py [RELEASES] [SERIES] [DONE.csv]
    python benchmarks/attackers.py informed [TABLES]

Run from the top of the repository. Each small count is attacked with the arithmetic of
``tests/disclosure/stranger.py``, which shares nothing with the product: it reads the file that a release
writes, and what the notes of the release say. Tables are drawn by seed: two characteristics and sometimes a
flag that adds up one of them; broad and detailed groups; two or three cohorts and all of them; people who
wait; and the reconstructed first cohort. A series is two releases of the same people under two policies, the
second made with the ledger of the first; of half of them one prints fewer groups, stages or characteristics.
With a file each seed is noted there as it ends, and a later run goes on from it. The script fails where a
count is found below the promise.

*informed* is the reader who runs the product: of tables drawn from those that fit a print, it keeps those
that print the same.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.disclosure.stranger import Stranger, small

import stepup_equity as su
from stepup_equity.disclosure import Policy
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICIES: dict[str, str | Policy] = {
    "publish": "publish", "hesa": "hesa", "suppress10": "suppress10", "threshold 5": Policy(threshold=5),
    "tre": "tre", "nhs": "nhs", "ofqual": "ofqual", "ofs": "ofs",
}  # fmt: skip
KINDS = {"plain": 0.66, "levels": 0.14, "cohorts": 0.1, "waiting": 0.08, "first cohort": 0.02}


def kind_of(seed: int) -> str:
    """What sort of table a seed draws."""
    return str(np.random.default_rng([seed, 1]).choice(list(KINDS), p=list(KINDS.values())))


def table(seed: int) -> su.StageCounts:
    """A few groups of a few characteristics of the same people, two to four stages."""
    kind = kind_of(seed)
    if kind == "first cohort":
        return first_cohort()
    rng = np.random.default_rng(seed)
    return waiting(rng) if kind == "waiting" else published(rng, kind)


@lru_cache(maxsize=1)
def first_cohort() -> su.StageCounts:
    return su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))


def published(rng: np.random.Generator, kind: str) -> su.StageCounts:
    """A published table, from people of whom each has an answer to every question."""
    n_stages = int(rng.integers(2, 4 if kind == "cohorts" else 5))
    n_people = int(rng.choice([60, 150, 400, 1200]))
    ended = np.minimum(rng.geometric(0.45, n_people) - 1, n_stages - 1)
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name in ("x", "y") if kind != "cohorts" else ("x",):
        shares = rng.dirichlet(np.ones(int(rng.integers(2, 6))))
        columns[name] = rng.choice(len(shares), n_people, p=shares)
    broad = columns["x"] // 2 if kind == "levels" else None
    if kind == "plain" and rng.random() < 0.4:
        columns["flag"] = (columns["x"] > 0).astype(int)
    cohort = (
        rng.integers(0, int(rng.integers(2, 4)), n_people) if kind == "cohorts" else np.zeros(n_people, int)
    )
    rows = []
    for year in np.unique(cohort):
        for name, answers in columns.items():
            for group in np.unique(answers):
                mine = (answers == group) & (cohort == year)
                reached = [int((mine & (ended >= s)).sum()) for s in range(n_stages)]
                parent = f"broad {group // 2}" if broad is not None and name == "x" else ""
                rows.append((str(2010 + year), name, f"{name}{group}", parent, *reached))
    names = ["cohort", "characteristic", "group", "parent", *(f"s{s}" for s in range(n_stages))]
    frame = pd.DataFrame(rows, columns=names)
    return su.StageCounts.from_table(frame if kind == "cohorts" else frame.drop(columns="cohort"))


def waiting(rng: np.random.Generator) -> su.StageCounts:
    """Records in which some wait for a decision."""
    n = int(rng.choice([60, 150, 400, 1200]))
    stages = np.array(["submitted", "eligible", "screened", "invited"])[: int(rng.integers(2, 5))]
    at = np.minimum(rng.geometric(0.45, n) - 1, len(stages) - 1)
    waits = rng.random(n) < rng.choice([0.03, 0.1, 0.3])
    frame = pd.DataFrame(
        {
            "applicant_id": range(n),
            "gender": rng.choice(["Female", "Male"], n, p=[0.85, 0.15]),
            "disability": rng.choice(
                ["No disability", "Physical disability", "Other disability"], n, p=[0.8, 0.1, 0.1]
            ),
            "furthest_stage": np.where(at == len(stages) - 1, "accepted", stages[at]),
            "exit_reason": np.where(waits & (at < len(stages) - 1), "pending", ""),
        }
    )
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def options_of(seed: int, counts: su.StageCounts) -> dict[str, Any]:
    """What is printed: of the first cohort one or two characteristics, since it is large."""
    rng = np.random.default_rng([seed, 2])
    if kind_of(seed) != "first cohort":
        return {}
    names = rng.choice(list(counts.characteristics), int(rng.integers(1, 3)), replace=False)
    return {"by": [str(name) for name in names]}


def fewer(seed: int, counts: su.StageCounts, options: dict[str, Any]) -> tuple[dict[str, Any], Merged]:
    """A way to print less than everything, and groups that are printed as one."""
    rng = np.random.default_rng([seed, 3])
    names = list(options.get("by", counts.characteristics))
    way = rng.choice(["stage", "groups", "characteristic"])
    later = counts.process.stage_keys[1:-1]
    if way == "stage" and later:
        return {**options, "drop_stages": [str(rng.choice(later))]}, {}
    if way == "groups":
        name = str(rng.choice(names))
        groups = [g for g in counts.funnel(name, level="detailed").groups if g[0] == "x"]
        if kind_of(seed) in ("plain", "cohorts") and len(groups) > 2:
            return {**options, "merge": {name: {"one": groups[:2]}}}, {"one": groups[:2]}
    if len(names) > 1:
        return {**options, "by": [str(rng.choice(names))]}, {}
    return options, {}


Merged = dict[str, list[str]]


def safe(low: int, high: int, policy: Policy) -> bool:
    """What the policy promises."""
    if policy.shows_all:
        return high - low >= policy.width
    return high >= policy.threshold and high - low >= policy.threshold - 1


def as_printed(release: su.Release) -> pd.DataFrame:
    """The file that a release writes, read as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = release.to_csv(Path(folder) / "printed.csv")
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def stranger_of(releases: list[su.Release], merged: Merged, later: Sequence[su.Release] = ()) -> Stranger:
    """Everything that a reader of these files knows; of later ones the rows and stages, and no number."""
    stranger = Stranger()
    for release in releases:
        policy = release.policy
        stranger.read(
            as_printed(release),
            base=policy.round_base if policy.rounds else 0,
            nearest=policy.mode != "round",
            presence=not any("Every declared group has a row" in note for note in release.notes),
        )
    for release in later:
        stranger.read(as_printed(release).assign(value="[c]"), presence=False)
    stages: dict[str, None] = dict.fromkeys(stage for _, stage, _ in stranger.place)
    cohorts = dict.fromkeys(key[0] for key, _, _ in stranger.place)
    keys = {(key[0], key[2]): key for key, _, _ in stranger.place}
    for cohort in cohorts:
        flag, own = keys.get((cohort, "flag0")), keys.get((cohort, "x0"))
        if flag and own and (cohort, "flag1") in keys:
            stranger.knows(flag, [own], list(stages))
        for whole, parts in merged.items():
            if (cohort, whole) in keys and all((cohort, part) in keys for part in parts):
                stranger.knows(keys[cohort, whole], [keys[cohort, part] for part in parts], list(stages))
    return stranger


@dataclass(frozen=True)
class Attack:
    """How one seed ended: what kind, whether released, small counts attacked, those below the promise.

    `before` are counts that the first of two releases told under a policy of its own, which the second says.
    """

    kind: str
    outcome: str
    attacked: int = 0
    below: int = 0
    before: int = 0


def attack(seed: int, *, series: bool) -> Attack:
    """One release, or two, and every small count of the last attacked."""
    rng = np.random.default_rng(seed + 10**6)
    one, other = (str(name) for name in rng.choice(list(POLICIES), 2))
    counts = table(seed)
    kind = "series" if series else one
    options = options_of(seed, counts)
    first, second, merged = options, options, {}
    if series and rng.random() < 0.5:
        less, merged = fewer(seed, counts, options)
        first, second = (less, options) if rng.random() < 0.5 else (options, less)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        try:
            releases = [su.protect(counts, POLICIES[one], **first)]
            if series:
                releases.append(su.protect(counts, POLICIES[other], ledgers=releases, **second))
        except su.DisclosureError:
            return Attack(kind, "refused")
    policy = releases[-1].policy
    stranger = stranger_of(releases, merged)
    warned = any("have already given away" in str(one.message) for one in said)
    before = stranger_of(releases[:1], merged, releases[1:]) if warned else None
    cells = small(counts, policy.threshold, **second)
    below = lost = 0
    for cell in cells:
        low, high = stranger.interval(cell)
        if safe(low, high, policy):
            continue
        if before is not None and not safe(*before.interval(cell), policy):
            lost += 1  # the first release did that under its own policy, and the second says so
            continue
        below += 1
        print(f"below the promise: seed {seed}, {one}, {other}: {cell} is {low} to {high}", file=sys.stderr)
    return Attack(kind, "released", len(cells) - lost, below, lost)


def informed(tables: int) -> None:
    """What a reader who runs the product gains under each policy; rounded tables are tried near by alone."""
    print("| policy | tables | small counts | of them shown to stay protected |")
    print("| --- | --- | --- | --- |")
    policies = {**POLICIES, "informed, nearest 5": Policy(threshold=5, mode="nearest", reader="informed")}
    policies["informed, threshold 3"] = Policy(threshold=3, reader="informed")
    for name, given in policies.items():
        policy = su.Policy.preset(given) if isinstance(given, str) else given
        made = small_ones = kept = 0
        for seed in range(10 * tables):
            if made == tables:
                break
            rng = np.random.default_rng([seed, 17])
            rows = _toy(rng)
            own = _values(rows, policy)
            if own is None:
                continue
            cells = [(at, s) for at in (0, 1) for s in (0, 1) if 0 < rows[at][s] < policy.threshold]
            if not cells:
                continue
            alike = [rows, *(other for other in _near(rows, policy, rng) if _values(other, policy) == own)]
            made += 1
            for at, s in cells:
                values = [table[at][s] for table in alike]
                small_ones += 1
                kept += safe(min(values), max(values), policy)
        print(f"| {name} | {made} | {small_ones} | {kept} |", flush=True)


Toy = tuple[tuple[int, int], tuple[int, int]]


def _toy(rng: np.random.Generator) -> Toy:
    """Two groups, two stages, some numbers small."""
    first, second = (int(n) for n in rng.integers(12, 60, 2))
    return (first, int(rng.integers(1, first))), (second, int(rng.integers(1, min(second, 9))))


def _near(rows: Toy, policy: Policy, rng: np.random.Generator) -> list[Toy]:
    """Tables that may fit: every one that keeps the totals, or near ones where counts are rounded."""
    (a, x), (b, y) = rows
    if not policy.rounds:
        return [((a, i), (b, x + y - i)) for i in range(x + y + 1) if i <= a and x + y - i <= b]
    steps = np.arange(1 - policy.round_base, policy.round_base)
    one = np.vstack([np.outer(steps, axis) for axis in np.eye(4, dtype=int)])
    two = one[rng.integers(0, len(one), 60)] + one[rng.integers(0, len(one), 60)]
    moves = np.unique(np.vstack([one, two]), axis=0)
    found = [((a + p, x + q), (b + r, y + s)) for p, q, r, s in moves.tolist()]
    return [table for table in found if all(n >= m >= 0 and n > 0 for n, m in table)]


def _values(rows: Toy, policy: Policy) -> tuple[str, ...] | None:
    frame = pd.DataFrame([("x", "g0", *rows[0]), ("x", "g1", *rows[1])])
    frame.columns = pd.Index(["characteristic", "group", "s0", "s1"])
    try:
        return tuple(su.protect(su.StageCounts.from_table(frame), policy).frame["value"])
    except su.DisclosureError:
        return None


def noted(done: Path) -> dict[int, Attack]:
    """Seeds of an earlier run."""
    if not done.exists():
        return {}
    with done.open() as file:
        return {int(s): Attack(kind, out, *map(int, numbers)) for s, kind, out, *numbers in csv.reader(file)}


def main(many: int, pairs: int, done: Path | None) -> None:
    known = noted(done) if done else {}
    found: dict[int, Attack] = {}
    released: Counter[bool] = Counter()
    for seed in range(10 * (many + pairs)):
        series = seed % 3 == 0
        if released[series] >= (pairs if series else many):
            if min(released[True] - pairs, released[False] - many) >= 0:
                break
            continue
        found[seed] = known.get(seed) or attack(seed, series=series)
        released[series] += found[seed].outcome == "released"
        if done and seed not in known:
            with done.open("a", newline="") as file:
                one = found[seed]
                csv.writer(file).writerow((seed, one.kind, one.outcome, one.attacked, one.below, one.before))
    told(found)


def told(found: dict[int, Attack]) -> None:
    """The tables of all attacks."""
    tables = {
        "policy": {seed: one.kind for seed, one in found.items()},
        "tables": {seed: kind_of(seed) for seed in found},
    }
    for title, names in tables.items():
        rows: dict[str, list[Attack]] = defaultdict(list)
        for seed, name in names.items():
            rows[name].append(found[seed])
        print(f"| {title} | released | refused | small counts attacked | below the promise | told before |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name, ones in [*sorted(rows.items()), ("all", list(found.values()))]:
            ended = Counter(one.outcome for one in ones)
            sums = (sum(getattr(one, what) for one in ones) for what in ("attacked", "below", "before"))
            line = (name, *(f"{n:,}" for n in (ended["released"], ended["refused"], *sums)))
            print(f"| {' | '.join(line)} |")
        print()
    if any(one.below for one in found.values()):
        raise SystemExit("A count was found below the promise.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["informed"]:
        informed(int(sys.argv[2]) if len(sys.argv) > 2 else 10)
    else:
        main(
            int((sys.argv[1:2] or ["1000"])[0]),
            int((sys.argv[2:3] or ["500"])[0]),
            Path(sys.argv[3]) if len(sys.argv) > 3 else None,
        )
