"""Standard errors of a fit by EM: the information that is seen, less that which the blanks took."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import linalg

from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.blanks_model import Model, State


_LEAST_LEFT: Final = 1e-3
"""Least share of complete information that blanks are taken to leave of anything."""

_AT_ONCE: Final = 500_000
"""Pairs of records and cells gone through at once for the observed information."""

_NO_INFORMATION: Final = 1e-8
"""Scaled complete information below which nothing is known, blanks or not."""

_SURELY_KNOWN: Final = 1e-3
"""What a column has left beside those before it (Cholesky's pivot) above which every direction is known."""


def covariance(model: Model, state: State, complete: list[Floats]) -> Floats:
    """Inverse of Louis's observed information over all gates, the characteristics' own part swept out."""
    starts = np.cumsum([0, *(theta.size for theta in state.theta)])
    who = _margins_design(model)
    k = int(starts[-1])
    people = float(model.n.sum()) * np.exp(state.log_share)  # as the model has them, not as shared out
    mean = who.total(people)
    spread = who.gram(people) - np.outer(mean, mean) / people.sum()
    residual = [
        model.passed[:, j, None] - model.at_risk[:, j, None] * probabilities(eta).passing
        for j, eta in enumerate(
            design.linear_predictor(theta[: design.n_columns])
            for design, theta in zip(model.designs, state.theta, strict=True)
        )
    ]  # of each gate, shape (n_outcomes, n_cells)
    parts = [_Part(*part) for part in zip(model.designs, residual, starts.tolist()[:-1], strict=True)]
    parts.append(_Part(who, np.ones_like(residual[0]), k))
    lost = np.zeros((k + who.n_columns, k + who.n_columns))
    several = np.flatnonzero(model.ways > 1)
    if several.size:
        shares = model.shares(state)[several]
        table = np.asarray(shares.sum(axis=0), np.float64).reshape(residual[0].shape)
        _add_scattered(lost, parts, table)
        _subtract_of_records(lost, parts, shares, model.n[several])
    return _inverse(lost, complete, spread)


@dataclass(frozen=True, eq=False)
class _Part:
    """Parameters with one design: what a person of an outcome and a cell adds to their score, and where."""

    design: CodedDesign
    residual: Floats
    at: int


def _add_scattered(lost: Floats, parts: Sequence[_Part], table: Floats) -> None:
    """Add the squares of the scores of people with blanks, by where they are taken to be."""
    matrices = [part.design.sparse() for part in parts]
    for i, part in enumerate(parts):
        turned = matrices[i].T
        for j, other in enumerate(parts[i:], i):
            weights = (table * part.residual * other.residual).sum(axis=0)
            both = (
                part.design.gram(weights)
                if part is other
                else np.asarray((turned @ matrices[j].multiply(weights[:, None])).toarray(), np.float64)
            )
            rows, columns = (slice(p.at, p.at + n) for p, n in zip((part, other), both.shape, strict=True))
            lost[rows, columns] += both
            if part is not other:
                lost[columns, rows] += both.T


def _subtract_of_records(
    lost: Floats, parts: Sequence[_Part], shares: sparse.csr_array, people: Floats
) -> None:
    """Take away the square of the score that each record's people have together."""
    n_cells = parts[0].residual.shape[1]
    ends = shares.indptr
    last = np.append(np.flatnonzero(np.diff(ends[1:] // _AT_ONCE)) + 1, people.size)
    for first, after in zip(np.append(0, last[:-1]), last, strict=True):
        pairs = slice(ends[first], ends[after])
        key, share = shares.indices[pairs], shares.data[pairs]
        record = np.repeat(np.arange(after - first), np.diff(ends[first : after + 1]))
        seen = np.zeros((after - first, len(lost)))
        for part in parts:
            weights = share * part.residual.ravel().take(key)
            there = np.flatnonzero(weights)  # most have left before the later gates
            seen[:, part.at : part.at + part.design.n_columns] = part.design.totals(
                weights[there], record[there], after - first, rows=key[there] % n_cells
            )
        seen /= np.sqrt(people[first:after, None])
        lost -= seen.T @ seen  # of the same array: half the work


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
