"""Blanks: complete cases, a level of their own, multiple imputation and EM, by why people leave a box blank.

``python benchmarks/blanks.py [RUNS]`` prints the table of `blanks.md`; seeded, one process.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy.stats import t as student

import stepup_equity as su
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_logistic

RUNS, IMPUTATIONS = 400, 20
EFFECT = -0.4
"""Log odds ratio of the small group."""


def mechanisms(u, small, passed):
    """Who leaves a box blank: that of religion; last that of ethnicity itself, which no method can know."""
    return {
        "at random": u < 0.3,
        "outcome": u < np.where(passed, 0.15, 0.4),
        "group and outcome": u < np.where(small & ~passed, 0.55, 0.15),
        "its own group and outcome": u < np.where(small & ~passed, 0.55, 0.15),
    }


def people(rng, n=2095):
    """One recruitment with two further characteristics that go with the group."""
    small = rng.random(n) < 0.08
    religion = np.where(small, rng.random(n) < 0.7, rng.random(n) < 0.2)
    eta = -0.2 + EFFECT * small + 0.3 * religion
    return small, religion, rng.random(n) < 1 / (1 + np.exp(-eta))


DESIGN = CodedDesign.of([intercept(4), treatment([0, 0, 1, 1], 2), treatment([0, 1, 0, 1], 2)])


def imputed(rng, small, religion, passed, blank, own):
    """Multiple imputation: blanks drawn from what those with the same answers and outcome said (Rubin 1987).

    Rates of the draw are themselves drawn, by Jeffreys; estimates are pooled by Rubin's rules.
    """
    told, asked = (religion, small) if own else (small, religion)
    shape = (2, 2, 2)  # what is told, what is asked, outcome
    seen, unsaid = (
        np.bincount(np.ravel_multi_index((told[at] * 1, asked[at] * 1, passed[at] * 1), shape), minlength=8)
        for at in (~blank, blank)
    )
    seen, unsaid = seen.reshape(shape), unsaid.reshape(shape).sum(axis=1)
    estimates, errors = [], []
    for _ in range(IMPUTATIONS):
        share = rng.beta(seen[:, 1] + 0.5, seen[:, 0] + 0.5)
        ones = rng.binomial(unsaid, share)
        whole = seen + np.stack([unsaid - ones, ones], axis=1)
        whole = whole if not own else whole.transpose(1, 0, 2)  # group, religion, outcome
        fit = fit_logistic(DESIGN, whole[..., 1].ravel(), whole.sum(axis=2).ravel())
        estimates.append(fit.coef[1])
        errors.append(fit.covariance[1, 1])
    within, between = np.mean(errors), np.var(estimates, ddof=1) * (1.0 + 1.0 / IMPUTATIONS)
    df = (IMPUTATIONS - 1) * (1.0 + within / between) ** 2
    estimate, error = np.mean(estimates), np.sqrt(within + between)
    reach = student.isf(0.025, df) * error
    return estimate, estimate - reach, estimate + reach, 2.0 * student.sf(abs(estimate / error), df)


def collected(runs, seed):
    """Estimate, limits, p-value and CPU seconds of every run, by mechanism and method."""
    rng = np.random.default_rng(seed)
    found = {}
    for _ in range(runs):
        small, religion, passed = people(rng)
        for why, blank in mechanisms(rng.random(small.size), small, passed).items():
            own = why.startswith("its own")
            hidden, unsaid = blank & own, blank & ~own
            frame = pd.DataFrame(
                {
                    "applicant_id": range(small.size),
                    "ethnicity": np.where(hidden, "", np.where(small, "Black African", "White British")),
                    "religion": np.where(unsaid, "", np.where(religion, "Muslim", "Christian")),
                    "furthest_stage": np.where(passed, "eligible", "submitted"),
                }
            )
            counts = su.count_stages(frame)
            for missing in ("complete", "level", "em"):
                started = time.process_time()
                model = su.progression_model(
                    counts, "ethnicity + religion", gates="eligible", missing=missing
                )
                row = model.frame[model.frame["group"] == "Black African"].iloc[0]
                numbers = (row["estimate"], row["conf_low"], row["conf_high"], row["p_value"])
                found.setdefault((why, missing), []).append((*numbers, time.process_time() - started))
            started = time.process_time()
            numbers = imputed(rng, small, religion, passed, blank, own)
            found.setdefault((why, "imputed"), []).append((*numbers, time.process_time() - started))
    return found


def told(found):
    """Print the table."""
    print("| blank depends on | method | bias | its error | covered | power | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (why, missing), rows in found.items():
        estimate, low, high, p_value, spent = np.array(rows).T
        covered = np.mean((low <= EFFECT) & (high >= EFFECT))
        error = np.std(estimate, ddof=1) / len(rows) ** 0.5
        found_it = np.mean(p_value < 0.05)
        print(
            f"| {why} | {missing} | {np.mean(estimate) - EFFECT:+.3f} | {error:.3f} | {covered:.1%} | "
            f"{found_it:.1%} | {np.mean(spent):.2f} |"
        )
    print(f"\n{len(rows)} runs a row")


if __name__ == "__main__":
    told(collected(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS, 20260102))
