"""Which coefficients have no finite maximum-likelihood estimate, found by linear programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.likelihood import checked_counts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.design import CodedDesign


_ZERO = 1e-7
"""An entry of a direction below this is the solver's rounding; the largest entry is 1."""


@dataclass(frozen=True, eq=False)
class Separation:
    """Where maximum likelihood runs away.

    Attributes
    ----------
    infinite : ndarray of bool, shape (n_columns,)
        Coefficients without a finite estimate.
    sign : ndarray, shape (n_columns,)
        Where the estimate is infinite, the way it runs in the direction that was found; NaN where that
        direction leaves it open. 0 where the estimate is finite.
    overlap : ndarray of bool, shape (n_rows,)
        Rows that no direction separates; the finite coefficients are those of a fit to these rows alone
        (the limiting conditional model).
    """

    infinite: Bools
    sign: Floats
    overlap: Bools

    @property
    def separated(self) -> bool:
        """Whether any coefficient has no finite estimate."""
        return bool(self.infinite.any())

    @property
    def complete(self) -> bool:
        """Whether a combination of the columns tells every pass from every failure."""
        return self.separated and not bool(self.overlap.any())


def find_separation(design: CodedDesign, successes: ArrayLike, trials: ArrayLike) -> Separation:
    """Find the coefficients whose maximum-likelihood estimate is infinite.

    A direction in which every success only becomes likelier and every failure only less likely, and somebody
    strictly so, has no largest likelihood along it. Such directions are the solutions of a linear programme.
    Rows with both outcomes pin the direction to their null space, so the programme is only as wide as that
    space. After a direction is found its rows are set aside and the search goes on, until the rest overlap.

    Parameters
    ----------
    design : CodedDesign
        Columns linearly independent (see `independent_columns`).
    successes, trials : array_like, shape (n_rows,)
        Rows with no trials take no part.

    Raises
    ------
    StatisticError
        Counts outside 0 to trials, or a linear programme that the solver gives up on.

    References
    ----------
    Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic
    regression models. Biometrika 71, 1-10.
    Konis, K. (2007). Linear programming algorithms for detecting separated data in binary logistic
    regression models. DPhil thesis, University of Oxford.
    Geyer, C. J. (2009). Likelihood inference in exponential families and directions of recession.
    Electronic Journal of Statistics 3, 259-289.

    Examples
    --------
    None of 8 pass in the second group:

    >>> from stepup_equity.statistics.regression import CodedDesign, find_separation, intercept, treatment
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> find_separation(design, successes=[40, 0], trials=[60, 8]).sign
    array([ 0., -1.])
    """
    s, m = checked_counts(successes, trials, design.n_rows)
    overlap = m > 0
    sign = np.zeros(design.n_columns)
    while overlap.any():
        direction = _separating_direction(design, s, m, overlap)
        if direction is None:
            break
        moved = np.abs(design.linear_predictor(direction)) > _ZERO
        overlap &= ~moved
        sign = np.where(sign == 0, np.sign(np.where(np.abs(direction) > _ZERO, direction, 0.0)), sign)
    infinite = _not_estimable(design, overlap)
    sign = np.where(infinite, np.where(sign == 0, np.nan, sign), 0.0)
    return Separation(infinite, sign, overlap)


def _separating_direction(design: CodedDesign, s: Floats, m: Floats, overlap: Bools) -> Floats | None:
    """A direction that separates some of these rows, largest entry 1; None where there is none."""
    mixed = overlap & (s > 0) & (s < m)
    pure = overlap & ~mixed
    if not pure.any():
        return None
    basis = null_space(design, mixed)
    if basis.shape[1] == 0:
        return None
    side = np.where(s[pure] > 0, 1.0, -1.0)
    towards = (design.rows(pure).sparse() @ basis) * side[:, None]
    scale = np.abs(towards).max(axis=1)
    towards = towards[scale > _ZERO] / scale[scale > _ZERO, None]
    if towards.shape[0] == 0:
        return None
    towards = np.unique(towards.round(12), axis=0)
    position = _furthest(towards)
    direction = np.asarray(basis @ position, dtype=np.float64)
    largest = float(np.abs(direction).max(initial=0.0))
    gain = towards @ position
    if largest <= _ZERO or gain.max() <= _ZERO:
        return None
    return direction / largest


def _furthest(towards: Floats) -> Floats:
    """The point of the unit cube that moves people furthest, and nobody the other way."""
    import highspy

    from stepup_equity.statistics.solver import solver_of

    rows, columns = towards.shape
    solver = solver_of(
        sparse.csr_array(towards),
        row_lower=np.zeros(rows),
        row_upper=np.full(rows, highspy.kHighsInf),
        lower=-np.ones(columns),
        upper=np.ones(columns),
        cost=-towards.sum(axis=0),
    )
    for presolve in ("choose", "off"):  # presolve now and then loses the feasible point 0 to rounding
        solver.setOptionValue("presolve", presolve)
        status = solver.settle()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(solver.getSolution().col_value, dtype=np.float64)
    raise StatisticError(
        "The linear programme that looks for separation did not finish: "
        f"{solver.modelStatusToString(status)}."
    )


def null_space(design: CodedDesign, rows: Bools) -> Floats:
    """Directions in which coefficients can move without moving the linear predictor of these rows.

    Parameters
    ----------
    design : CodedDesign
    rows : array_like of bool, shape (n_rows,)

    Returns
    -------
    ndarray, shape (n_columns, n_directions)
        Orthonormal; no directions where the rows determine every coefficient.
    """
    if not rows.any():
        return np.eye(design.n_columns)
    gram = design.gram(rows.astype(np.float64))
    scale = 1.0 / np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    values, vectors = linalg.eigh(gram * scale[:, None] * scale, check_finite=False)
    null = vectors[:, values <= 1e-10] * scale[:, None]
    if null.shape[1] == 0:
        return null
    return np.asarray(np.linalg.qr(null)[0], dtype=np.float64)


def _not_estimable(design: CodedDesign, rows: Bools) -> Bools:
    """Coefficients that these rows alone do not determine."""
    null = null_space(design, rows)
    return np.asarray(np.abs(null).max(axis=1, initial=0.0) > _ZERO, dtype=bool)
