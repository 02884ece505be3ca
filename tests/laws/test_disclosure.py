"""Laws of protected tables, checked by an attacker that knows nothing of the library.

He reads the tidy file that was written and the rules of linked tables, and solves whole-number programmes
with scipy.
"""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import stepup_equity as su
from tests.disclosure.cubes import counts

STAGES = ("applied", "shortlisted", "interviewed", "appointed")


class Stranger:
    """Everything in a published file, as equations on reached and left."""

    def __init__(self, path, *, base: int | None = None):
        self.base = base
        with path.open(encoding="utf-8", newline="") as file:
            self.lines = list(csv.DictReader(file))
        self.stages = list(dict.fromkeys(line["stage"] for line in self.lines))
        self.cell: dict[tuple, int] = {}
        low, high = [], []
        for line in self.lines:
            if line["measure"] not in ("reached", "left"):
                continue
            key = self.key(line)
            if key not in self.cell:
                self.cell[key] = len(low)
                low.append(0.0)
                high.append(np.inf)
            try:
                value = float(line["value"].replace(",", ""))
            except ValueError:
                continue
            at = self.cell[key]
            reach = 0 if base is None else base - 1
            low[at], high[at] = max(low[at], value - reach), min(high[at], value + reach)
        self.low, self.high = np.array(low), np.array(high)
        self.rules = self._rules()

    def key(self, line) -> tuple:
        characteristic = "All" if line["group"] == "Total" else line["characteristic"]
        return line["cohort"], characteristic, line["parent"], line["group"], line["stage"], line["measure"]

    def _rules(self):
        rows, groups, children = [], defaultdict(list), defaultdict(list)
        cells = self.cell
        for (cohort, name, parent, group, stage, measure), at in cells.items():
            if measure == "reached" and stage != self.stages[-1]:
                after = self.stages[self.stages.index(stage) + 1]
                left = cells[cohort, name, parent, group, stage, "left"]
                rows.append({at: 1, left: -1, cells[cohort, name, parent, group, after, "reached"]: -1})
            if name == "All":
                continue
            if parent:
                children[cells[cohort, name, "", parent, stage, measure]].append(at)
            else:
                groups[cells[cohort, "All", "", "Total", stage, measure], name].append(at)
            if cohort == "All":
                parts = [
                    key
                    for key in cells
                    if key[1:] == (name, parent, group, stage, measure) and key[0] != "All"
                ]
                rows.append({at: 1, **{cells[key]: -1 for key in parts}})
        for whole, parts in [*((total, parts) for (total, _), parts in groups.items()), *children.items()]:
            rows.append({whole: 1, **dict.fromkeys(parts, -1)})
        matrix = np.zeros((len(rows), len(self.cell)))
        for i, row in enumerate(rows):
            for at, value in row.items():
                matrix[i, at] = value
        return matrix

    def interval(self, key) -> tuple[int, int]:
        cost = np.zeros(len(self.cell))
        cost[self.cell[key]] = 1
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * cost,
                constraints=LinearConstraint(self.rules, 0, 0),
                bounds=Bounds(self.low, self.high),
                integrality=np.ones(len(cost)),
            )
            assert found.status in (0, 3), found.message
            ends.append(round(sign * found.fun) if found.status == 0 else 10**6)
        return ends[0], ends[1]


def truth(table: su.StageCounts, folder, **options) -> dict[tuple, int]:
    """The true value of every cell."""
    stranger = Stranger(su.protect(table, "internal", **options).to_csv(folder / "internal.csv"))
    assert (stranger.low == stranger.high).all()
    return {key: int(stranger.low[at]) for key, at in stranger.cell.items()}


@pytest.mark.parametrize(("n", "seed", "threshold"), [(400, 1, 5), (1787, 3, 5), (1787, 2, 5), (1787, 4, 10)])
@pytest.mark.parametrize("name", ["gender", "orientation"])
def test_a_stranger_cannot_work_out_a_small_number(tmp_path, n, seed, threshold, name):
    table = counts(n, seed, only=(name,))
    release = su.protect(table, su.Policy(threshold=threshold))
    stranger = Stranger(release.to_csv(tmp_path / "release.csv"))
    small = {key: value for key, value in truth(table, tmp_path).items() if 0 < value < threshold}
    assert small
    for key, value in small.items():
        low, high = stranger.interval(key)
        assert low <= value <= high
        assert high >= threshold
        assert high - low >= threshold - 1


def test_a_stranger_learns_no_more_from_broad_groups_and_three_cohorts(tmp_path):
    rng = np.random.default_rng(5)
    rows = []
    for cohort in ("2010", "2012", "2014"):
        for group, parent, n in [
            ("A1", "A", 60),
            ("A2", "A", 9),
            ("B1", "B", 40),
            ("B2", "B", 14),
            ("Not stated", "", 20),
        ]:
            reached = [n]
            for rate in (0.7, 0.5, 0.7):
                reached.append(int(rng.binomial(reached[-1], rate)))
            rows += [(cohort, "origin", group, parent, s, k) for s, k in zip(STAGES, reached, strict=True)]
    frame = pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "parent", "stage", "reached"])
    table = su.StageCounts.from_table(frame)
    release = su.protect(table, su.Policy(threshold=4))
    stranger = Stranger(release.to_csv(tmp_path / "release.csv"))
    assert release.cohorts == ("2010", "2012", "2014", "All")
    for key, value in truth(table, tmp_path).items():
        if 0 < value < 4:
            low, high = stranger.interval(key)
            assert low <= value <= high
            assert high >= 4
            assert high - low >= 3


tables = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=3
).filter(lambda left: 0 < sum(map(sum, left)) <= 20)


def small_counts(left: list[tuple[int, int, int]]) -> su.StageCounts:
    """One characteristic; of each group, who left after the first and second of three stages, and who "
    "got on."""
    rows = []
    for i, (first, second, end) in enumerate(left):
        reached = (first + second + end, second + end, end)
        rows += [("origin", f"Group {i}", s, k) for s, k in zip(STAGES, reached, strict=False)]
    return su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", "stage", "reached"])
    )


def can_be(hidden: np.ndarray, reached: np.ndarray, threshold: int) -> bool:
    """Whether every small cell is safe, by trying every table that prints the same.

    A row that is printed has somebody in it.
    """
    total = reached.sum(axis=0)

    def columns(s: int):
        free = np.flatnonzero(hidden[:, s])
        rest = total[s] - reached[~hidden[:, s], s].sum()
        for values in itertools.product(range(int(rest) + 1), repeat=max(len(free) - 1, 0)):
            last = rest - sum(values)
            if last >= 0 and (len(free) or rest == 0):
                column = reached[:, s].copy()
                if len(free):
                    column[free] = [*values, last]
                yield column

    low = high = None
    for first in columns(0):
        if ((first == 0) & (reached[:, 0] > 0)).any():
            continue
        for second in columns(1):
            if (second > first).any():
                continue
            for third in columns(2):
                if (third > second).any():
                    continue
                cells = np.array([first, second, third, first - second, second - third])
                low = cells if low is None else np.minimum(low, cells)
                high = cells if high is None else np.maximum(high, cells)
    true = np.array([*reached.T, reached[:, 0] - reached[:, 1], reached[:, 1] - reached[:, 2]])
    small = (true > 0) & (true < threshold)
    return bool(((high >= threshold) & (high - low >= threshold - 1))[small].all())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables)
@example([(0, 1, 1), (1, 2, 1), (2, 0, 1)])  # of six applicants in two groups neither can have had all six
def test_no_cheaper_pattern_would_do(left):
    reached = np.array([(a + b + c, b + c, c) for a, b, c in left])
    threshold = 3
    policy = su.Policy(threshold=threshold)
    weights = 1 + np.log10(1 + reached)
    cheapest = np.inf
    patterns = np.array(list(itertools.product([False, True], repeat=reached.size))).reshape(
        -1, *reached.shape
    )
    primary = (reached > 0) & (reached < threshold)
    for hidden in sorted(patterns, key=lambda pattern: float(weights[pattern].sum())):
        if (hidden >= primary).all() and can_be(hidden, reached, threshold):
            cheapest = float(weights[hidden].sum())
            break
    try:
        release = su.protect(small_counts(left), policy)
    except su.DisclosureError:
        assert cheapest == np.inf
        return
    frame = release.frame.query("measure == 'reached' and group != 'Total'")
    hidden = (frame["value"] == "[c]").to_numpy().reshape(reached.shape)
    assert float(weights[hidden].sum()) == pytest.approx(cheapest, abs=1e-6)
    assert release.gap == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=2, max_size=6),
    st.sampled_from([3, 5, 10]),
    st.integers(0, 5),
)
def test_rounded_tables_add_up_and_stay_beside_the_truth(left, base, seed):
    table = small_counts(left)
    release = su.protect(table, su.Policy(threshold=min(5, base), mode="round", round_base=base), seed=seed)
    funnel = table.funnel("origin")
    true = {
        (group, stage): count
        for group, row in zip(funnel.groups, funnel.reached, strict=True)
        for stage, count in zip(STAGES, row, strict=False)
    }
    frame = release.frame
    value = frame["value"].str.replace(",", "")
    rounded = {
        (r.group, r.stage, r.measure): int(v)
        for r, v in zip(frame.itertuples(), value, strict=True)
        if r.measure in ("reached", "left") and r.characteristic == "origin"
    }
    for (group, stage), count in true.items():
        printed = rounded[group, stage, "reached"]
        assert printed % base == 0
        assert abs(printed - count) < base
        assert printed == count or count % base
        after = STAGES[STAGES.index(stage) + 1]
        if (group, after) in true:
            left_here = rounded[group, stage, "left"]
            assert left_here == printed - rounded[group, after, "reached"] >= 0
            assert abs(left_here - (count - true[group, after])) < base
    for stage in STAGES[:3]:
        groups = [v for (g, s, m), v in rounded.items() if s == stage and m == "reached" and g != "Total"]
        assert sum(groups) == rounded["Total", stage, "reached"]


def test_rounding_never_says_more_than_the_base_does(tmp_path):
    table = counts(250, 1, only=("disability",))
    release = su.protect(table, su.Policy(threshold=5, mode="round"))
    stranger = Stranger(release.to_csv(tmp_path / "rounded.csv"), base=5)
    for key, value in truth(table, tmp_path).items():
        low, high = stranger.interval(key)
        assert low <= value <= high
        assert high - low >= 4


def test_the_same_input_gives_the_same_release():
    policy = su.Policy(threshold=5)
    first, second = (su.protect(counts(1787, 7, only=("religion", "gender")), policy) for _ in range(2))
    assert first.ledger().to_json() == second.ledger().to_json()
