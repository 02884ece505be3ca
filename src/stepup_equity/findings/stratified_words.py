"""What is said of a gap with a stratum held equal, beside the same without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.statistics.last_digits import settled
from stepup_equity.words.numbers import ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.words.names import Names


_MOVED: Final = 0.1
"""How far a ratio must move, on the log scale, before the words speak of it: about a tenth."""


def readings(frame: pd.DataFrame, names: Names) -> list[str]:
    """What to say where holding the stratum equal changes the picture; empty where it doesn't.

    A gap that shows only with the stratum held equal is one that was looked for in every row, so it is
    called evident by the adjusted p. Limits alone make none: of a group of which everybody passed they are
    too narrow, and the test says so.
    """
    plain, held = (frame[name].to_numpy(float) for name in ("pooled_estimate", "estimate"))
    alpha = settled(1 - frame["confidence"].to_numpy(float))
    tested = frame["p_value"].to_numpy(float) <= alpha
    apart = _evident(frame, "conf_low", "conf_high") | frame["conf_low"].isna().to_numpy()
    told = (_evident(frame, "pooled_low", "pooled_high"), apart & tested)
    among_all = frame["p_adjusted"].to_numpy(float) <= alpha
    moved = moved_by(frame) > _MOVED
    turned = moved & (np.sign(plain - 1) * np.sign(held - 1) < 0) & (told[0] | told[1])
    differs = frame["homogeneity_p_adjusted"].to_numpy(float)
    tests = frame["homogeneity_method"].tolist()
    sentences = []
    for i, stratum in enumerate(frame["stratum"]):
        parts = []
        now = told[1][i] and (told[0][i] or among_all[i])
        change = _CHANGES[bool(told[0][i]), bool(now)] if moved[i] else ""
        change = "the direction turns round" if turned[i] else change
        if change:
            pair = f"{ratio(plain[i])} together, {ratio(held[i])} with {names.other(str(stratum))} held equal"
            parts.append(f"{change}: ratio {pair}")
        if differs[i] <= alpha[i]:
            parts.append(
                f"the gap differs between strata ({tests[i]}, adjusted p {differs[i]:.2g}), "
                "so no one figure holds for all"
            )
        sentences.append("; ".join(parts))
    return sentences


def _evident(frame: pd.DataFrame, low: str, high: str) -> NDArray[np.bool_]:
    return (frame[low].to_numpy(float) > 1) | (frame[high].to_numpy(float) < 1)


def moved_by(frame: pd.DataFrame) -> NDArray[np.float64]:
    """How far each ratio moves on the log scale, without end to or from 0; 0 where one is unknown."""
    held, plain = frame["estimate"].to_numpy(float), frame["pooled_estimate"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        move = np.abs(np.log(held) - np.log(plain))
    return np.where(np.isnan(move), 0.0, move)


_CHANGES: Final = {
    (True, False): "the gap is not evident with the stratum held equal",
    (False, True): "the gap is evident only with the stratum held equal",
    (True, True): "the size of the gap changes",
    (False, False): "",
}
"""In words, by whether the plain ratio and the one held equal leave out 1."""
