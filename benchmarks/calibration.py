"""How often a cliff edge is flagged where there is none, and how often a real one is found.

    python benchmarks/calibration.py --runs 1000 --processes 2

Simulated cohorts go through the library's own rule: the same funnels, tests, adjustment and verdicts as
`cliff_edges`, which is run whole on the first cohorts of every setting to see that it flags the same rows.
Both sides of every comparison are asked. Beside it, in the same cohorts, stands the sketch in which the rule
was found, written anew: asked about both sides (the yardstick), with mid-p for exact p, and about one side.
Seeded; every figure has its Monte Carlo error. The last figures lie beside this file in calibration.md.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

import stepup_equity as su
from stepup_equity.counts import StageCounts
from stepup_equity.findings.cliff_rule import CliffRule, evidence
from stepup_equity.findings.comparison import SINGLE_GATES
from stepup_equity.findings.family import comparisons_of
from stepup_equity.findings.models.progression_model import progression_model
from stepup_equity.process.exits import exit_code
from stepup_equity.records.cells import Axis, CellTable
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED = 2010
RULE = CliffRule()
PARTS = ("promises", "power", "centres")
YARDSTICK = "both sides"
SKETCHES = {YARDSTICK: {}, "mid-p": {"mid": True}, "one side": {"both": False}}
BLOCKS = 8
CHECKED = 1
"""Cohorts of each setting that also go through `cliff_edges` whole."""

COHORT_ONE_RATES = (0.85, 0.45, 0.75, 0.42, 0.80, 0.94)
UNEQUAL_RATES = (0.98, 0.10, 0.90, 0.25, 0.97, 0.99)


@dataclass(frozen=True)
class Setting:
    """One kind of cohort.

    Attributes
    ----------
    name : str
    people : int
    rates : tuple of float
        Pass rate at each gate of those nothing happens to.
    plants : tuple
        (characteristic, group, gate or None for all, ratio): what happens to whom.
    centre : float
        Standard deviation of the centres' log odds at each gate; 0 is no clustering.
    tilt : float
        How unevenly ethnic groups are spread over centres (standard deviation of log shares).
    rule : CliffRule
    """

    name: str
    people: int = 2095
    rates: tuple[float, ...] = COHORT_ONE_RATES
    plants: tuple[tuple[str, str, str | None, float], ...] = ()
    centre: float = 0.0
    tilt: float = 0.0
    rule: CliffRule = field(default_factory=CliffRule)


CLIFFS = (
    ("ethnicity", "Black African", "screened", 0.5),
    ("age_band", "45-49", "eligible", 0.7),
    ("religion", "No religion", "assessed", 0.65),
)
SLOPE = (("ethnicity", "Black African", None, 0.85), ("age_band", "40-44", None, 0.9))

FIVE = (
    *CLIFFS,
    ("ethnicity", "White other", "eligible", 0.7),
    ("age_band", "35-39", "screened", 0.6),
)
SMALL = tuple(
    (name, group, gate, 0.9)
    for name, groups in (
        ("ethnicity", ("Black African", "Black Caribbean", "White other", "Indian", "Pakistani")),
        ("age_band", ("25-29", "30-34", "35-39", "40-44", "45-49")),
        ("religion", ("No religion", "Muslim")),
    )
    for group in groups
    for gate in ("eligible", "screened", "invited", "assessed")
)
REFERENCE = (("religion", "Christian", "assessed", 0.6),)

KINDS = (
    ("equal rates", ()),
    ("one cliff", CLIFFS[:1]),
    ("three cliffs", CLIFFS),
    ("five cliffs", FIVE),
    ("48 gaps of 0.9", SMALL),
    ("a reference behind", REFERENCE),
)
PROMISES = tuple(
    Setting(f"{people:,} applicants, {name}", people=people, plants=plants)
    for people in (400, 2095, 20_000)
    for name, plants in KINDS
)
UNEQUAL = (
    Setting("very unequal rates, equal between groups", rates=UNEQUAL_RATES),
    Setting("very unequal rates, three cliffs", rates=UNEQUAL_RATES, plants=CLIFFS),
    Setting("gentle slopes", plants=SLOPE),
    Setting("20,000, gentle slopes", people=20_000, plants=SLOPE),
)
CENTRES = (
    Setting("first cohort, centres differ, groups spread alike", centre=0.6),
    Setting("first cohort, centres differ, groups spread unevenly", centre=0.6, tilt=1.0),
    Setting("20,000 applicants, centres differ, groups spread unevenly", people=20_000, centre=0.6, tilt=1.0),
)


class Population:
    """Shares of every group, those of ethnicity and religion jointly, as in the first cohort."""

    def __init__(self) -> None:
        counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
        self.programme = counts.programme
        self.axes = {name: counts.cells([name]).axis(name) for name in counts.characteristics}
        both = counts.cells(["ethnicity", "religion"])
        self.blocks = [(("ethnicity", "religion"), *_shares(both, ["ethnicity", "religion"]))]
        for name in counts.characteristics:
            if name not in ("ethnicity", "religion"):
                self.blocks.append(((name,), *_shares(counts.cells([name]), [name])))
        self.centres = counts.labels_of("region")

    def draw(self, people: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Codes of each characteristic; with the first cohort's number of people, exactly its group sizes."""
        codes = {}
        for names, combinations, n in self.blocks:
            if people == n.sum():
                which = rng.permutation(np.repeat(np.arange(len(n)), n))
            else:
                which = rng.choice(len(n), people, p=n / n.sum())
            for i, name in enumerate(names):
                codes[name] = combinations[which, i]
        return codes

    def ratios(self, setting: Setting) -> dict[tuple[str, str, str], float]:
        """Marginal impact ratio of every row in the population, knock-on through associations included."""
        gates = self.programme.process.gate_keys
        true = {}
        for names, combinations, n in self.blocks:
            mass = n / n.sum()
            factor = np.stack(
                [self._factor(setting, name, combinations[:, i]) for i, name in enumerate(names)]
            ).prod(0)
            # other blocks are independent of this one and stay so, since ratios multiply
            for k, gate in enumerate(gates):
                passing = mass * factor[:, k]
                for i, name in enumerate(names):
                    labels = self.axes[name].labels
                    size = len(labels)
                    there, through = (np.bincount(combinations[:, i], w, size) for w in (mass, passing))
                    with np.errstate(invalid="ignore"):
                        rate = through / there
                    reference = self.programme.characteristic(name).reference
                    base = rate[labels.index(reference)] if reference in labels else np.nan
                    true |= {(name, label, gate): rate[j] / base for j, label in enumerate(labels)}
                mass = passing
        return true

    def _factor(self, setting: Setting, name: str, codes: np.ndarray) -> np.ndarray:
        gates = self.programme.process.gate_keys
        factor = np.ones((len(codes), len(gates)))
        for characteristic, group, gate, ratio in setting.plants:
            if characteristic == name:
                hit = codes == self.axes[name].labels.index(group)
                columns = slice(None) if gate is None else gates.index(gate)
                factor[hit, columns] *= ratio
        return factor

    def cohort(self, setting: Setting, rng: np.random.Generator) -> StageCounts:
        """One simulated cohort."""
        codes = self.draw(setting.people, rng)
        rate = np.ones((setting.people, len(setting.rates))) * setting.rates
        for name, values in codes.items():
            rate *= self._factor(setting, name, values)
        axes = dict(self.axes)
        if setting.centre:
            codes["region"], shift = self._centres(setting, codes["ethnicity"], rng)
            axes["region"] = Axis("region", self.centres, "stratum")
            rate = 1 / (1 + (1 / rate - 1) * np.exp(-shift[codes["region"]]))
        passed = rng.random(rate.shape) < rate
        furthest = np.cumprod(passed, axis=1).sum(axis=1).astype(np.int8)
        ended = furthest == len(setting.rates)
        exits = np.where(ended, 0, exit_code("rejected")).astype(np.int8)
        one = np.ones(setting.people, np.int64)
        if setting.centre:  # joint, so that a model can hold the centre equal
            stacked = np.column_stack([codes[name] for name in axes]).astype(np.int32)
            table = CellTable(tuple(axes.values()), stacked, furthest, exits, one)
            return StageCounts(self.programme, (table.onto(list(axes)),))
        tables = tuple(
            _margin(axis, codes[name], furthest, len(setting.rates)) for name, axis in axes.items()
        )
        return StageCounts(self.programme, tables)

    def _centres(
        self, setting: Setting, ethnicity: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Centre of each applicant, and the centres' log odds at each gate."""
        groups, centres = len(self.axes["ethnicity"].labels), len(self.centres)
        weight = np.exp(setting.tilt * rng.standard_normal((groups, centres)))
        chance = np.cumsum(weight / weight.sum(1, keepdims=True), axis=1)
        where = (rng.random(len(ethnicity))[:, None] > chance[ethnicity]).sum(1)
        return np.minimum(where, centres - 1), setting.centre * rng.standard_normal(
            (centres, len(setting.rates))
        )


def _shares(table: CellTable, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    codes = np.column_stack([table.column(name) for name in names])
    combinations, which = np.unique(codes, axis=0, return_inverse=True)
    return combinations, np.bincount(which.ravel(), table.n).astype(np.int64)


def _margin(axis: Axis, codes: np.ndarray, furthest: np.ndarray, last: int) -> CellTable:
    n = np.bincount(codes * (last + 1) + furthest, minlength=len(axis.labels) * (last + 1))
    code, stage = (index.ravel() for index in np.indices((len(axis.labels), last + 1)))
    exits = np.where(stage == last, 0, exit_code("rejected")).astype(np.int8)
    return CellTable(
        (axis,), code[:, None].astype(np.int32), stage.astype(np.int8), exits, n.astype(np.int64)
    )


@dataclass
class Tally:
    """What one block of cohorts gave."""

    runs: int = 0
    any_false: int = 0
    any_four_fifths: int = 0
    proportions: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)
    flags: int = 0
    reference_behind: int = 0
    found: dict[str, int] = field(default_factory=dict)
    apart: dict[str, list[float]] = field(default_factory=dict)
    """For each sketch, by cohort: the share of the planted cliffs it finds less the share found here."""
    entered: dict[str, float] = field(default_factory=dict)
    profiles: dict[str, int] = field(default_factory=dict)
    modelled: int = 0
    any_crude: int = 0
    any_modelled: int = 0

    @property
    def power(self) -> float:
        """Share of the planted cliffs that were found."""
        return sum(self.found.values()) / max(self.runs * len(self.found), 1)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, dict):
                for key, n in value.items():
                    mine[key] = mine[key] + n if key in mine else n
            else:
                setattr(self, name, mine + value)


def one_block(job: tuple[Setting, int, np.random.SeedSequence, int, int]) -> Tally:
    """Some cohorts of one setting."""
    setting, runs, seed, modelled, checked = job
    rng = np.random.default_rng(seed)
    population = Population()
    truth = population.ratios(setting)
    tally = Tally()
    for run in range(runs):
        counts = population.cohort(setting, rng)
        single = comparisons_of(counts, None).at(SINGLE_GATES)
        found = evidence(*single.counts, setting.rule)
        flagged = found.flagged & single.compared
        columns = single.columns()
        keys = list(zip(columns["characteristic"], columns["group"], columns["gate"], strict=True))
        if run < checked:
            whole = su.cliff_edges(counts, rule=setting.rule).frame
            edges = whole[whole["flagged"]]
            rows = list(zip(edges["characteristic"], edges["group"], edges["gate"], strict=True))
            assert rows == [key for key, flag in zip(keys, flagged, strict=True) if flag]
        true = np.array([truth[key] for key in keys])
        _count(tally, setting, keys, np.where(flagged, found.behind, 0), true, single.counts)
        if run < 40 and any(gate is None for _, _, gate, _ in setting.plants):
            _profiles(tally, counts, setting)
        if run < modelled:
            _modelled(tally, counts)
    return tally


def _count(
    tally: Tally, setting: Setting, keys: list, side: np.ndarray, true: np.ndarray, four: tuple
) -> None:
    """`side` is who is flagged: 1 the group, -1 the reference, 0 neither."""
    told = np.where(side < 0, 1 / true, true)  # the true ratio from the side that is said to be behind
    flags = int((side != 0).sum())
    false = (side != 0) & (told > 1 - 1e-9)
    tally.runs += 1
    tally.flags += flags
    tally.any_false += bool(false.any())
    tally.reference_behind += bool((side < 0).any())
    tally.proportions.append(float(false.sum() / max(flags, 1)))
    tally.small.append(float(((side != 0) & (told >= 0.8)).sum() / max(flags, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (four[0] / four[1]) / (four[2] / four[3])
    tally.any_four_fifths += bool((ratio < 0.8).any())
    cliffs = [
        (*at, planted) for *at, planted in setting.plants if at[2] and planted < 0.8 and tuple(at) in keys
    ]
    places = [keys.index((characteristic, group, gate)) for characteristic, group, gate, _ in cliffs]
    for at, (_, group, gate, planted) in zip(places, cliffs, strict=True):
        name = f"{group} at {gate}, {planted}"
        tally.found[name] = tally.found.get(name, 0) + int(side[at] > 0)
        tally.entered[name] = tally.entered.get(name, 0.0) + float(four[1][at])
    for rule, asked in SKETCHES.items() if places else ():
        more = sketch(four, **asked)[places].sum() - (side[places] > 0).sum()
        tally.apart.setdefault(rule, []).append(float(more) / len(places))


def sketch(four: Sequence[np.ndarray], *, both: bool = True, mid: bool = False) -> np.ndarray:
    """Which groups are flagged by the sketch of the rule, written anew and apart from the library's.

    The step-down of Döhler, Durand and Roquain (2018) over exact one-sided p-values that are 1 where the
    ratio seen is not below 0.8, every claim's whole null distribution written out. The claims are that each
    group is behind its reference and, with `both`, that the reference is behind; `mid` orders them by mid-p.
    """

    def choose(among: int, of: np.ndarray) -> np.ndarray:
        return gammaln(among + 1) - gammaln(of + 1) - gammaln(among - of + 1)

    x1, n1, x2, n2 = (np.asarray(counts).astype(int) for counts in four)
    claims = list(zip(x1, n1, x2, n2, strict=True))
    claims += list(zip(x2, n2, x1, n1, strict=True)) if both else []
    seen, values, steps = np.ones(len(claims)), [], []
    for claim, (a, n, b, m) in enumerate(claims):
        if not (n and m and a + b):
            continue
        total = a + b
        spread = np.sqrt(n * m * total * (n + m - total) / ((n + m) ** 2 * max(n + m - 1, 1)))
        low = max(0, total - m, int(n * total / (n + m) - 12 * spread) - 9)
        x = np.arange(low, (4 * total * n - 1) // (5 * m + 4 * n) + 1)  # ratios below 0.8
        chance = np.exp(choose(n, x) + choose(m, total - x) - choose(n + m, total))
        below = np.cumsum(chance)
        p = below - chance / 2 if mid else below
        steps.append(np.diff(below / np.maximum(1 - below, 1e-12), prepend=0.0))
        values.append(p)
        if 5 * a * m < 4 * b * n:
            seen[claim] = p[a - low] if a >= low else 0.0
    flagged = _stepped_down(seen, np.concatenate(values), np.concatenate(steps))
    return flagged[: len(x1)]


def _stepped_down(seen: np.ndarray, values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(steps[order])])
    made = np.sort(seen[seen < 1])
    reached = sums[np.searchsorted(values[order], made * (1 + 1e-8), side="right")]
    fails = np.flatnonzero(reached > 0.05 * np.arange(1, len(made) + 1))
    last = len(made) if not fails.size else fails[0]
    return seen <= (made[last - 1] if last else -1.0)


def _profiles(tally: Tally, counts: StageCounts, setting: Setting) -> None:
    profiles = su.cliff_edges(counts, rule=setting.rule).profiles
    for _, group, _, _ in setting.plants:
        profile = profiles.loc[profiles["group"] == group, "profile"].iloc[0]
        name = f"{group}: {profile}"
        tally.profiles[name] = tally.profiles.get(name, 0) + 1


def _modelled(tally: Tally, counts: StageCounts) -> None:
    """Does anything stay flagged when the centre is held equal?"""
    model = progression_model(counts, "ethnicity + religion + gender + region", missing="level")
    adjusted = su.cliff_edges(counts, by=["ethnicity", "religion", "gender"], model=model).frame
    tally.modelled += 1
    tally.any_crude += bool(adjusted["flagged"].any())
    tally.any_modelled += bool(adjusted["adjusted_flagged"].any())


def simulate(setting: Setting, runs: int, pool: ProcessPoolExecutor, modelled: int = 0) -> Tally:
    """All cohorts of one setting, in blocks; the figures do not depend on the number of processes."""
    seeds = np.random.SeedSequence([SEED, *setting.name.encode()]).spawn(BLOCKS)
    sizes = [runs // BLOCKS + (i < runs % BLOCKS) for i in range(BLOCKS)]
    parts = [modelled // BLOCKS + (i < modelled % BLOCKS) for i in range(BLOCKS)]
    checked = [CHECKED] + [0] * (BLOCKS - 1)
    total = Tally()
    for tally in pool.map(
        one_block, [(setting, *job) for job in zip(sizes, seeds, parts, checked, strict=True)]
    ):
        total.add(tally)
    return total


def share(count: float, runs: int) -> str:
    """A share in per cent with two Monte Carlo errors, those of one run in all where it is 0 or 1."""
    p = count / runs
    return f"{100 * p:.1f} ± {200 * np.sqrt(max(p * (1 - p), 1 / runs) / runs):.1f}"


def mean(values: list[float]) -> str:
    """A mean in per cent with two Monte Carlo errors."""
    return f"{100 * np.mean(values):.2f} ± {200 * np.std(values) / np.sqrt(len(values)):.2f}"


def found_share(t: Tally) -> str:
    """The share of planted cliffs found, in per cent with two Monte Carlo errors."""
    p = t.power
    spread = np.sqrt(sum(n / t.runs * (1 - n / t.runs) for n in t.found.values())) / len(t.found)
    return f"{100 * p:.1f} ± {200 * spread / np.sqrt(t.runs):.1f}"


def signed(values: list[float]) -> str:
    """A mean difference in points with two Monte Carlo errors."""
    return f"{100 * np.mean(values):+.2f} ± {200 * np.std(values) / np.sqrt(len(values)):.2f}"


def power_settings() -> list[Setting]:
    """One cliff at a time, in groups of several sizes."""
    groups = ("Chinese", "Indian", "Black Caribbean", "Black African")
    found = [
        Setting(f"{group} at screening, {ratio}", plants=(("ethnicity", group, "screened", ratio),))
        for group in groups
        for ratio in (0.4, 0.5, 0.6, 0.7)
    ]
    return [*found, *(replace(s, name=f"{s.name}, 20,000", people=20_000) for s in found)]


_HEAD = """\
`python benchmarks/calibration.py --runs {runs} --modelled {modelled}`, seed {seed}. Shares in per cent, ± two
Monte Carlo errors. All six characteristics in one run: about 190 comparisons."""

_FALSE = """\
A flag is false where, from the side that is said to be behind, the population's marginal impact ratio is 1
or more. A gap that reaches another characteristic through an association (a cliff for an ethnic group lowers
a religion) is true at the margin and not counted as false. *At or above 0.8*: flags whose true ratio is not
material, among them the small gaps. *Found*: share of the planted cliffs that are flagged. *Sketch*: how many
points more the sketch finds in which the rule was found, written anew, in the same cohorts and asked about
both sides too; *mid-p*: when it orders the claims by mid-p; *one side*: when it asks only whether groups are
behind their reference, half the claims, which is what asking both sides costs. The promise holds where any
false flag under equal rates, and false discovery elsewhere, are at most 5 % and two Monte Carlo errors, and
where the sketch finds at most 3 points more."""

_CENTRES = """\
Eight centres whose pass rates differ (standard deviation 0.6 of the log odds at each gate); within a centre
all groups have equal rates. Where groups are spread unevenly over centres, a group's pooled rate differs
because its centres do. *Held equal*: ethnicity, religion and gender with the centre in the model,
`cliff_edges(counts, by=[...], model=progression_model(counts, "... + region", missing="level"))`, beside the
same three without a model on the same cohorts."""


def report(runs: int, modelled: int, processes: int, parts: Sequence[str]) -> Iterator[str]:
    """The tables as Markdown, each as soon as it is done."""
    yield f"# Calibration of cliff edges\n\n{_HEAD.format(runs=runs, modelled=modelled, seed=SEED)}\n"
    with ProcessPoolExecutor(processes) as pool:
        tables = {
            "promises": lambda: _promises(runs, pool),
            "power": lambda: _power_table(max(runs // 5, 50), pool),
            "centres": lambda: _centre_table(runs, modelled, pool),
        }
        for part in parts:
            yield "\n".join(tables[part]())


def _promises(runs: int, pool: ProcessPoolExecutor) -> list[str]:
    lines = [
        "## What is promised",
        "",
        _FALSE,
        "",
        (
            "| setting | runs | flags per run | any false flag | false discovery | at or above 0.8 "
            "| found | sketch | mid-p | one side | holds |"
        ),
        f"| {' | '.join(['---'] * 11)} |",
    ]
    profiles = ["", "| gentle slope, profile (320 cohorts or fewer) | share |", "| --- | --- |"]
    for setting in (*PROMISES, *UNEQUAL):
        t = simulate(setting, runs, pool)
        planted = bool(t.found)
        cells = (
            setting.name,
            str(t.runs),
            f"{t.flags / t.runs:.2f}",
            share(t.any_false, t.runs),
            mean(t.proportions),
            mean(t.small),
            found_share(t) if planted else "",
            *(signed(t.apart[rule]) if planted else "" for rule in SKETCHES),
            "yes" if holds(t, planted=bool(setting.plants)) else "**no**",
        )
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
        if any(gate is None for _, _, gate, _ in setting.plants):
            total = {
                group: sum(n for k, n in t.profiles.items() if k.startswith(group))
                for _, group, _, _ in setting.plants
            }
            profiles += [
                f"| {setting.name}, {name} | {share(n, total[name.split(':')[0]])} |"
                for name, n in sorted(t.profiles.items())
            ]
    return [*lines, *profiles, ""]


def holds(t: Tally, *, planted: bool) -> bool:
    """Whether a setting keeps to the level, and finds what the sketch finds, less 3 points."""
    false = t.proportions if planted else [1.0] * t.any_false + [0.0] * (t.runs - t.any_false)
    rate = float(np.mean(false))
    error = np.sqrt(max(np.var(false), 0.05 * 0.95) / t.runs)
    level = rate <= 0.05 + 2 * error
    if not t.found:
        return bool(level)
    return bool(level and np.mean(t.apart[YARDSTICK]) <= 0.03)


def _power_table(runs: int, pool: ProcessPoolExecutor) -> list[str]:
    lines = [
        "## Power: one planted cliff at screening, by size of group and of gap",
        "",
        "Flagged among all comparisons of the run, not taken alone.",
        "",
        "| group | applicants | entered | 0.4 | 0.5 | 0.6 | 0.7 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    settings = power_settings()
    for first in range(0, len(settings), 4):
        row = [simulate(setting, runs, pool) for setting in settings[first : first + 4]]
        setting = settings[first]
        entered = next(iter(row[0].entered.values())) / row[0].runs
        cells = " | ".join(share(next(iter(t.found.values())), t.runs) for t in row)
        lines.append(f"| {setting.plants[0][1]} | {setting.people:,} | {entered:.0f} | {cells} |")
    return [*lines, ""]


def _centre_table(runs: int, modelled: int, pool: ProcessPoolExecutor) -> list[str]:
    lines = [
        "## Clustering by centre",
        "",
        _CENTRES,
        "",
        "| setting | runs | any flag, all six | runs | any flag, three | three, centre held equal |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for setting in CENTRES:
        t = simulate(setting, runs, pool, modelled)
        lines.append(
            f"| {setting.name} | {t.runs} | {share(t.any_false, t.runs)} | {t.modelled} | "
            f"{share(t.any_crude, max(t.modelled, 1))} | {share(t.any_modelled, max(t.modelled, 1))} |"
        )
    return [*lines, ""]


def main() -> None:
    """Simulate, print, and write the figures beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="cohorts of each setting")
    parser.add_argument(
        "--modelled", type=int, default=200, help="cohorts of each setting that are modelled as well"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="write calibration.md beside this script")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some of the tables")
    asked = parser.parse_args()
    start = time.perf_counter()
    sections = []
    for section in report(asked.runs, asked.modelled, asked.processes, asked.only):
        print(section, flush=True)
        sections.append(section)
    print(f"{time.perf_counter() - start:.0f} s")
    if asked.write:
        text = "\n".join(sections).rstrip() + "\n"
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
