"""Random designs of groups and numbers, coded and as matrices."""

from __future__ import annotations

import numpy as np

from stepup_equity.statistics.regression.design import CodedDesign, intercept, numeric, treatment
from stepup_equity.statistics.regression.fits import independent_columns


def random_design(
    rng: np.random.Generator, n: int, levels: list[int], *, numbers: int = 0
) -> tuple[CodedDesign, np.ndarray]:
    """A design of an intercept, factors with one common level, and numbers; with the matrix it stands for."""
    blocks, columns = [intercept(n)], [np.ones(n)]
    for k in levels:
        codes = rng.choice(k, n, p=np.r_[0.6, np.full(k - 1, 0.4 / (k - 1))])
        blocks.append(treatment(codes, k))
        columns += [(codes == level).astype(float) for level in range(1, k)]
    for _ in range(numbers):
        x = rng.normal(50, 12, n)
        blocks.append(numeric(x))
        columns.append(x)
    return CodedDesign.of(blocks), np.column_stack(columns)


def sparse_passes(
    rng: np.random.Generator, design: CodedDesign, X: np.ndarray
) -> tuple[CodedDesign, np.ndarray]:
    """The design without repeated columns, and rare passes, some groups without any."""
    coef = rng.normal(0, 1.5, X.shape[1])
    log_odds = -1.5 + (X - X.mean(0)) / np.where(X.std(0) > 0, X.std(0), 1) @ coef
    passed = (rng.random(len(X)) < 1 / (1 + np.exp(-log_odds))).astype(float)
    passed[0], passed[1] = 1.0, 0.0
    return design.columns(independent_columns(design, np.ones(len(X)))), passed
