"""How a likelihood falls along the profile of a coefficient, as a power series around the fit.

Where many people stand behind every coefficient a likelihood is nearly a parabola as far as its limits lie,
and a few terms more say it to all digits that matter: for both limits and the test of all coefficients at
once, at the price of a few evaluations instead of several for each. Where the terms do not settle nothing is
said, and the limit is looked for step by step (`limits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc, chdtri

from stepup_equity.statistics.regression.likelihood import probabilities, solve
from stepup_equity.statistics.regression.limits import Limits
from stepup_equity.statistics.regression.many_products import ManyProducts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.fits import LogisticFit
    from stepup_equity.statistics.regression.likelihood import BinomialLikelihood


_POWERS: Final = np.arange(2.0, 8.0)
"""Powers of the terms: the path is known to the third, and so its height to the seventh (it is highest there,
so what is missing of the path counts squared)."""

_LAST: Final = 1e-7
"""Share of the fall that the seventh term may have; the next is at least ten times smaller."""

_LAST_BUT_ONE: Final = 1e-5
"""The same of the sixth, for where the seventh is small by symmetry."""

_NEAR: Final = 0.03
"""Share of the seventh term up to which the climb sets out from where the series ends."""

_FURTHEST: Final = 2.0
"""Most that a limit may move anybody's log odds for the series to be worked out."""

_AT_ONCE: Final = 64
"""Combinations worked on at a time."""

_ENTRIES: Final = 40_000
"""Rows times combinations of a part: a third of a megabyte an array, which stays near the processor."""

_NEWTON: Final = 12

_SINGLE: Final = np.float32


@dataclass(frozen=True, slots=True)
class Known:
    """What a series says of one combination of parameters.

    Attributes
    ----------
    limits : Limits or None
        None where the series does not settle.
    ends : tuple of ndarray or None
        Parameters near the lower and the upper limit; None where it says nothing of them.
    test : tuple of float or None
        Chi-squared with one degree of freedom, and p.
    level : ndarray or None
        Parameters near the highest point with the value that is tested.
    """

    limits: Limits | None
    ends: tuple[Floats | None, Floats | None]
    test: tuple[float, float] | None
    level: Floats | None


NOTHING: Final = Known(None, (None, None), None, None)
"""Of what has no series."""


@dataclass(frozen=True, eq=False)
class Fall:
    """The fall of the log-likelihood along profiles of some combinations of parameters.

    Attributes
    ----------
    value : ndarray, shape (n_combinations,)
        The combinations at the fit.
    spread : ndarray, shape (n_combinations,)
        Their standard errors, in which distances from the fit are measured.
    theta : ndarray, shape (n_parameters,)
        The fit.
    path : tuple of ndarray, shape (n_parameters, n_combinations)
        Parameters along each profile, by power of the distance: 1, 2, 3, 4.
    terms : ndarray, shape (6, n_combinations)
        Log-likelihood less that of the fit, by power of the distance: 2 to 7.
    """

    value: Floats
    spread: Floats
    theta: Floats
    path: tuple[Floats, ...]
    terms: Floats

    def known(self, confidence: float, null: float = 0.0) -> list[Known]:
        """What the series says of each combination: its limits, and the test of one value."""
        drop = 0.5 * float(chdtri(1.0, 1.0 - confidence))
        low, high, level = (
            self._fallen(drop, -1.0),
            self._fallen(drop, 1.0),
            (null - self.value) / self.spread,
        )
        statistic = np.maximum(-2.0 * self._height(level), 0.0)
        p_value = np.asarray(chdtrc(1.0, statistic), dtype=np.float64)
        both = self._settled(low) & self._settled(high)
        tested = self._settled(level)
        at_low, at_high, at_level = (self._starts(distance) for distance in (low, high, level))
        return [
            Known(
                Limits(
                    float(self.value[j] + low[j] * self.spread[j]),
                    float(self.value[j] + high[j] * self.spread[j]),
                    at_low[j],
                    at_high[j],
                    low_stepwise=False,
                    high_stepwise=False,
                )
                if both[j]
                else None,
                (at_low[j], at_high[j]),
                (float(statistic[j]), float(p_value[j])) if tested[j] else None,
                at_level[j],
            )
            for j in range(both.size)
        ]

    def _starts(self, distance: Floats) -> list[Floats | None]:
        """Parameters at a distance along each profile; None where the series is far from them."""
        along = sum(step * distance**power for power, step in enumerate(self.path, 1))
        at = np.asarray(self.theta[:, None] + along, dtype=np.float64)
        near = self._last_share(distance) <= _NEAR
        return [at[:, j] if near[j] else None for j in range(near.size)]

    def _height(self, distance: Floats) -> Floats:
        return _polynomial(self.terms, distance) * distance**2

    def _last_share(self, distance: Floats) -> Floats:
        """The seventh term as a share of the fall."""
        return np.asarray(2.0 * np.abs(self.terms[-1] * distance**5), dtype=np.float64)

    def _settled(self, distance: Floats) -> Bools:
        """Whether the last terms are a small share of the fall."""
        sixth = 2.0 * np.abs(self.terms[-2] * distance**4)
        return np.asarray((sixth <= _LAST_BUT_ONE) & (self._last_share(distance) <= _LAST), dtype=bool)

    def _fallen(self, drop: float, side: float) -> Floats:
        """The distance at which the likelihood has fallen so far, by Newton steps from the parabola's."""
        distance = np.full(self.value.size, side * np.sqrt(2.0 * drop))
        slopes = self.terms * _POWERS[:, None]
        for _ in range(_NEWTON):
            slope = _polynomial(slopes, distance) * distance
            step = (self._height(distance) + drop) / np.where(slope == 0.0, np.nan, slope)
            distance = distance - step
            if not (np.abs(step) > 1e-12).any():
                break
        return np.where(np.sign(distance) == side, distance, np.nan)


def known_by_series(fit: LogisticFit, weights: Floats, confidence: float) -> list[Known]:
    """Limits, and tests against 0, of combinations of parameters as far as a series gives them.

    Parameters
    ----------
    fit : LogisticFit
        By maximum likelihood or FLAC; Firth's likelihood is not one of counts, and has no series here.
    weights : ndarray, shape (n_combinations, n_parameters)
    confidence : float
    """
    found = [NOTHING] * len(weights)
    apart = fit.likelihood.apart
    along = solve(fit.peak.curvature, weights.T) if apart is not None and fit.converged else None
    if apart is None or along is None or not found:
        return found
    spread = np.sqrt(np.einsum("ji,ij->j", weights, along))
    width = min(_AT_ONCE, len(weights))
    products = ManyProducts.of(apart.design, max(1, _ENTRIES // max(width, 1)))
    z = float(np.sqrt(chdtri(1.0, 1.0 - confidence)))
    for start in range(0, len(weights), width):
        chosen = np.arange(start, min(start + width, len(weights)))
        chosen = chosen[spread[chosen] > 0]
        near = chosen[products.within(along[:, chosen], _FURTHEST / z * spread[chosen])]
        if near.size:
            fall = _fall(fit, apart, products, weights[near].T, along[:, near] / spread[near])
            for j, known in zip(near.tolist(), fall.known(confidence), strict=True):
                found[j] = known
    return found


def _fall(
    fit: LogisticFit, apart: BinomialLikelihood, products: ManyProducts, weights: Floats, first: Floats
) -> Fall:
    """The series of some combinations, from their first steps: one standard error along the parabola.

    Along a profile ``theta(t) = theta + d1 t + d2 t^2 + ...`` the score is a multiple of the combination,
    which gives each d from those before it: the information times d_k is minus the rest of that power, less
    what would move the combination. Sums over rows are weighted with derivatives of the fitted rate; those
    that are the information between two paths are read from there, without the rows.
    """
    information = fit.peak.curvature
    spread = np.einsum("ij,ij->j", weights, first)
    derivatives = _derivatives(apart, fit.theta)

    def onward(rest: Floats) -> tuple[Floats, Floats]:
        free = solve(information, products.by_column(rest))
        assert free is not None  # the same matrix gave the first steps
        step = first * (np.einsum("ij,ij->j", weights, free) / spread) - free
        return step, products.by_code(step)

    weighed = [k.astype(_SINGLE) for k in derivatives]
    by_code_1 = products.by_code(first)
    rest_2, fourth = np.zeros_like(by_code_1), np.zeros_like(spread)
    moved: list[list[NDArray[np.float32]]] = []
    for part in products.parts:
        squared = part.moved(by_code_1)
        moved.append([squared.astype(_SINGLE)])
        squared *= squared
        fourth += derivatives[1][part.rows] @ (squared * squared)
        squared *= derivatives[0][part.rows, None]
        rest_2 += part.turned @ squared
    rest_2 *= 0.5
    d2, by_code_2 = onward(rest_2)
    rest_3, single = np.zeros_like(rest_2), by_code_2.astype(_SINGLE)
    for part, steps in zip(products.parts, moved, strict=True):
        w2, w3 = (k[part.rows, None] for k in weighed[:2])
        h1, h2 = steps[0], part.moved(single)
        steps.append(h2)
        bent = (w3 / _SINGLE(6.0)) * h1
        bent *= h1
        bent += w2 * h2
        bent *= h1
        rest_3 += part.turned @ bent
    d3, by_code_3 = onward(rest_3)
    rest_4, single, sums = np.zeros_like(rest_2), by_code_3.astype(_SINGLE), np.zeros((10, first.shape[1]))
    for part, (h1, h2) in zip(products.parts, moved, strict=True):
        w2, w3, w4, w5, w6 = (k[part.rows] for k in weighed)
        h3 = part.moved(single)
        h11, h13, h22 = h1 * h1, h1 * h3, h2 * h2
        h122, h1111 = h1 * h22, h11 * h11
        h5 = h1111 * h1
        bent = (w4[:, None] / _SINGLE(24.0)) * h11
        bent += (w3[:, None] / _SINGLE(2.0)) * h2
        bent *= h11
        bent += w2[:, None] * (h13 + h22 / _SINGLE(2.0))
        rest_4 += part.turned @ bent
        sums[0] += w2 @ h122
        sums[1] += w4 @ h5
        sums[2] += w2 @ (h2 * (h13 + h22 / _SINGLE(3.0)))
        sums[3] += w3 @ (h11 * h22)
        sums[5] += w2 @ (h13 * h3)
        sums[6] += w3 @ (h122 * h2)
        sums[7] += w4 @ (h122 * h11)
        sums[8] += w5 @ (h5 * h2)
        h5 *= h1
        sums[4] += w5 @ h5
        h5 *= h1
        sums[9] += w6 @ h5
    d4, _ = onward(rest_4)
    pairs = ((d2, d2), (d2, d3), (d3, d3), (d2, d4), (d3, d4))
    i22, i23, i33, i24, i34 = (np.einsum("ij,ij->j", x, information @ y) for x, y in pairs)
    terms = [
        np.full(spread.size, -0.5),
        -np.einsum("ij,ij->j", rest_2, by_code_1) / 3.0,
        i22 / 2.0 - fourth / 24.0,
        i23 + sums[0] / 2.0 - sums[1] / 120.0,
        i33 / 2.0 + i24 + sums[2] + sums[3] / 4.0 - sums[4] / 720.0,
        i34 + sums[5] / 2.0 - sums[6] / 6.0 - sums[7] / 12.0 - sums[8] / 120.0 - sums[9] / 5040.0,
    ]
    return Fall(weights.T @ fit.theta, spread, fit.theta, (first, d2, d3, d4), np.array(terms))


def _polynomial(terms: Floats, x: Floats) -> Floats:
    """The sum of terms by power of x, from 0 on."""
    value: Floats = terms[-1]
    for term in terms[-2::-1]:
        value = value * x + term
    return value


def _derivatives(apart: BinomialLikelihood, theta: Floats) -> tuple[Floats, ...]:
    """Trials times the second to sixth derivative of the fitted rate by its log odds, shape (n_rows,)."""
    p = probabilities(apart.design.linear_predictor(theta))
    unit, skew = p.passing * p.failing, p.failing - p.passing
    first = apart.trials * unit
    second = first * skew
    return (
        second,
        first * (1.0 - 6.0 * unit),
        second * (1.0 - 12.0 * unit),
        first * (1.0 - 30.0 * unit + 120.0 * unit**2),
        second * (1.0 - 60.0 * unit + 360.0 * unit**2),
    )
