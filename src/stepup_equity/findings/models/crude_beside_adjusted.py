"""Does the edge remain? Impact ratios as counted beside the same with everything else held equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.result import Result
from stepup_equity.statistics import score_ratio_interval

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CrudeBesideAdjusted", "crude_and_adjusted"]


@dataclass(frozen=True, eq=False, repr=False)
class CrudeBesideAdjusted(Result):
    """Each group's impact ratio as counted, and with the other characteristics held equal.

    Both are of the same people, those with everything in the model stated. ``reading`` compares the
    intervals: ``remains`` (both on the same side of 1), ``no longer clear``, ``only when adjusted``,
    ``turns round``, or ``not clear`` (both hold 1).

    Attributes
    ----------
    confidence : float
    """

    confidence: float

    @property
    def headline(self) -> str:
        """How many differences at single gates remain once adjusted."""
        rows = self._frame[self._frame["gate"] != OVERALL]
        crude = rows["reading"].isin(["remains", "no longer clear", "turns round"])
        remaining = int((rows["reading"] == "remains").sum())
        return f"{remaining} of {int(crude.sum())} differences clear as counted remain clear when adjusted"


def crude_and_adjusted(
    adjusted: pd.DataFrame, formula: str, confidence: float, notes: tuple[str, ...]
) -> CrudeBesideAdjusted:
    """Put the crude impact ratio of the same people beside every adjusted one.

    Parameters
    ----------
    adjusted : DataFrame
        Adjusted rates of a model, gate by gate, each characteristic's reference first.
    formula, confidence, notes
        Of the model.
    """
    import pandas as pd

    rows = adjusted[adjusted["reference"] != ""].reset_index(drop=True)
    own = (rows["group"] == rows["reference"]).to_numpy()
    first = np.maximum.accumulate(np.where(own, np.arange(len(rows)), 0))
    entered, passed = rows["entered"].to_numpy(), rows["passed"].to_numpy()
    crude = score_ratio_interval(passed, entered, passed[first], entered[first], confidence=confidence)
    crude_low, crude_high = np.where(own, np.nan, crude.low), np.where(own, np.nan, crude.high)
    low, high = rows["ratio_low"].to_numpy(), rows["ratio_high"].to_numpy()
    carried = ["gate", "characteristic", "group", "reference", "entered", "passed", "rate", "adjusted_rate"]
    frame = pd.DataFrame(
        {
            **{name: rows[name] for name in carried},
            "crude_ratio": crude.estimate,
            "crude_low": crude_low,
            "crude_high": crude_high,
            "adjusted_ratio": rows["adjusted_ratio"],
            "adjusted_low": low,
            "adjusted_high": high,
            "e_value": rows["e_value"],
            "e_value_limit": rows["e_value_limit"],
            "confidence": confidence,
            "reading": _readings(_side(crude_low, crude_high), _side(low, high)),
            "status": rows["status"],
        }
    )
    return CrudeBesideAdjusted(
        frame,
        "Crude: impact ratio with score interval (Miettinen and Nurminen 1985). Adjusted: ratio of "
        f"standardised rates with delta-method interval, model {formula}; both at {confidence:.0%} and of "
        "the same people. An E-value is the strength a hidden factor would need to explain a ratio away "
        "(VanderWeele and Ding 2017).",
        notes,
        confidence,
    )


def _side(low: Floats, high: Floats) -> Floats:
    """-1 where an interval lies below 1, 1 where above, 0 where it holds 1, NaN where there is none."""
    with np.errstate(invalid="ignore"):
        side = np.where(high < 1, -1.0, np.where(low > 1, 1.0, 0.0))
    return np.where(np.isnan(low) | np.isnan(high), np.nan, side)


def _readings(crude: Floats, adjusted: Floats) -> NDArray[np.object_]:
    unknown = np.isnan(crude) | np.isnan(adjusted)
    cases = [
        (unknown, ""),
        ((crude != 0) & (adjusted == crude), "remains"),
        ((crude != 0) & (adjusted == 0), "no longer clear"),
        ((crude != 0) & (adjusted == -crude), "turns round"),
        ((crude == 0) & (adjusted != 0), "only when adjusted"),
    ]
    return np.select([where for where, _ in cases], [words for _, words in cases], "not clear").astype(object)
