"""The six gate models of the 4,000 applicants: the same from counts as statsmodels' Logit from rows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import stepup_equity as su
from stepup_equity.process import normalise

if TYPE_CHECKING:
    from stepup_equity.findings import ProgressionModel
    from stepup_equity.findings.models.gate_fits import GateFit

FILE = Path(__file__).parent / "applicants.csv"
STAGES = ["submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted"]
NAMES = ["age_band", "ethnicity", "gender", "religion", "disability", "orientation"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """The rows, with the labels that the programme gives them."""
    frame = pd.read_csv(FILE, keep_default_na=False, na_values=[""])
    programme = su.step_up_to_social_work()
    for name in NAMES:
        spellings = programme.characteristic(name).spellings
        frame[name] = frame[name].map(lambda raw, known=spellings: known[normalise(raw)], na_action="ignore")
    return frame


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.count_stages(su.read_applicants(FILE))


def rows_of(people: pd.DataFrame, model: ProgressionModel, gate: str) -> tuple[pd.Series, pd.DataFrame]:
    """Outcome and matrix of those who entered a gate, a column for each group of the model but references."""
    variables = model.whole.data.variables
    complete = people.dropna(subset=[variable.name for variable in variables])
    entered = complete[complete[gate].notna()]
    X = pd.DataFrame({"Intercept": 1.0}, index=entered.index)
    for variable in variables:
        for group in variable.groups[1:]:
            X[f"{variable.name}[T.{group}]"] = (entered[variable.name] == group).astype(float)
    return entered[gate].astype(float), X


def of_people_whom_nothing_separates(people: pd.DataFrame, fit: GateFit) -> list[bool]:
    """Whether each person's pattern overlaps: among them every finite coefficient has its estimate."""
    variables = fit.whole.data.variables
    shown = fit.rows[fit.separation.overlap]
    patterns = set(zip(*(np.array(v.groups, object)[v.codes[shown]] for v in variables), strict=True))
    return [row in patterns for row in people[[v.name for v in variables]].itertuples(index=False, name=None)]


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
@pytest.mark.parametrize("names", [NAMES[:3], NAMES], ids=["three", "six"])
@pytest.mark.parametrize("gate", STAGES[1:])
def test_counts_give_the_coefficients_of_the_rows(people, counts, names, gate):
    model = su.progression_model(counts, " + ".join(names), method="ml", gates=gate)
    y, X = rows_of(people, model, gate)
    table = model.coefficients.set_index("name")
    explained = table["status"].str.startswith(("separation", "nobody of this group"))
    assert (table["estimate"].isna() == explained).all()
    if model.gate(gate).separation is not None:
        overlapping = of_people_whom_nothing_separates(people.loc[y.index, names], model.gate(gate))
        y, X = y[overlapping], X[overlapping]
    theirs = sm.GLM(y, X, family=sm.families.Binomial()).fit(tol=1e-14)  # leaves what repeats to its pinv
    finite = table.index[~explained]

    np.testing.assert_allclose(table.loc[finite, "estimate"], theirs.params[finite], atol=1e-8)
    np.testing.assert_allclose(table.loc[finite, "std_error"], theirs.bse[finite], rtol=1e-7)


def test_every_gate_holds_those_who_passed_the_one_before(people, counts):
    model = su.progression_model(counts, "gender")

    complete = people.dropna(subset=["gender"])
    for before, gate in pairwise(STAGES):
        fit = model.gate(gate)
        assert fit.at_risk.sum() == (complete[before] == 1).sum()
        assert fit.passed.sum() == (complete[gate] == 1).sum()
    assert model.gate("overall").at_risk.sum() == len(complete)
    assert model.gate("overall").passed.sum() == (complete["accepted"] == 1).sum()
