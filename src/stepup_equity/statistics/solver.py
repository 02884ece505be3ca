"""HiGHS as it is used here: silent, on one thread, with a fixed seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import highspy

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sparse
    from numpy.typing import NDArray


class Solver(highspy.Highs):  # type: ignore[misc]  # highspy has no types
    """HiGHS without callbacks: none is used, and switching them on prints a banner to standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name
        """Leave callbacks off."""

    def settle(self) -> highspy.HighsModelStatus:
        """Solve; where a warm start has led nowhere, solve again from the beginning, and then otherwise.

        Primal simplex may stop without an answer where bounds are a thousandth apart; dual simplex has one.
        """
        self.run()
        status: highspy.HighsModelStatus = self.getModelStatus()
        if status not in _SETTLED:
            status = self._again()
        if status not in _SETTLED and status != highspy.HighsModelStatus.kInfeasible:
            _, strategy = self.getOptionValue("simplex_strategy")
            self.setOptionValue("simplex_strategy", _DUAL)
            status = self._again()
            self.setOptionValue("simplex_strategy", strategy)
        return status

    def _again(self) -> highspy.HighsModelStatus:
        """Solve from the beginning."""
        self.clearSolver()
        self.run()
        status: highspy.HighsModelStatus = self.getModelStatus()
        return status


_DUAL: Final = 1
_PRIMAL: Final = 4
"""HiGHS's numbers for two ways of simplex."""

_SETTLED: Final = frozenset(
    {
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
        highspy.HighsModelStatus.kSolutionLimit,
    }
)


def solver_of(
    matrix: sparse.csr_array,
    *,
    row_lower: NDArray[np.float64],
    row_upper: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    cost: NDArray[np.float64],
    whole: bool = False,
    warm: bool = False,
) -> Solver:
    """A model: minimise cost · x over row_lower ≤ matrix x ≤ row_upper, lower ≤ x ≤ upper.

    The same input gives the same answer: one thread, one seed, no time limit.

    Parameters
    ----------
    matrix : csr_array, shape (n_rows, n_columns)
    row_lower, row_upper : ndarray, shape (n_rows,)
    lower, upper, cost : ndarray, shape (n_columns,)
    whole : bool
        Whether x must be in whole numbers.
    warm : bool
        Whether the model will be solved again and again with other costs or bounds. Presolve would throw the
        last answer away; primal simplex goes on from it.
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
    model.row_lower_, model.row_upper_ = row_lower, row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data.astype(float)
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    solver = Solver()
    options: list[tuple[str, object]] = [("output_flag", False), ("threads", 1), ("random_seed", 0)]
    options += [("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-6)]
    if warm:
        options += [("presolve", "off"), ("simplex_strategy", _PRIMAL)]
    for name, value in options:
        solver.setOptionValue(name, value)
    solver.passModel(model)
    return solver
