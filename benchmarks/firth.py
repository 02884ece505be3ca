"""Firth's regression beside firthmodels, on random sparse designs and on the first cohort.

    OPENBLAS_NUM_THREADS=1 python benchmarks/firth.py [--designs 200]

Prints the largest differences of coefficients and of penalised profile limits, how many limits needed the
bracketed search, and how many were found by neither way. firthmodels says itself where it did not converge;
those coefficients are reported apart.

Last figures, one BLAS thread of a shared two-core machine:

- random sparse, 200 designs: coefficients within 7e-09, 2186 profile limits within 8e-11; 0 limits took the
  bracketed search, 0 were not found; largest score 1e-09; 5.1 s against 2.2 s
- first cohort, ethnicity + gender, 7 designs: coefficients within 6e-10, 234 profile limits within 3e-12; 1
  limits took the bracketed search, 0 were not found; largest score 7e-10; 0.3 s against 0.3 s

firthmodels runs without step-halving: close to the maximum its likelihood no longer tells steps apart, and
halving them would stop it short of a score of 1e-9 on some designs.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
from firthmodels import FirthLogisticRegression

import stepup_equity as su
from stepup_equity.statistics.regression.design import CodedDesign, intercept, numeric, treatment
from stepup_equity.statistics.regression.fits import fit_firth, independent_columns
from stepup_equity.statistics.regression.profile import profile_intervals

ROOT = Path(__file__).parents[1]


def sparse_design(rng: np.random.Generator, *, with_number: bool) -> tuple[CodedDesign, np.ndarray]:
    """One to three factors with a common and several rare levels, rare passes, some groups without any."""
    n = int(rng.integers(30, 150))
    levels = [int(k) for k in rng.integers(2, 5, rng.integers(1, 4))]
    codes = [rng.choice(k, n, p=np.r_[0.6, np.full(k - 1, 0.4 / (k - 1))]) for k in levels]
    log_odds = -1.5 + sum(rng.normal(0, 1.5, k)[code] for k, code in zip(levels, codes, strict=True))
    passed = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    passed[0], passed[1] = 1.0, 0.0
    blocks = [intercept(n), *(treatment(code, k) for k, code in zip(levels, codes, strict=True))]
    if with_number:
        blocks.append(numeric(rng.normal(size=n)))
    design = CodedDesign.of(blocks)
    return design.columns(independent_columns(design, np.ones(n))), passed


class Tally:
    """The largest differences so far, and the counts."""

    def __init__(self) -> None:
        self.designs = self.limits = self.bracketed = self.missing = self.theirs_unconverged = 0
        self.coefficient = self.unconverged_apart = self.limit = self.score = 0.0
        self.ours = self.theirs = 0.0

    def add(self, design: CodedDesign, passed: np.ndarray, trials: np.ndarray) -> None:
        start = time.process_time()
        fit = fit_firth(design, passed, trials)
        limits = profile_intervals(fit)
        self.ours += time.process_time() - start
        X = np.repeat(design.dense(), trials.astype(int), axis=0)
        pairs = zip(passed.astype(int), trials.astype(int), strict=True)
        y = np.concatenate([np.r_[np.ones(s), np.zeros(m - s)] for s, m in pairs])
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            their = FirthLogisticRegression(
                backend="numpy", fit_intercept=False, gtol=1e-9, xtol=1e-8, max_iter=500, max_halfstep=0
            ).fit(X, y)
            interval = their.conf_int(method="pl", tol=1e-10, max_iter=500)
        self.theirs += time.process_time() - start
        self.designs += 1
        self.limits += 2 * fit.coef.size
        self.bracketed += int(limits.low_bracketed.sum() + limits.high_bracketed.sum())
        self.missing += int((~limits.low_converged).sum() + (~limits.high_converged).sum())
        self.score = max(self.score, fit.largest_score)
        apart = float(np.abs(their.coef_ - fit.coef).max())
        if their.converged_:
            self.coefficient = max(self.coefficient, apart)
        else:
            self.theirs_unconverged += 1
            self.unconverged_apart = max(self.unconverged_apart, apart)
        both = np.abs(interval - np.column_stack([limits.low, limits.high]))
        self.limit = max(self.limit, float(np.nanmax(both)))

    def __str__(self) -> str:
        compared = self.designs - self.theirs_unconverged
        return (
            f"{compared} designs: coefficients within {self.coefficient:.0e}, "
            f"{self.limits} profile limits within {self.limit:.0e}; "
            f"{self.bracketed} limits took the bracketed search, {self.missing} were not found; "
            f"largest score {self.score:.0e}; {self.ours:.1f} s against {self.theirs:.1f} s; "
            f"on {self.theirs_unconverged} more designs firthmodels stops short of 1e-9, "
            f"within {self.unconverged_apart:.0e}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--designs", type=int, default=200)
    asked = parser.parse_args()
    rng, tally = np.random.default_rng(2013), Tally()
    for number in range(asked.designs):
        design, passed = sparse_design(rng, with_number=number % 4 == 0)
        tally.add(design, passed, np.ones(passed.size))
    print(f"random sparse, {tally}")
    counts = su.count_stages(su.read_applicants(ROOT / "data" / "examples" / "cohort_one.csv"))
    model, tally = su.progression_model(counts, "ethnicity + gender", method="firth"), Tally()
    for gate in model.gates:
        rows = gate.rows
        tally.add(gate.reduced(gate.whole.design), gate.passed[rows], gate.at_risk[rows])
    print(f"first cohort, ethnicity + gender, {tally}")


if __name__ == "__main__":
    main()
