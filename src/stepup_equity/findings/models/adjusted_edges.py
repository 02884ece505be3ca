"""Whether a cliff edge remains when everything else in a fitted model is held equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import erfc

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.cliff_rule import verdicts_of_ratio
from stepup_equity.statistics import adjust
from stepup_equity.statistics.inputs import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.statistics.inputs import Floats

__all__ = ["adjusted_edges"]

_TAKEN = ("adjusted_ratio", "ratio_low", "ratio_high", "p_value", "e_value", "e_value_limit")


def adjusted_edges(
    columns: Mapping[str, NDArray[Any]], model: ProgressionModel, rule: CliffRule
) -> dict[str, NDArray[Any]]:
    """Adjusted impact ratios and verdicts beside the crude ones.

    Parameters
    ----------
    columns : mapping of str to ndarray, shape (n_rows,)
        The crude comparisons, as in the frame of `cliff_edges`.
    model : ProgressionModel
        Its rates are standardised to everybody who entered the gate.
    rule : CliffRule
        The same thresholds; the p-values of the model are a family of their own.

    Returns
    -------
    dict of str to ndarray, shape (n_rows,)
        ``adjusted_estimate, adjusted_low, adjusted_high, adjusted_p_value, adjusted_p_adjusted,
        adjusted_verdict, adjusted_flagged, e_value, e_value_limit, edge, adjusted_status``. The p-value is
        that of the group's coefficient, or of the ratio where an interaction makes the coefficient
        something else.

    Raises
    ------
    ArgumentError
        Where the model holds none of the characteristics.
    """
    fitted = model.frame
    held = fitted[fitted["reference"] != ""]
    here = set(columns["characteristic"].tolist())
    common = here & set(held["characteristic"])
    if not common:
        raise ArgumentError(
            f"model= is of {model.formula!r}, which holds none of {listed(sorted(here))}. "
            "Fit a model that holds a characteristic of this call."
        )
    found = _matched(columns, held)
    crossed = _crossed(held, common)
    interaction = np.array([name in crossed for name in columns["characteristic"]])
    ratio = found["adjusted_ratio"]
    p_value = np.where(
        interaction,
        _p_of_ratio(ratio, found["ratio_low"], found["ratio_high"], model.confidence),
        found["p_value"],
    )
    p_value = np.where(np.isnan(ratio), np.nan, p_value)
    p_adjusted = adjust(p_value, rule.adjust)
    verdict = verdicts_of_ratio(ratio, p_adjusted, columns["power"], rule)
    flagged = np.asarray(verdict == "cliff edge", dtype=bool)
    return {
        "adjusted_estimate": ratio,
        "adjusted_low": found["ratio_low"],
        "adjusted_high": found["ratio_high"],
        "adjusted_p_value": p_value,
        "adjusted_p_adjusted": p_adjusted,
        "adjusted_flagged": flagged,
        "adjusted_verdict": verdict,
        "e_value": found["e_value"],
        "e_value_limit": found["e_value_limit"],
        "edge": _edge(columns["flagged"], flagged, ratio, p_adjusted, rule),
        "adjusted_status": found["status"],
    }


def _matched(columns: Mapping[str, NDArray[Any]], held: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """The model's row of each comparison; NaN and the reason where it has none."""
    keys = zip(held["characteristic"], held["group"], held["gate"], strict=True)
    place = {key: i for i, key in enumerate(keys)}
    at = np.array(
        [
            place.get(key, -1)
            for key in zip(columns["characteristic"], columns["group"], columns["gate"], strict=True)
        ]
    )
    there = at >= 0
    reference = np.where(there, held["reference"].to_numpy(object)[at], "")
    status = np.where(there, held["status"].to_numpy(object)[at], "not in the model")
    other = there & (reference != columns["reference"])
    status = np.where(other, "the model compares with another reference", status)
    usable = there & ~other
    found = {name: np.where(usable, held[name].to_numpy(float)[at], np.nan) for name in _TAKEN}
    return {**found, "status": status.astype(object)}


def _crossed(held: pd.DataFrame, names: set[str]) -> set[str]:
    """Characteristics that occur in an interaction."""
    terms = [str(term).split(" × ") for term in set(held["characteristic"])]
    return {name for term in terms if len(term) > 1 for name in term} & names


def _p_of_ratio(ratio: Floats, low: Floats, high: Floats, confidence: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        std_error = (np.log(high) - np.log(low)) / (2 * normal_quantile(confidence))
        return np.asarray(erfc(np.abs(np.log(ratio)) / std_error / np.sqrt(2)))


def _edge(
    crude: NDArray[np.bool_], adjusted: NDArray[np.bool_], ratio: Floats, p_adjusted: Floats, rule: CliffRule
) -> NDArray[np.object_]:
    """What becomes of a crude edge; empty where there was none."""
    with np.errstate(invalid="ignore"):
        cases = [
            (crude & np.isnan(ratio), "not in the model"),
            (crude & adjusted, "remains"),
            (crude & (ratio >= rule.material), "no longer material"),
            (crude & (p_adjusted > rule.alpha), "no longer evident"),
            (~crude & adjusted, "only when adjusted"),
        ]
    return np.select(
        [where for where, _ in cases], [np.array(words, object) for _, words in cases], ""
    ).astype(object)
