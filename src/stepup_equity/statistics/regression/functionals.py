"""Numbers that a fitted model gives, as functions of its parameters with slope and bend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.design import CodedDesign


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
        size = self.design.n_columns
        p = probabilities(self.design.linear_predictor(theta[:size]))
        passing, failing = float(self.weights @ p.passing), float(self.weights @ p.failing)
        each = self.weights * p.passing * p.failing / (passing * failing)
        slope = self.design.total(each)
        bend = self.design.gram(each * (p.failing - p.passing))
        bend -= np.outer(slope, slope) * (failing - passing)
        return Shape(float(np.log(passing / failing)), *_among(theta.size, slope, bend))


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

    @cached_property
    def both(self) -> CodedDesign:
        """Everyone in the group, and below them everyone in the reference."""
        return self.design.above(self.reference)

    def at(self, theta: Floats, *, bent: bool = True) -> Shape:
        """Value, slope and, where asked for, bend; parameters beyond the design's columns play no part."""
        size, rows = self.both.n_columns, self.design.n_rows
        p = probabilities(self.both.linear_predictor(theta[:size]))
        rate, base = float(self.weights @ p.passing[:rows]), float(self.weights @ p.passing[rows:])
        spread = np.concatenate([self.weights / rate, -self.weights / base]) * p.passing * p.failing
        mine, theirs = spread.copy(), spread.copy()
        mine[rows:], theirs[:rows] = 0.0, 0.0
        slope, other = self.both.total(mine), self.both.total(theirs)
        bend = None
        if bent:
            bend = self.both.gram(spread * (p.failing - p.passing))
            bend += np.outer(other, other) - np.outer(slope, slope)
        return Shape(float(np.log(rate / base)), *_among(theta.size, slope + other, bend))


def _among(size: int, slope: Floats, bend: Floats | None) -> tuple[Floats, Floats | None]:
    """Slope and bend among all parameters, 0 where they play no part."""
    own = slope.size
    if own == size:
        return slope, bend
    longer = np.zeros(size)
    longer[:own] = slope
    if bend is None:
        return longer, None
    wider = np.zeros((size, size))
    wider[:own, :own] = bend
    return longer, wider
