"""Whether a cliff edge remains when everything else in a fitted model is held equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.cliff_rule import verdicts_of_ratio
from stepup_equity.findings.models.change_words import change_sentence
from stepup_equity.findings.models.crude_beside_adjusted import readings
from stepup_equity.statistics import adjust

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.models.progression_model import ProgressionModel


_TAKEN = (
    "adjusted_ratio",
    "adjusted_low",
    "adjusted_high",
    "adjusted_p_value",
    "crude_ratio_used",
    "crude_low_used",
    "crude_high_used",
    "change",
    "change_low",
    "change_high",
    "change_p_value",
    "explained",
    "e_value",
    "e_value_limit",
)

_PEOPLE = (
    "entered",
    "passed",
    "entered_everyone",
    "reference_entered",
    "reference_passed",
    "reference_entered_everyone",
)


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
        ``used_entered, used_passed, crude_ratio_used``: the people the model could use, as counted;
        ``adjusted_estimate, adjusted_low, adjusted_high, adjusted_p_value, adjusted_p_adjusted,
        adjusted_verdict, adjusted_flagged, e_value, e_value_limit``: the same people, the rest held equal;
        ``change, change_low, change_high, change_p_value``: the second ratio over the first. ``edge`` says
        what becomes of each flagged row, judged from the first to the second alone, by Holm over the flagged
        rows; ``adjusted_sentence`` says it in words, ``adjusted_status`` why something is missing.

    Raises
    ------
    ArgumentError
        Where the model holds none of the characteristics.
    """
    fitted = model.crude_beside_adjusted().frame
    here = set(columns["characteristic"].tolist())
    if not here & set(fitted["characteristic"]):
        raise ArgumentError(
            f"model= is of {model.formula!r}, which holds none of {listed(sorted(here))}. "
            "Fit a model that holds a characteristic of this call."
        )
    found = _matched(columns, fitted)
    ratio, p_value = found["adjusted_ratio"].to_numpy(), found["adjusted_p_value"].to_numpy()
    p_adjusted = adjust(p_value, rule.adjust)
    verdict = verdicts_of_ratio(ratio, p_adjusted, columns["power"], rule)
    flagged = np.asarray(columns["flagged"], dtype=bool)
    edge = _edge(found, flagged, np.asarray(verdict == "cliff edge", dtype=bool), rule)
    return {
        "used_entered": found["entered"].to_numpy(),
        "used_passed": found["passed"].to_numpy(),
        "crude_ratio_used": found["crude_ratio_used"].to_numpy(),
        "adjusted_estimate": ratio,
        "adjusted_low": found["adjusted_low"].to_numpy(),
        "adjusted_high": found["adjusted_high"].to_numpy(),
        "adjusted_p_value": p_value,
        "adjusted_p_adjusted": p_adjusted,
        "adjusted_flagged": np.asarray(verdict == "cliff edge", dtype=bool),
        "adjusted_verdict": verdict,
        **{
            name: found[name].to_numpy() for name in ("change", "change_low", "change_high", "change_p_value")
        },
        "e_value": found["e_value"].to_numpy(),
        "e_value_limit": found["e_value_limit"].to_numpy(),
        "edge": edge,
        "adjusted_sentence": _sentences(columns, found, flagged, edge),
        "adjusted_status": found["status"].to_numpy(object),
    }


def _matched(columns: Mapping[str, NDArray[Any]], fitted: pd.DataFrame) -> pd.DataFrame:
    """The model's row of each comparison; NaN and the reason where it has none."""
    keys = zip(fitted["characteristic"], fitted["group"], fitted["gate"], strict=True)
    place = {key: i for i, key in enumerate(keys)}
    asked = zip(columns["characteristic"], columns["group"], columns["gate"], strict=True)
    at = np.array([place.get(key, -1) for key in asked])
    found = fitted.iloc[at].reset_index(drop=True)
    there = at >= 0
    other = there & (found["reference"].to_numpy(object) != columns["reference"])
    status = np.where(there, found["status"].to_numpy(object), "not in the model")
    status = np.where(other, "the model compares with another reference", status)
    unusable = ~there | other
    found.loc[unusable, list(_TAKEN)] = np.nan
    found.loc[unusable, list(_PEOPLE)] = 0
    found["status"] = status
    found["usable"] = ~unusable
    return found


def _edge(
    found: pd.DataFrame, flagged: NDArray[np.bool_], adjusted: NDArray[np.bool_], rule: CliffRule
) -> NDArray[np.object_]:
    """What becomes of a flagged row; Holm over these, and empty where there was none."""
    p_value = np.full(flagged.size, np.nan)
    p_value[flagged] = adjust(found["adjusted_p_value"].to_numpy()[flagged], "holm")
    family = found.copy()
    family.loc[flagged, "change_p_value"] = adjust(found["change_p_value"].to_numpy()[flagged], "holm")
    reading = readings(family, rule.alpha, p_value)
    known = np.isin(reading, ["remains", "goes with other characteristics", "turns round"])
    edge = np.where(flagged, np.where(known, reading, "cannot be told"), "")
    edge = np.where(flagged & ~found["usable"].to_numpy(), "not in the model", edge)
    return np.where(~flagged & adjusted, "only when adjusted", edge).astype(object)


def _sentences(
    columns: Mapping[str, NDArray[Any]],
    found: pd.DataFrame,
    flagged: NDArray[np.bool_],
    edge: NDArray[np.object_],
) -> NDArray[np.object_]:
    """The three ratios of each flagged row, from the side of the group that is behind."""
    behind = columns.get("behind")
    own = columns["estimate"] < 1 if behind is None else behind != columns["reference"]
    words = np.full(flagged.size, "", object)
    rows = list(found.itertuples(index=False))
    for i in np.flatnonzero(flagged & (edge != "not in the model")):
        words[i] = change_sentence(rows[i], str(edge[i]), behind=bool(own[i]))
    return words
