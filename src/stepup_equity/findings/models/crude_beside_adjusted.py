"""Does the edge remain? Ratios of everyone, of those a model can use, and of these, the rest held equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.models.change_of_ratios import Change, change_of_ratios
from stepup_equity.findings.models.change_words import change_sentence
from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.findings.result import Result
from stepup_equity.statistics import score_ratio_interval
from stepup_equity.statistics.regression.fits import quantile, wald_p
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.models.gate_fits import GateFit

    Words = NDArray[np.object_]


_OF_GAP = ("remains", "goes with other characteristics", "cannot be told", "turns round")
"""What may become of a gap that is clear as counted."""


@dataclass(frozen=True, eq=False, repr=False)
class CrudeBesideAdjusted(Result):
    """Each group's impact ratio three times, and what adjusting does to it.

    ``crude_ratio`` is as counted, of everyone who stated the characteristic; ``crude_ratio_used`` as
    counted, of the people the model could use (``entered``, ``passed``); ``adjusted_ratio`` of the same
    people with the other characteristics held equal. Adjusting is judged by the second and third alone:
    ``change`` is the third over the second with its limits and p-value; between the first and the second lies
    who could not be used. ``reading`` is ``remains``, ``goes with other characteristics``,
    ``cannot be told``, ``only when adjusted``, ``turns round`` or ``not clear``; ``sentence`` says it with
    the numbers, from the side of the group that is behind.

    Attributes
    ----------
    confidence : float
    """

    confidence: float

    @property
    def headline(self) -> str:
        """How many differences at single gates remain once adjusted."""
        rows = self._frame[self._frame["gate"] != OVERALL]
        crude = rows["reading"].isin(_OF_GAP)
        remaining = int((rows["reading"] == "remains").sum())
        return (
            f"{remaining} of {int(crude.sum())} differences clear as counted, among the people the model "
            "could use, remain clear when adjusted"
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each difference at a single gate that is clear as counted, with who it is about."""
        rows = self._frame[(self._frame["gate"] != OVERALL) & self._frame["reading"].isin(_OF_GAP)]
        return tuple(f"{row.group}, {row.gate}: {row.sentence}" for row in records(rows))


def crude_and_adjusted(
    gates: Sequence[GateFit],
    adjusted: pd.DataFrame,
    formula: str,
    confidence: float,
    notes: tuple[str, ...],
) -> CrudeBesideAdjusted:
    """Put the crude impact ratios of everyone and of the same people beside every adjusted one.

    Parameters
    ----------
    gates : sequence of GateFit
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
    all_entered, all_passed = _everyone(gates)
    counted = {
        "": score_ratio_interval(
            all_passed, all_entered, all_passed[first], all_entered[first], confidence=confidence
        ),
        "_used": score_ratio_interval(passed, entered, passed[first], entered[first], confidence=confidence),
    }
    change = _changes(gates)
    z = quantile(confidence)
    low, high = rows["ratio_low"].to_numpy(), rows["ratio_high"].to_numpy()
    columns = {
        **{
            name: rows[name] for name in ("gate", "characteristic", "group", "reference", "entered", "passed")
        },
        "entered_everyone": all_entered,
        "passed_everyone": all_passed,
        "reference_entered": entered[first],
        "reference_passed": passed[first],
        "reference_entered_everyone": all_entered[first],
        **{name: rows[name] for name in ("rate", "adjusted_rate")},
    }
    for suffix, ratio in counted.items():
        columns |= {
            f"crude_ratio{suffix}": ratio.estimate,
            f"crude_low{suffix}": np.where(own, np.nan, ratio.low),
            f"crude_high{suffix}": np.where(own, np.nan, ratio.high),
        }
    columns |= {
        "adjusted_ratio": rows["adjusted_ratio"],
        "adjusted_low": low,
        "adjusted_high": high,
        "adjusted_p_value": rows["ratio_p_value"],
        "change": np.exp(change.estimate),
        "change_low": np.exp(change.estimate - z * change.std_error),
        "change_high": np.exp(change.estimate + z * change.std_error),
        "change_p_value": wald_p(change.estimate, change.std_error),
        "explained": change.explained,
        "e_value": rows["e_value"],
        "e_value_limit": rows["e_value_limit"],
        "confidence": confidence,
    }
    frame = pd.DataFrame(columns)
    frame["reading"] = readings(frame, 1.0 - confidence)
    frame["status"] = rows["status"]
    told: list[Any] = list(frame.itertuples(index=False))
    frame["sentence"] = [
        "" if is_own else change_sentence(row, row.reading, behind=_behind(row))
        for row, is_own in zip(told, own.tolist(), strict=True)
    ]
    return CrudeBesideAdjusted(
        frame,
        "Crude: impact ratio with score interval (Miettinen and Nurminen 1985), of everyone and of the "
        "people the model could use. Adjusted: ratio of standardised rates of the latter, model "
        f"{formula}; all at {confidence:.0%}. The change from crude to adjusted has an interval of its own "
        "(delta method, given who the people are). An E-value is the strength a hidden factor would need to "
        "explain a ratio away (VanderWeele and Ding 2017).",
        notes,
        confidence,
    )


def _everyone(gates: Sequence[GateFit]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People at risk and passed in the order of the rows: gate, variable, group."""
    data = gates[0].whole.data
    held = [data.everyone[v.name] for v in data.variables if isinstance(v, GroupVariable)]
    return tuple(  # type: ignore[return-value]
        np.concatenate([people[which][:, gate.position] for gate in gates for people in held])
        for which in (0, 1)
    )


def _changes(gates: Sequence[GateFit]) -> Change:
    whole = gates[0].whole
    by_variable = []
    for variable in whole.data.variables:
        if isinstance(variable, GroupVariable):
            everyone = whole.with_everyone_in_each(variable)
            by_variable.append([change_of_ratios(gate, variable, everyone) for gate in gates])
    parts = [part for of_gate in zip(*by_variable, strict=True) for part in of_gate]
    return Change(*(np.concatenate([getattr(part, name) for part in parts]) for name in Change.__slots__))


def _behind(row: Any) -> bool:
    """Whether the group itself, and not its reference, has the lower rate."""
    return not (row.crude_ratio_used if np.isfinite(row.crude_ratio_used) else row.crude_ratio) > 1


def readings(frame: pd.DataFrame, alpha: float, p_value: Floats | None = None) -> Words:
    """What adjusting does to a gap that the people used show as counted.

    Parameters
    ----------
    frame : DataFrame
        With the columns of `CrudeBesideAdjusted`.
    alpha : float
    p_value : ndarray, optional
        Of the adjusted ratios, adjusted for a family; their own by default.
    """
    own = frame["adjusted_p_value"].to_numpy(float)
    p = own if p_value is None else p_value
    crude = _side(frame["crude_low_used"].to_numpy(float), frame["crude_high_used"].to_numpy(float))
    with np.errstate(divide="ignore", invalid="ignore"):
        side = np.where(p <= alpha, np.sign(np.log(frame["adjusted_ratio"].to_numpy(float))), 0.0)
        explained = (frame["change_p_value"].to_numpy(float) <= alpha) & (frame["explained"].to_numpy() > 0)
    side = np.where(np.isnan(p), np.nan, side)
    reference = (frame["group"] == frame["reference"]).to_numpy()
    cases = [
        (reference, ""),
        (np.isnan(side) & (np.nan_to_num(crude) != 0), "cannot be told"),
        (np.isnan(side) | np.isnan(crude), ""),
        ((crude != 0) & (side == crude), "remains"),
        ((crude != 0) & (side == -crude), "turns round"),
        ((crude != 0) & explained, "goes with other characteristics"),
        (crude != 0, "cannot be told"),
        (side != 0, "only when adjusted"),
    ]
    return np.select([where for where, _ in cases], [words for _, words in cases], "not clear").astype(object)


def _side(low: Floats, high: Floats) -> Floats:
    """-1 where an interval lies below 1, 1 where above, 0 where it holds 1, NaN where there is none."""
    with np.errstate(invalid="ignore"):
        side = np.where(high < 1, -1.0, np.where(low > 1, 1.0, 0.0))
    return np.where(np.isnan(low) | np.isnan(high), np.nan, side)
