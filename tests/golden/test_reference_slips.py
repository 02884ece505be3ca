"""Two keys of the reference that the library does not offer, and why: shown from the reference itself.

R's `pi` had been overwritten with the fitted rates of the model `screened_full` when the shares of variance
were computed, so `icc`, `vpc_null` and `vpc_main` hold ``variance / (variance + rate^2 / 3)``, a number for
each applicant of that model, where the share of the latent variance is ``variance / (variance + pi^2 / 3)``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.golden import oracle

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in REFERENCE["cases"]}


@pytest.fixture(scope="module")
def fitted_rates() -> dict[str, float]:
    """Rates of the logit `screened_full`, from its coefficients in the reference, by row of the file."""
    coef = CASES["screened_full/logit"]["expect"]["coef"]
    people = oracle.applicants()
    names = [name.split("[")[0] for name in coef if name != "Intercept"]
    complete = people[people["screened"].notna()].dropna(subset=list(dict.fromkeys(names)))
    log_odds = np.full(len(complete), coef["Intercept"])
    for name, value in coef.items():
        if name != "Intercept":
            variable, group = name.removesuffix("]").split("[T.")
            log_odds += value * (complete[variable] == group)
    rates = 1 / (1 + np.exp(-log_odds))
    return {str(row + 1): float(rate) for row, rate in zip(complete.index, rates, strict=True)}


@pytest.mark.parametrize(
    ("case", "key", "variance"),
    [
        ("glmer_region/nAGQ1", "icc", lambda expect: expect["sd"] ** 2),
        ("maihda/screened", "vpc_null", lambda expect: expect["var_null"]),
    ],
)
def test_the_reference_divided_by_rates_where_it_meant_pi(fitted_rates, case, key, variance):
    expect = CASES[case]["expect"]
    v = variance(expect)

    assert expect[key].keys() == fitted_rates.keys()
    for row, share in expect[key].items():
        assert share == pytest.approx(v / (v + fitted_rates[row] ** 2 / 3), rel=1e-9)
        assert share > 10 * v / (v + math.pi**2 / 3)
