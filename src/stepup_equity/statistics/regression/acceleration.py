"""Iterations to a fixed point, led on by what the steps so far have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats


_MOST: Final = 14
"""Steps that are remembered."""

_LEAST: Final = 1e-12
"""Share of the largest below which what a step adds to those before it is rounding."""


class Anderson:
    """Anderson's acceleration: the weighted mean of the last images whose step would be least.

    A step that shrinks by the same share each time needs hundreds to reach the last digits; from a few of
    them it is told where they lead. The weights add up to 1, so what is linear and holds at every image
    holds here too.

    References
    ----------
    Anderson, D. G. (1965). Iterative procedures for nonlinear integral equations. JACM 12, 547-560.
    Walker, H. F. and Ni, P. (2011). Anderson acceleration for fixed-point iterations. SIAM Journal on
    Numerical Analysis 49, 1715-1735.

    Examples
    --------
    Two steps along a line tell its end:

    >>> memory = Anderson()
    >>> x = np.array([0.0])
    >>> for _ in range(2):
    ...     x = memory.onwards(x, 0.9 * x + 1.0, np.ones(1))
    >>> x.round(6)
    array([10.])
    """

    def __init__(self) -> None:
        self._images: list[Floats] = []
        self._steps: list[Floats] = []

    def forget(self) -> None:
        """Begin anew."""
        self._images.clear()
        self._steps.clear()

    def onwards(self, here: Floats, image: Floats, weights: Floats) -> Floats:
        """Where to go on from, given a point and its image.

        Parameters
        ----------
        here, image : ndarray, shape (n,)
        weights : ndarray, shape (n,)
            What one unit of each number counts.
        """
        if self._images and self._images[-1].size != image.size:
            self.forget()
        self._images.append(image)
        self._steps.append(image - here)
        del self._images[: -_MOST - 1], self._steps[: -_MOST - 1]
        if len(self._steps) == 1:
            return image
        bends = np.diff(np.array(self._steps), axis=0) * weights
        part = np.linalg.lstsq(bends.T, self._steps[-1] * weights, rcond=_LEAST)[0]
        return np.asarray(image - part @ np.diff(np.array(self._images), axis=0), dtype=np.float64)
