"""Standard errors of a fit by EM: the information that is seen, less that which the blanks took."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import linalg

from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.statistics.regression.missing_em import Expected, Model, State


_LEAST_LEFT: Final = 1e-3
"""Least share of complete information that blanks are taken to leave of anything."""

_AT_ONCE: Final = 500_000
"""Pairs of records and cells gone through at once for the observed information."""

_NO_INFORMATION: Final = 1e-8
"""Scaled complete information below which nothing is known, blanks or not."""

_SURELY_KNOWN: Final = 1e-3
"""What a column has left beside those before it (Cholesky's pivot) above which every direction is known."""


def covariance(model: Model, state: State, counts: Expected, complete: list[Floats]) -> Floats:
    """Inverse of Louis's observed information over all gates, the characteristics' own part swept out."""
    sizes = [theta.size for theta in state.theta]
    starts = np.cumsum([0, *sizes])
    who = _margins_design(model)
    k, q = int(starts[-1]), who.n_columns
    people = counts.by_outcome.sum(axis=0)
    mean = who.total(people)
    spread = who.gram(people) - np.outer(mean, mean) / people.sum()
    lost = np.zeros((k + q, k + q))
    residual = np.stack(
        [
            model.passed[:, j, None] - model.at_risk[:, j, None] * p
            for j, p in enumerate(
                probabilities(design.linear_predictor(theta[: design.n_columns])).passing
                for design, theta in zip(model.designs, state.theta, strict=True)
            )
        ]
    )  # gates, outcomes, cells
    several = model.ways > 1
    blank = np.repeat(several, model.ways)
    if not several.any():
        return _inverse(lost, complete, spread)
    table = np.bincount(model.key[blank], counts.share[blank], residual[0].size).reshape(residual[0].shape)
    blocks = [(model.designs[j], residual[j], int(starts[j])) for j in range(len(sizes))]
    blocks.append((who, np.ones_like(residual[0]), k))
    sparse = [design.sparse() for design, _, _ in blocks]
    for i, (design, r, at) in enumerate(blocks):
        turned = sparse[i].T
        for j, (other, t, also) in enumerate(blocks[i:], i):
            weights = (table * r * t).sum(axis=0)
            both = (
                design.gram(weights)
                if design is other
                else np.asarray((turned @ sparse[j].multiply(weights[:, None])).toarray(), dtype=np.float64)
            )
            lost[at : at + both.shape[0], also : also + both.shape[1]] += both
            if also != at:
                lost[also : also + both.shape[1], at : at + both.shape[0]] += both.T
    ways, people_of = model.ways[several], model.n[several]
    cell, outcome, share = model.cell[blank], model.outcome[blank], counts.share[blank]
    ends = np.cumsum(ways)
    last = np.append(np.flatnonzero(np.diff(ends // _AT_ONCE)) + 1, ends.size)
    for first, after in zip(np.append(0, last[:-1]), last, strict=True):
        pairs = slice(int(ends[first] - ways[first]), int(ends[after - 1]))
        place, here = np.repeat(np.arange(after - first), ways[first:after]), cell[pairs]
        seen = np.zeros((after - first, k + q))
        keys: dict[int, Ints] = {}  # gates share most of their blocks
        for design, r, at in blocks:
            weights = share[pairs] * r[outcome[pairs], here]
            for block, columns in zip(design.blocks, design.slices, strict=True):
                width = block.n_columns + 1
                if id(block) not in keys:
                    keys[id(block)] = place * width + block.codes[here]
                v = weights if block.values is None else weights * block.values[here]
                sums = np.bincount(keys[id(block)], v, (after - first) * width)
                seen[:, at + columns.start : at + columns.stop] = sums.reshape(-1, width)[:, 1:]
        seen /= np.sqrt(people_of[first:after, None])
        lost -= seen.T @ seen  # of the same array: half the work
    return _inverse(lost, complete, spread)


def _margins_design(model: Model) -> CodedDesign:
    """Columns of the loglinear model of the characteristics: their groups and pairs of groups."""
    blocks = [treatment(model.cells[:, v], size) for v, size in enumerate(model.sizes)]
    for a, b in combinations(range(len(model.sizes)), 2):
        code = np.where(
            (model.cells[:, a] > 0) & (model.cells[:, b] > 0),
            (model.cells[:, a] - 1) * (model.sizes[b] - 1) + model.cells[:, b],
            0,
        )
        blocks.append(treatment(code, (model.sizes[a] - 1) * (model.sizes[b] - 1) + 1))
    blocks = [block for block in blocks if block.n_columns]
    return CodedDesign.of(blocks or [intercept(len(model.cells))])


def _inverse(lost: Floats, complete: list[Floats], who: Floats) -> Floats:
    """Inverse of complete less lost information, the part of the coefficients.

    In units of complete information what is left lies between 0 and 1; less than a thousandth is taken as a
    thousandth, a standard error thirty times that of complete data.
    """
    units = [_whitener(own) for own in (*complete, who)]
    remaining = -_whitened(lost, units)
    np.fill_diagonal(remaining, remaining.diagonal() + 1.0)
    own = np.asarray(linalg.block_diag(*units[:-1]), dtype=np.float64)
    known = own.shape[1]  # units of the coefficients come first
    back = np.hstack([own, np.zeros((len(own), units[-1].shape[1]))])
    factor = _factor(remaining[known:, known:])
    if factor is not None:  # enough is left of the characteristics: they are swept out
        swept = linalg.solve_triangular(factor, remaining[known:, :known], lower=True, check_finite=False)
        remaining, back = remaining[:known, :known] - swept.T @ swept, back[:, :known]
    factor = _factor(remaining)
    if factor is not None:
        half_way = linalg.solve_triangular(factor, back.T, lower=True, check_finite=False)
        return np.asarray(half_way.T @ half_way, dtype=np.float64)
    left, vectors = linalg.eigh(remaining, subset_by_value=(-np.inf, _LEAST_LEFT), check_finite=False)
    raised = remaining + (vectors * (_LEAST_LEFT - left)) @ vectors.T
    return np.asarray(back @ linalg.solve(raised, back.T, assume_a="pos", check_finite=False), np.float64)


def _factor(remaining: Floats) -> Floats | None:
    """Cholesky's factor; None where something has less left than is taken as the least."""
    least = _LEAST_LEFT * np.eye(len(remaining))
    try:
        linalg.cholesky(remaining - least, lower=True, check_finite=False)
        return np.asarray(linalg.cholesky(remaining, lower=True, check_finite=False), dtype=np.float64)
    except linalg.LinAlgError:
        return None


def _whitened(lost: Floats, units: list[Floats]) -> Floats:
    """Lost information in units of the complete, which are those of one gate after the other."""
    rows, columns = (np.cumsum([0, *(unit.shape[axis] for unit in units)]) for axis in (0, 1))
    out = np.empty((columns[-1], columns[-1]))
    half = np.vstack(
        [unit.T @ lost[first:last] for unit, first, last in zip(units, rows[:-1], rows[1:], strict=True)]
    )
    for i, unit in enumerate(units):
        out[:, columns[i] : columns[i + 1]] = half[:, rows[i] : rows[i + 1]] @ unit
    return out


def _whitener(own: Floats) -> Floats:
    """Columns in whose units a matrix is the identity; none where it knows nothing."""
    scale = np.sqrt(np.maximum(np.diag(own), 0.0))
    there = scale > 0
    kept = scale[there]
    scaled = own[np.ix_(there, there)] / kept[:, None] / kept
    try:
        factor = linalg.cholesky(scaled, lower=True, check_finite=False)
    except linalg.LinAlgError:
        factor = np.zeros((1, 1))
    if np.diag(factor).min(initial=1.0) > _SURELY_KNOWN:
        units = linalg.solve_triangular(factor, np.eye(kept.size), lower=True, check_finite=False).T
    else:
        values, vectors = linalg.eigh(scaled, check_finite=False)
        known = values > _NO_INFORMATION
        units = vectors[:, known] / np.sqrt(values[known])
    out = np.zeros((scale.size, units.shape[1]))
    out[there] = units / kept[:, None]
    return out
