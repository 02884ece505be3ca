"""Numbers that a fitted model gives, as functions of its parameters with slope and bend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.statistics.regression.design import CodedDesign

    Floats = NDArray[np.float64]

__all__ = ["Combination", "Functional", "LogRatio", "LogitRate", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A functional near one set of parameters.

    Attributes
    ----------
    value : float
    slope : ndarray, shape (n_parameters,)
    bend : ndarray or None, shape (n_parameters, n_parameters)
        Second derivatives; None where they are 0.
    """

    value: float
    slope: Floats
    bend: Floats | None


class Functional(Protocol):
    """Something that is computed from the parameters of a fit."""

    def at(self, theta: Floats) -> Shape:
        """Value, slope and bend at these parameters."""


@dataclass(frozen=True, eq=False)
class Combination:
    """A linear combination of parameters, such as one coefficient.

    Attributes
    ----------
    weights : ndarray, shape (n_parameters,)
    """

    weights: Floats

    def at(self, theta: Floats) -> Shape:
        """Value and slope."""
        return Shape(float(self.weights @ theta), self.weights, None)


@dataclass(frozen=True, eq=False)
class LogitRate:
    """Log odds of a standardised rate: everyone's fitted rate in the group, averaged.

    Attributes
    ----------
    design : CodedDesign
        Everyone put into the group.
    weights : ndarray, shape (n_rows,)
        Share of each row; adds up to 1.
    """

    design: CodedDesign
    weights: Floats

    def at(self, theta: Floats) -> Shape:
        """Value, slope and bend; parameters beyond the design's columns play no part."""
        passing, failing, slope, bend = _average(self.design, self.weights, theta)
        spread = passing * failing
        bend = bend / spread - np.outer(slope, slope) * (failing - passing) / spread**2
        return Shape(float(np.log(passing / failing)), slope / spread, bend)


@dataclass(frozen=True, eq=False)
class LogRatio:
    """Log of the ratio of two standardised rates.

    Attributes
    ----------
    design, reference : CodedDesign
        Everyone put into the group, and into the reference.
    weights : ndarray, shape (n_rows,)
        Share of each row; adds up to 1.
    """

    design: CodedDesign
    reference: CodedDesign
    weights: Floats

    def at(self, theta: Floats) -> Shape:
        """Value, slope and bend; parameters beyond the design's columns play no part."""
        (rate, _, slope, bend), (base, _, base_slope, base_bend) = (
            _average(design, self.weights, theta) for design in (self.design, self.reference)
        )
        slope, base_slope = slope / rate, base_slope / base
        return Shape(
            float(np.log(rate / base)),
            slope - base_slope,
            bend / rate - np.outer(slope, slope) - base_bend / base + np.outer(base_slope, base_slope),
        )


def _average(design: CodedDesign, weights: Floats, theta: Floats) -> tuple[float, float, Floats, Floats]:
    """Average chance to pass and to fail, with slope and bend of the first."""
    size = design.n_columns
    p = probabilities(design.linear_predictor(theta[:size]))
    spread = weights * p.passing * p.failing
    slope, bend = np.zeros(theta.size), np.zeros((theta.size, theta.size))
    slope[:size] = design.total(spread)
    bend[:size, :size] = design.gram(spread * (p.failing - p.passing))
    return float(weights @ p.passing), float(weights @ p.failing), slope, bend
