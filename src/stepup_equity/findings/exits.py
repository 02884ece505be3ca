"""Why people left: every gate's exits by their reasons, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.counts import one_cohort
from stepup_equity.counts.funnel import known
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.process import EXIT_REASONS, EXIT_WORDS, ExitKind
from stepup_equity.words.numbers import percent
from stepup_equity.words.rows import highest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Funnel, StageCounts


@dataclass(frozen=True, eq=False, repr=False)
class Exits(Result):
    """Those who did not pass each gate, by why.

    Attributes
    ----------
    by : tuple of str
        The characteristics; empty where everybody is asked about together.
    """

    by: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The reason that took most people, and at which gate."""
        frame = once_each(self._frame)
        told = frame[frame["reason"] != "hidden"]
        people = told.groupby(["gate", "reason"], sort=False, as_index=False)["people"].sum()
        if people.empty or not people["people"].max():
            if (frame["people"].isna() | (frame["people"] > 0)).any():
                return "how many left at each gate is hidden in the published table"
            return "everyone who got to a gate passed it"
        row = people.iloc[highest_at(people["people"])]
        where = f"{self.names.at(str(row['gate']))}, {EXIT_WORDS[str(row['reason'])].lower()}"
        if frame["people"].isna().any():
            return f"{where}: at least {row['people']:,.0f}"
        entered = frame[frame["gate"] == row["gate"]]
        first = entered[entered["reason"] == row["reason"]]["entered"].sum()
        share = f" ({percent(row['people'] / first)} of those who entered)" if first else ""
        return f"{where}: {row['people']:,.0f}{share}"


def once_each(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of one characteristic, since each holds everybody: one that hides no number where there is one."""
    names = list(dict.fromkeys(frame["characteristic"]))
    hides = set(frame.loc[frame["people"].isna(), "characteristic"])
    chosen = next((name for name in names if name not in hides), names[0] if names else "")
    return frame[frame["characteristic"] == chosen]


@remembered
def exits(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = (),
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
) -> Exits:
    """Why people left at each gate.

    A pass rate says that people did not go on; this says whether the programme turned them down, they
    withdrew, they passed and there was no place, or they still wait.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        As in `selection_rates`; by default everybody together.
    level, groups, where
        As in `selection_rates`.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Exits
        A row for each group, gate and reason that occurs anywhere in the counts:
        ``characteristic, group, parent, stated, gate, reason, people, entered, share``. ``share`` is of those
        who entered the gate, NaN where nobody did. Reasons: ``rejected, withdrew, did_not_attend, declined,
        offer_withdrawn, no_place, not_recorded, pending``, and an empty one where none is given.

    Raises
    ------
    ArgumentError
        A name that was not counted.

    References
    ----------
    The reasons are those of the programme's records: `data/schema/applicants.schema.json` (2026).

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> people = pd.DataFrame({
    ...     "applicant_id": range(5), "gender": ["Female", "Male", "Female", "Male", "Female"],
    ...     "furthest_stage": ["submitted", "submitted", "eligible", "accepted", "accepted"],
    ...     "exit_reason": ["rejected", "withdrew", "rejected", "", ""],
    ... })
    >>> found = exits(su.count_stages(su.read_applicants(people)))
    >>> found.frame[found.frame["people"] > 0][["gate", "reason", "people"]].to_numpy().tolist()
    [['eligible', 'rejected', 1], ['eligible', 'withdrew', 1], ['screened', 'rejected', 1]]
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    everybody = not isinstance(by, str) and by is not None and len(by) == 0
    funnels: list[Funnel]
    if everybody:
        funnels = [counts.overall(where=where)]
    else:
        funnels = [
            counts.funnel(name, level=level, groups=groups, not_stated=groups is None, where=where)
            for name in chosen_characteristics(counts, by)
        ]
    frame = pd.concat([exit_frame(funnel) for funnel in funnels], ignore_index=True)
    at_all = sum(funnel.exits.sum(axis=(0, 1)) for funnel in funnels)
    occurs = frame["reason"].isin(np.array(list(EXIT_REASONS), object)[np.asarray(at_all) > 0])
    return Exits(
        _frame=frame[occurs].reset_index(drop=True),
        method="People who entered each gate and did not pass it, by the reason in the records.",
        notes=counts.notes,
        by=() if everybody else tuple(funnel.characteristic for funnel in funnels),
    )


def exit_frame(funnel: Funnel) -> pd.DataFrame:
    """Exits of a funnel, a row for each group, gate and reason."""
    import pandas as pd

    n_groups, n_gates, n_reasons = funnel.exits.shape
    before, behind = funnel.unknown[:, :-1], funnel.unknown[:, 1:]
    entered = np.repeat(known(funnel.entered, before).ravel(), n_reasons)
    told = np.array([kind is ExitKind.HIDDEN for kind in EXIT_REASONS.values()])
    people = known(funnel.exits, before[:, :, None] | (behind[:, :, None] & ~told)).ravel()
    return pd.DataFrame(
        {
            "characteristic": funnel.characteristic,
            "group": np.repeat(np.array(funnel.groups, object), n_gates * n_reasons),
            "parent": np.repeat(np.array(funnel.parents, object), n_gates * n_reasons),
            "stated": np.repeat(funnel.stated, n_gates * n_reasons),
            "gate": np.tile(np.repeat(np.array(funnel.gates, object), n_reasons), n_groups),
            "reason": np.tile(np.array(list(EXIT_REASONS), object), n_groups * n_gates),
            "people": people,
            "entered": entered,
            "share": np.divide(people, entered, out=np.full(len(people), np.nan), where=entered > 0),
        }
    )
