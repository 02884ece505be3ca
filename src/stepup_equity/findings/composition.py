"""Who is left at each stage: each group's share of the pool, from application to the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.counts import one_cohort
from stepup_equity.counts.funnel import known
from stepup_equity.findings.cliff_edges import cliff_edges
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import Question, remembered, with_question
from stepup_equity.findings.result import Result
from stepup_equity.statistics import wilson_interval
from stepup_equity.words.numbers import percent
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.arrays import Bools, Ints
    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.findings.cliff_edges import CliffEdges


_HIDDEN: Final = "a number is hidden in the published table"


@dataclass(frozen=True, eq=False, repr=False)
class Composition(Result):
    """Share of each group among those who reached each stage.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about.
    """

    by: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The share that shrank most from the first stage to the last."""
        stated = self._frame[self._frame["stated"]]
        if stated.empty:
            return f"{self.names.asked(self.by)}; nobody stated a group"
        last = stated[stated["stage"] == stated["stage"].iloc[-1]].dropna(subset=["change"])
        if last.empty:
            hidden = (stated["status"] == _HIDDEN).any()
            why = "the last numbers are hidden in the published table" if hidden else "nobody got there"
            return f"{self.names.asked(self.by)}; {why}"
        row = last.iloc[lowest_at(last["change"])]
        if row["change"] >= 0:
            return f"{self.names.asked(self.by)}; no share is lower at “{self.names.stage(row['stage'])}”"
        return (
            f"{self.names.asked(self.by)}; {row['group']} {percent(row['estimate'] - row['change'])} of "
            f"those who applied, {percent(row['estimate'])} at “{self.names.stage(row['stage'])}”"
        )


@remembered
def composition(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
) -> Composition:
    """Each group's share of the pool, stage by stage, with the cliff edge that lies before it.

    The table that appointing bodies and universities publish. A share says who is in the room, not who was
    turned away: a large group's share hides its own losses, and one group's gain is another's loss. So each
    row carries the verdict of `cliff_edges` on the gate that leads to its stage.

    Parameters
    ----------
    counts : StageCounts
    by, level, groups, where, denominator
        As in `cliff_edges`, which gives the verdicts.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Composition
        A row for each group and stage. ``estimate`` is the share of those who stated a group, with Wilson
        interval; ``change`` the difference from the share at the first stage; ``representation`` the share
        over the share at the first stage; ``verdict`` that of the gate before (empty at the first stage and
        for the reference). *Not stated* is shown as a share of everyone. NaN where nobody reached the stage.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> composition(counts, by="ethnicity")
    <Composition: ethnicity; BME 4.5% of those who applied, 1.7% at “Appointed”>
    """
    counts = one_cohort(counts, cohort, where=where, beside=by)
    names = chosen_characteristics(counts, by)
    edges = cliff_edges(
        counts, by=list(names), level=level, groups=groups, where=where, denominator=denominator
    )
    return _composed(counts, names, edges, level, groups, where, confidence)


def composition_beside(
    edges: CliffEdges,
    counts: StageCounts,
    *,
    by: list[str],
    denominator: Denominator,
    level: str | None = None,
) -> Composition:
    """`composition` of one cohort, with cliff edges that were asked for before, of the same choices."""
    choices: dict[str, Any] = {"by": by, "denominator": denominator} | (
        {} if level is None else {"level": level}
    )
    found = _composed(counts, tuple(by), edges, level, None, None, 0.95)
    return with_question(found, Question(composition, counts, (), choices))


def _composed(
    counts: StageCounts,
    names: Sequence[str | tuple[str, ...]],
    edges: CliffEdges,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    confidence: float,
) -> Composition:
    import pandas as pd

    funnels = [counts.funnel(name, level=level, not_stated=True, where=where) for name in names]
    verdicts = edges.frame.set_index(["characteristic", "group", "gate"])["verdict"]
    everybody = counts.overall(where=where)
    frame = pd.concat(
        [_shares(funnel, everybody, groups, confidence) for funnel in funnels], ignore_index=True
    )
    keys = pd.MultiIndex.from_frame(frame[["characteristic", "group", "stage"]])
    found = verdicts.reindex(keys).to_numpy(object)
    frame.insert(len(frame.columns) - 2, "verdict", np.where(pd.isna(found), "", found))
    return Composition(
        _frame=frame,
        method=(
            f"Share of those who stated a group, Wilson score interval (Wilson 1927) at {confidence:.0%}; "
            "verdicts are those of the cliff edges of the same characteristics."
        ),
        notes=counts.notes,
        by=tuple(funnel.characteristic for funnel in funnels),
    )


def _bases(funnel: Funnel, everybody: Funnel) -> tuple[Ints, Bools]:
    """Who stated a group and everyone at each stage, shape (2, n_stages), and where that is hidden.

    Where a number of a group is hidden, another characteristic of the same people may know how many all are.
    """
    everyone, stated = funnel.reached.sum(0), funnel.reached[funnel.stated].sum(0)
    hidden, blank = funnel.unknown.any(0), funnel.unknown[~funnel.stated].any(0)
    unknown = np.array([hidden, hidden])
    if everyone[0] == everybody.reached[0, 0] or funnel.untold.any():
        total, rest = everybody.reached[0], funnel.reached[~funnel.stated].sum(0)
        everyone, stated = np.where(hidden, total, everyone), np.where(hidden, total - rest, stated)
        unknown = unknown & np.array([everybody.unknown[0] | blank, everybody.unknown[0]])
    return np.array([stated, everyone]), unknown


def _shares(
    funnel: Funnel, everybody: Funnel, groups: Sequence[str] | None, confidence: float
) -> pd.DataFrame:
    """Shares of the groups asked for, of everybody who stated any group."""
    import pandas as pd

    bases, unknown = _bases(funnel, everybody)
    funnel = funnel.choose(groups)
    n_groups, n_stages = funnel.reached.shape
    which = np.where(funnel.stated, 0, 1)
    base, hidden = bases[which], unknown[which]
    hidden = hidden | funnel.unknown
    base = np.where(hidden, 0, base)
    share = wilson_interval(np.where(hidden, 0, funnel.reached), base, confidence=confidence)
    first = share.estimate[:, :1]
    with np.errstate(invalid="ignore", divide="ignore"):
        representation = np.where(first > 0, share.estimate / first, np.nan)
    words = np.where(funnel.stated, "", "shown, as a share of everyone")[:, None]
    status = np.where(base == 0, "nobody reached this stage", words)
    status = np.where(hidden, _HIDDEN, status)
    return pd.DataFrame(
        {
            "characteristic": funnel.characteristic,
            "group": np.repeat(np.array(funnel.groups, object), n_stages),
            "parent": np.repeat(np.array(funnel.parents, object), n_stages),
            "stated": np.repeat(funnel.stated, n_stages),
            "stage": np.tile(np.array(funnel.stages, object), n_groups),
            "reached": known(funnel.reached, funnel.unknown).ravel(),
            "denominator": known(base, hidden).ravel(),
            "estimate": share.estimate.ravel(),
            "conf_low": share.low.ravel(),
            "conf_high": share.high.ravel(),
            "confidence": confidence,
            "change": (share.estimate - first).ravel(),
            "representation": representation.ravel(),
            "method": "wilson",
            "status": status.ravel(),
        }
    )
