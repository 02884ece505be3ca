"""Complete cases beside everybody: what a blank box costs a model, and what no model can know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.models.progression_model import ProgressionModel


_KEY = ["gate", "characteristic", "group", "reference"]
_TAKEN = {
    "entered": "entered",
    "adjusted_ratio": "ratio",
    "ratio_low": "low",
    "ratio_high": "high",
    "ratio_p_value": "p_value",
    "status": "status",
}


@dataclass(frozen=True, eq=False, repr=False)
class CompleteBesideEm(Result):
    """Adjusted ratios of complete cases beside those of everybody, blanks shared out (EM).

    ``complete_ratio`` comes from the people who stated everything in the model (``complete_entered``),
    ``em_ratio`` from everybody, of whom ``em_entered`` stated the group. ``agreement`` is ``alike`` where
    both find a gap on the same side or both none, ``differ`` where one finds a gap and the other none or the
    opposite, and empty where one of them has no ratio. ``worst`` and ``best``, in rows of the whole way, are
    as far as the ratio as counted could lie whatever those who did not state the group had said: the first
    two take for granted that blanks depend on what is known, these take nothing for granted.

    Attributes
    ----------
    people : int
        Everybody at the first gate.
    complete : int
        Those of them who stated everything.
    """

    people: int
    complete: int

    @property
    def headline(self) -> str:
        """How many each could use, and how often they differ."""
        told = self._frame[(self._frame["gate"] != OVERALL) & (self._frame["agreement"] != "")]
        differ = int((told["agreement"] == "differ").sum())
        return (
            f"complete cases can use {self.complete:,} of {self.people:,} people, sharing out blanks "
            f"everybody; the two differ in {differ:,} of {len(told):,} ratios at single gates"
        )


def complete_beside_em(
    complete: ProgressionModel, everybody: ProgressionModel, bounds: pd.DataFrame
) -> CompleteBesideEm:
    """Set two fits of one formula beside each other, with the bounds of the whole way.

    Parameters
    ----------
    complete, everybody : ProgressionModel
        With ``missing="complete"`` and ``missing="em"``.
    bounds : DataFrame
        Of `missingness`.
    """
    frame = _ratios(complete, "complete").merge(_ratios(everybody, "em"), how="left", on=_KEY, validate="1:1")
    frame["em_entered"] = frame["em_entered"].fillna(0).astype(np.int64)
    frame["confidence"] = complete.confidence
    ends = bounds[["characteristic", "group", "reference", "worst", "best"]].assign(gate=OVERALL)
    frame = frame.merge(ends, how="left", on=_KEY, validate="1:1")
    one, other = (_side(frame, name, 1.0 - complete.confidence) for name in ("complete", "em"))
    known = np.isfinite(one) & np.isfinite(other)
    frame["agreement"] = np.select([~known, one == other], ["", "alike"], "differ").astype(object)
    said = zip(frame.pop("complete_status"), frame.pop("em_status").fillna(""), strict=True)
    frame["status"] = [
        "; ".join(f"{who}: {why}" for who, why in (("complete cases", a), ("everybody", b)) if why)
        for a, b in said
    ]
    left = complete.left_out
    first = left[(left["not_stated"] == "any") & (left["gate"] == left["gate"].iloc[0])]
    used = int(complete.gates[0].at_risk.sum())
    limits = " or ".join(
        dict.fromkeys(w for gate in everybody.gates if (w := gate.interval_words(everybody.interval)))
    )
    return CompleteBesideEm(
        frame,
        f"Adjusted impact ratios of the model {complete.formula}, {complete.confidence:.0%}: of people who "
        f"stated everything, and of everybody with blanks shared out (EM; Ibrahim 1990; {limits}). "
        "Bounds of the whole way without assumptions (Manski 1990).",
        everybody.notes,
        names=complete.names,
        people=used + int(first["left_out"].sum()),
        complete=used,
    )


def _ratios(model: ProgressionModel, prefix: str) -> pd.DataFrame:
    """The ratios of a model's groups, named by where they come from; references left out."""
    frame = model.adjusted_ratios
    rows = frame[(frame["reference"] != "") & (frame["group"] != frame["reference"])]
    renamed = {old: f"{prefix}_{new}" for old, new in _TAKEN.items()}
    return rows[[*_KEY, *_TAKEN]].rename(columns=renamed).reset_index(drop=True)


def _side(frame: pd.DataFrame, name: str, alpha: float) -> Floats:
    """-1 and 1 where a ratio is evidently below or above 1, 0 where it is not, NaN without a test."""
    p = frame[f"{name}_p_value"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        side = np.where(p <= alpha, np.sign(np.log(frame[f"{name}_ratio"].to_numpy(float))), 0.0)
    return np.where(np.isfinite(p), side, np.nan)
