"""Counts that charts and pages find hard: few groups and many, zeros, empty stages, hostile labels."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import stepup_equity as su
from stepup_equity.process import Gate, SelectionProcess, Stage
from stepup_equity.shipped import shipped

KEYS = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
NINETEEN = (
    "White British",
    "White Irish",
    "Gypsy or Irish Traveller",
    "Roma",
    "White other",
    "Mixed White/Black Caribbean",
    "Mixed White/Black African",
    "Mixed White/Asian",
    "Mixed other",
    "Indian",
    "Pakistani",
    "Bangladeshi",
    "Chinese",
    "Asian other",
    "Black African",
    "Black Caribbean",
    "Black other",
    "Arab",
    "Other",
)
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "שלום עולם",
    "مرحبا بالعالم",
    "👩🏽‍🔬 emoji & “quotes”",
    "$x^2$ {% raw %} \\frac{1}{2}",
    'style="color:red" 0.123456',
    "@SUM(1+1)",
)
LONG = (
    "A group with a name of forty characters.",
    "Anothergroupwithoutanyspacesinitsname123",
    "People of the third kind, all of them so",
)


def process(*, long: bool = False) -> SelectionProcess:
    """The seven stages, with names as the built-in programme has them, or very long ones."""
    if long:
        stages = tuple(Stage(key, f"A stage with a rather long name, {key}") for key in KEYS)
        gates = tuple(Gate(key, f"the gate with a rather long name, {key}", "Somebody") for key in KEYS[1:])
        return SelectionProcess("A process with a name that is long as well", stages, gates)
    return su.step_up_to_social_work().process


def counts_of(
    groups: dict[str, list[int]],
    *,
    characteristic: str = "ethnicity",
    not_stated: list[int] | None = None,
    selection: SelectionProcess | None = None,
) -> su.StageCounts:
    """Counts typed in: people at each stage by group."""
    rows = [(characteristic, group, *reached) for group, reached in groups.items()]
    if not_stated is not None:
        rows.append((characteristic, "Not stated", *not_stated))
    keys = KEYS[: len(rows[0]) - 2]
    frame = pd.DataFrame(rows, columns=["characteristic", "group", *keys])
    return su.StageCounts.from_table(frame, selection or process())


def many(labels: tuple[str, ...], *, seed: int = 2010, largest: int = 1400) -> dict[str, list[int]]:
    """Groups of falling size, each with its own rates."""
    rng = np.random.default_rng(seed)
    out = {}
    for place, label in enumerate(labels):
        reached = [max(largest // (place * place + 1), 3)]
        for rate in (0.85, 0.45, 0.75, 0.42, 0.8, 0.93):
            reached.append(int(rng.binomial(reached[-1], min(rate * rng.uniform(0.6, 1.1), 1.0))))
        out[label] = reached
    return out


def cohort_one() -> su.StageCounts:
    """The reconstruction of the first cohort: applicant records, six characteristics."""
    return su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))


def west_lancashire() -> su.StageCounts:
    """West Lancashire's published table: two characteristics, three stages."""
    return su.StageCounts.from_table(pd.read_csv(shipped("examples/west_lancs_2019_20.csv")))


def two_cohorts() -> su.StageCounts:
    """Two cohorts of three groups, one of which catches up."""
    return _catching_up({"2010": 0.2, "2012": 0.5})


def eight_cohorts() -> su.StageCounts:
    """Eight cohorts of three groups, one of which catches up little by little."""
    return _catching_up({str(year): 0.2 + 0.04 * (year - 2010) for year in range(2010, 2018)})


def _catching_up(rates: dict[str, float]) -> su.StageCounts:
    rows = [
        (cohort, "ethnicity", group, n, int(n * 0.85), int(n * 0.85 * rate), int(n * 0.3 * rate))
        for cohort, black in rates.items()
        for group, n, rate in (
            ("White British", 1200, 0.49),
            ("Black African", 130, black),
            ("Indian", 55, 0.38),
        )
    ]
    columns = ["cohort", "characteristic", "group", "submitted", "eligible", "screened", "accepted"]
    return su.StageCounts.from_table(pd.DataFrame(rows, columns=columns))


@cache
def cases() -> dict[str, su.StageCounts]:
    """Every case, by name."""
    zero = {
        "White British": [300, 250, 120, 90, 40, 30, 28],
        "Black African": [60, 50, 10, 6, 0, 0, 0],
        "Chinese": [1, 1, 0, 0, 0, 0, 0],
        "Indian": [20, 20, 20, 20, 20, 20, 20],
        "Arab": [0, 0, 0, 0, 0, 0, 0],
    }
    empty = {"Female": [80, 60, 30, 20, 0, 0, 0], "Male": [70, 61, 33, 18, 0, 0, 0]}
    return {
        "two groups": counts_of(
            {"Female": [1413, 1221, 567, 420, 188, 150, 141], "Male": [362, 307, 133, 97, 37, 30, 27]},
            characteristic="gender",
            not_stated=[320, 253, 98, 81, 26, 22, 21],
        ),
        "six groups": counts_of(many(("White", "Mixed", "Indian", "Black", "Arab", "Other"))),
        "nineteen groups": counts_of(many(NINETEEN), not_stated=[341, 271, 105, 87, 27, 23, 22]),
        "zero cells": counts_of(zero),
        "empty stages": counts_of(empty, characteristic="gender"),
        "long labels": counts_of(
            many(LONG), characteristic="a_characteristic_of_some_length", selection=process(long=True)
        ),
        "hostile labels": counts_of(many(HOSTILE), selection=SelectionProcess.from_keys(list(KEYS))),
        "two stages": counts_of(
            {"a": [10, 5], "b": [12, 3]}, selection=SelectionProcess.from_keys(list(KEYS[:2]))
        ),
    }
