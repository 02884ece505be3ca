"""Cluster-robust tests where groups do not differ: how often they find a difference at 5 %.

``python benchmarks/clusters.py [RUNS]`` prints the table of `clusters.md`; seeded, one process.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.stats import t as student

from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_logistic
from stepup_equity.statistics.regression.sandwich import cluster_covariance, jackknife_covariance
from stepup_equity.statistics.regression.term_tests import Term, wald_tests

RUNS = 1000


def cohort(rng, clusters, groups, *, uneven):
    """Clusters that differ, of 40 to 300 people; uneven ones also differ in who is in them."""
    size = rng.integers(40, 300, clusters)
    shares = rng.dirichlet(np.ones(groups), clusters) if uneven else np.full((clusters, groups), 1 / groups)
    trials = np.array([rng.multinomial(n, share) for n, share in zip(size, shares, strict=True)])
    level = rng.normal(0.0, 0.5, (clusters, 1)) + rng.normal(0.0, 0.2, (clusters, groups))
    return trials, rng.binomial(trials, 1.0 / (1.0 + np.exp(0.5 - level)))


def rejected(rng, clusters, groups, *, uneven):
    """Whether one group and all of them differ: by the usual sandwich, and by the jackknife."""
    trials, passed = cohort(rng, clusters, groups, uneven=uneven)
    group, cluster = (axis.ravel() for axis in np.indices(trials.shape)[::-1])
    tried, got = trials.sum(axis=0), passed.sum(axis=0)
    if ((got == 0) | (got == tried)).any():
        return None
    fit = fit_logistic(
        CodedDesign.of([intercept(group.size), treatment(group, groups)]), passed.ravel(), trials.ravel()
    )
    term = Term(np.arange(groups) > 0, np.zeros(groups, bool))
    found = []
    for covariance in (cluster_covariance(fit, cluster), jackknife_covariance(fit, cluster)):
        z = abs(fit.coef[1]) / np.sqrt(covariance[1, 1])
        joint = wald_tests(fit.coef, covariance, [term], df=clusters - 1.0).p_value[0]
        found += [2.0 * student.sf(z, clusters - 1) < 0.05, joint < 0.05]
    return found


def main(runs=RUNS):
    """Print the table."""
    started = time.process_time()
    print("| clusters | groups | mix | one group, HC1 | all groups, HC1 | one group, CR3 | all groups, CR3 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for clusters in (4, 8, 20):
        for groups in (2, 4):
            for uneven in (False, True):
                rng = np.random.default_rng([20260103, clusters, groups, uneven])
                rows = [rejected(rng, clusters, groups, uneven=uneven) for _ in range(runs)]
                share = np.mean([row for row in rows if row is not None], axis=0)
                joint = clusters > groups
                words = [f"{x:.1%}" if joint or i % 2 == 0 else "none" for i, x in enumerate(share)]
                mix = "differs" if uneven else "the same"
                print(f"| {clusters} | {groups} | {mix} | {' | '.join(words)} |", flush=True)
    print(f"\n{runs} cohorts a row; {time.process_time() - started:.0f} CPU s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
