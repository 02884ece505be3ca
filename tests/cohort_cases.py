"""Cohorts that went wrong once, made here: the numbers are small and chosen, or those of Berkeley in 1973.

Bickel, Hammel and O'Connell (1975), Science 187, 398-404: admissions of the six largest departments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SIMPSON: Final = """name = "two"
label = "Two cohorts, one gate"
description = "Equal rates within each cohort."
[[stages]]
key = "submitted"
label = "Applied"
[[stages]]
key = "accepted"
label = "Accepted"
gate = "selection"
owner = "Panel"
adjective = "accepted"
[characteristics.ethnicity]
label = "Ethnicity"
codelist = "ethnicity_16.csv"
synonyms = ["ethnicity_16_synonyms.csv", "not_stated.csv"]
reference = "White British"
[reading]
applicant_id = "applicant_id"
cohort = "cohort"
"""

BERKELEY: Final = """name = "ucb"
label = "Berkeley"
description = "Graduate admissions."
[[stages]]
key = "submitted"
label = "Applied"
[[stages]]
key = "accepted"
label = "Admitted"
gate = "admission"
owner = "Departments"
adjective = "admitted"
[characteristics.gender]
label = "Gender"
codelist = "gender.csv"
synonyms = ["gender_synonyms.csv", "not_stated.csv"]
reference = "Male"
[strata.region]
label = "Department"
[reading]
applicant_id = "applicant_id"
"""

_DEPARTMENTS: Final = {
    "A": (512, 313, 89, 19), "B": (353, 207, 17, 8), "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244), "E": (53, 138, 94, 299), "F": (22, 351, 24, 317),
}  # fmt: skip
_STAGES: Final = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
_RATES: Final = (1781 / 2095, 798 / 1781, 598 / 798, 251 / 598, 202 / 251, 189 / 202)
_SIZES: Final = (2095, 1400, 900, 1700, 2300, 1200, 650, 3000)


def _people(rows: Iterable[tuple[str, str, int, int]], where: str, group: str) -> pd.DataFrame:
    """(cohort or department, group, passed, not passed) as a row for each person."""
    spread = [
        (place, name, furthest, reason)
        for place, name, passed, failed in rows
        for furthest, reason, n in (("accepted", "", passed), ("submitted", "rejected", failed))
        for _ in range(n)
    ]
    frame = pd.DataFrame(spread, columns=[where, group, "furthest_stage", "exit_reason"])
    frame.insert(0, "applicant_id", [f"P{i:05d}" for i in range(1, len(frame) + 1)])
    return frame


def simpson() -> pd.DataFrame:
    """Everybody passes at 60 % in 2010 and at 20 % in 2012; only the mix of applicants differs."""
    rows = (
        ("2010", "White British", 480, 320),
        ("2010", "Black African", 60, 40),
        ("2012", "White British", 80, 320),
        ("2012", "Black African", 80, 320),
    )
    return _people(rows, "cohort", "ethnicity")


def berkeley() -> pd.DataFrame:
    """0.68 together, 1.06 with department held equal."""
    rows = [
        (department, gender, *pair)
        for department, (men, men_not, women, women_not) in _DEPARTMENTS.items()
        for gender, pair in (("Male", (men, men_not)), ("Female", (women, women_not)))
    ]
    return _people(rows, "region", "gender")


def resampled(
    base: pd.DataFrame, labels: Sequence[str], seed: int, ratios: Sequence[float] | None = None
) -> pd.DataFrame:
    """Cohorts drawn from one: applicants with replacement, rates those of the evaluation.

    Parameters
    ----------
    base : DataFrame
        The shipped example of the first cohort, as text.
    labels : sequence of str
        The earliest first.
    seed : int
    ratios : sequence of float, optional
        True ratio of Black African applicants at screening in each; by default evenly from 0.41 to 0.90.
    """
    rng = np.random.default_rng(seed)
    planted = np.linspace(0.41, 0.90, len(labels)) if ratios is None else ratios
    cohorts = []
    for label, n, ratio in zip(labels, _SIZES, planted, strict=False):
        people = base.iloc[rng.integers(0, len(base), n)].copy()
        people["cohort"] = label
        people["applicant_id"] = [f"{label}-{i:05d}" for i in range(n)]
        chance = np.tile(_RATES, (n, 1))
        chance[people["age_band"].isin(["40-44", "45-49", "50 and over"]).to_numpy(), 0] *= 0.7
        chance[(people["ethnicity"] == "Black African").to_numpy(), 1] *= ratio
        far = np.cumprod(rng.random((n, 6)) < chance, axis=1).sum(1)
        people["furthest_stage"] = [_STAGES[i] for i in far]
        people["exit_reason"] = np.select(
            [far == 6, far == 4, far == 5], ["", "no_place", "declined"], "rejected"
        )
        cohorts.append(people)
    return pd.concat(cohorts, ignore_index=True)


def written(folder: Path, frame: pd.DataFrame, programme: str) -> tuple[str, str]:
    """The records and the programme as files."""
    records, declared = folder / "records.csv", folder / "programme.toml"
    frame.to_csv(records, index=False)
    declared.write_text(programme, encoding="utf-8")
    return str(records), str(declared)
