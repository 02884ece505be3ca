"""Cliff edges once more with each person counted once, where rows are applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.words.names import Names


_KEYS = ["characteristic", "group", "gate"]


def each_person_note(found: pd.DataFrame, again: pd.DataFrame, names: Names) -> str:
    """What becomes of the cliff edges when each person counts once, by the application that got furthest.

    Parameters
    ----------
    found, again : DataFrame
        Frames of `cliff_edges`: of applications, and of each person once.
    names : Names
    """
    mine, theirs = (
        {tuple(row) for row in frame.loc[frame["flagged"], _KEYS].itertuples(index=False)}
        for frame in (found, again)
    )
    order = [tuple(row) for row in found[_KEYS].itertuples(index=False)]
    begin = "With each person counted once, by the application that got furthest,"
    if not mine and not theirs:
        return f"{begin} no comparison is a cliff edge either."
    parts = [f"{len(mine & theirs)} of the {len(mine)} cliff edges remain" if mine else "no edge was there"]
    for which, words in ((mine - theirs, "not flagged then"), (theirs - mine, "flagged then alone")):
        told = [f"{group} {names.at(gate)}" for name, group, gate in order if (name, group, gate) in which]
        if told:
            parts.append(f"{words}: {', '.join(told)}")
    return f"{begin} {'; '.join(parts)}."
