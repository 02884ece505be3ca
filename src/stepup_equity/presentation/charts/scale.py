"""From numbers to places: a linear or a logarithmic scale over part of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.words.numbers import signed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


_LOWS: Final = (0.5, 0.2)
_HIGHS: Final = (2.0, 5.0)

_APART: Final = 0.12
"""Part of a logarithmic scale that lies between 0, which it cannot hold, and its low end."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where numbers lie between two ends.

    Attributes
    ----------
    low, high : float
        The ends.
    ticks : tuple of float
        Numbers named on the scale.
    words : tuple of str
        How they are written.
    is_ratio : bool
        Whether equal ratios lie equally far apart.
    null : float
        The number that stands for no difference; its tick is the last to give way.
    apart : float
        Part of the way before the low end, at whose start 0 stands; 0 where no number is 0.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    words: tuple[str, ...]
    is_ratio: bool
    null: float = 0.0
    apart: float = 0.0

    def share(self, values: ArrayLike) -> NDArray[np.float64]:
        """Part of the way from the low end to the high one, kept within 0 and 1; NaN stays NaN.

        >>> ratio_scale([0.5, 2.0]).share([1.0]).tolist()
        [0.5]
        >>> ratio_scale([0.0, 2.0]).share([0.0, 0.2, 5.0]).tolist()
        [0.0, 0.12, 1.0]
        """
        array = np.asarray(values, float)
        if self.is_ratio:
            with np.errstate(divide="ignore", invalid="ignore"):
                place = np.log(array / self.low) / math.log(self.high / self.low)
        else:
            place = (array - self.low) / (self.high - self.low)
        within = self.apart + (1 - self.apart) * np.clip(place, 0.0, 1.0)
        placed: NDArray[np.float64] = np.where(self._is_zero(array), 0.0, within)
        return placed

    def beyond(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Whether each number lies outside the ends."""
        array = np.asarray(values, float)
        with np.errstate(invalid="ignore"):
            outside: NDArray[np.bool_] = (array < self.low) | (array > self.high)
        elsewhere: NDArray[np.bool_] = outside & ~self._is_zero(array)
        return elsewhere

    def _is_zero(self, array: NDArray[np.float64]) -> NDArray[np.bool_]:
        zero: NDArray[np.bool_] = (array == 0) & (self.apart > 0)
        return zero

    @property
    def by_weight(self) -> tuple[int, ...]:
        """Places of the ticks, those that matter most first: no difference, the ends, all others."""
        ends = (0, len(self.ticks) - 1)
        order = sorted(
            range(len(self.ticks)), key=lambda tick: (self.ticks[tick] != self.null, tick not in ends, tick)
        )
        return tuple(order)


def ratio_scale(values: Any) -> Scale:
    """A logarithmic scale around 1 that holds these ratios, but goes no further than 0.2 and 5.

    Ratios beyond belong to very few people, and would squeeze all others together. A ratio of 0 has a place
    of its own, before the scale begins.
    """
    array = np.asarray(values, float)
    usable = array[np.isfinite(array) & (array > 0)]
    least, most = (float(usable.min()), float(usable.max())) if len(usable) else (1.0, 1.0)
    zero = bool((array == 0).any())
    low = _LOWS[-1] if zero else next((end for end in _LOWS if end <= least), _LOWS[-1])
    high = next((end for end in _HIGHS if end >= most), _HIGHS[-1])
    ticks = (*((0.0,) if zero else ()), *dict.fromkeys((low, 0.5, 1.0, 2.0, high)))
    words = tuple(f"{tick:g}" for tick in ticks)
    return Scale(low, high, ticks, words, is_ratio=True, null=1.0, apart=_APART if zero else 0.0)


def difference_scale(values: Any) -> Scale:
    """A linear scale, the same distance each way from 0, in percentage points."""
    array = np.asarray(values, float)
    usable = np.abs(array[np.isfinite(array)])
    furthest = float(usable.max()) if len(usable) else 0.1
    high = next((end for end in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if end >= furthest), 1.0)
    ticks = (-high, 0.0, high)
    words = tuple(signed(100 * tick, 0) for tick in ticks)
    return Scale(-high, high, ticks, words, is_ratio=False)


def share_scale(high: float = 1.0) -> Scale:
    """A linear scale from 0% up."""
    end = next((end for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if end >= high), 1.0)
    ticks = (0.0, end / 2, end)
    return Scale(0.0, end, ticks, tuple(f"{100 * tick:g}%" for tick in ticks), is_ratio=False)
