"""From numbers to places: a linear or a logarithmic scale over part of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Scale", "difference_scale", "ratio_scale", "share_scale"]

_LOWS: Final = (0.5, 0.2)
_HIGHS: Final = (2.0, 5.0)


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
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    words: tuple[str, ...]
    is_ratio: bool

    def share(self, values: ArrayLike) -> NDArray[np.float64]:
        """Part of the way from the low end to the high one, kept within 0 and 1; NaN stays NaN.

        >>> ratio_scale([0.5, 2.0]).share([1.0]).tolist()
        [0.5]
        """
        array = np.asarray(values, float)
        if self.is_ratio:
            with np.errstate(divide="ignore", invalid="ignore"):
                place = np.log(array / self.low) / math.log(self.high / self.low)
        else:
            place = (array - self.low) / (self.high - self.low)
        clipped: NDArray[np.float64] = np.clip(place, 0.0, 1.0)
        return clipped

    def beyond(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Whether each number lies outside the ends."""
        array = np.asarray(values, float)
        with np.errstate(invalid="ignore"):
            outside: NDArray[np.bool_] = (array < self.low) | (array > self.high)
        return outside


def ratio_scale(values: Any) -> Scale:
    """A logarithmic scale around 1 that holds these ratios, but goes no further than 0.2 and 5.

    Ratios beyond belong to very few people, and would squeeze all others together.
    """
    array = np.asarray(values, float)
    usable = array[np.isfinite(array) & (array > 0)]
    least, most = (float(usable.min()), float(usable.max())) if len(usable) else (1.0, 1.0)
    low = next((end for end in _LOWS if end <= least), _LOWS[-1])
    high = next((end for end in _HIGHS if end >= most), _HIGHS[-1])
    ticks = tuple(dict.fromkeys((low, 0.5, 1.0, 2.0, high)))
    return Scale(low, high, ticks, tuple(f"{tick:g}" for tick in ticks), is_ratio=True)


def difference_scale(values: Any) -> Scale:
    """A linear scale, the same distance each way from 0, in percentage points."""
    array = np.asarray(values, float)
    usable = np.abs(array[np.isfinite(array)])
    furthest = float(usable.max()) if len(usable) else 0.1
    high = next((end for end in (0.1, 0.2, 0.5, 1.0) if end >= furthest), 1.0)
    ticks = (-high, 0.0, high)
    return Scale(
        -high, high, ticks, tuple(f"{100 * tick:+.0f}".replace("-", "−") for tick in ticks), is_ratio=False
    )


def share_scale(high: float = 1.0) -> Scale:
    """A linear scale from 0% up."""
    end = next((end for end in (0.05, 0.1, 0.2, 0.5, 1.0) if end >= high), 1.0)
    ticks = (0.0, end / 2, end)
    return Scale(0.0, end, ticks, tuple(f"{100 * tick:g}%" for tick in ticks), is_ratio=False)
