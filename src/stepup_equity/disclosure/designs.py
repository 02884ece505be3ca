"""Designs of a publication beside each other: what each keeps, and the command that makes it."""

from __future__ import annotations

import shlex
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.counts.asked import check_asked
from stepup_equity.disclosure.protect import protect
from stepup_equity.errors import DisclosureError
from stepup_equity.given import names_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.release import Release


_COLUMNS: Final = ("counts_kept", "counts", "rates_kept", "rates", "comparisons")


@dataclass(frozen=True)
class Design:
    """One way of publishing the same counts.

    Attributes
    ----------
    name : str
        What it does, in words.
    policy : str
        A preset.
    choices : dict
        Further arguments of `protect`.
    options : str
        The same as options of the command line.
    """

    name: str
    policy: str
    choices: dict[str, Any] = field(default_factory=dict)
    options: str = ""


def designs_of(counts: StageCounts, by: Sequence[str] | None = None) -> tuple[Design, ...]:
    """Designs worth trying, what keeps most numbers first.

    Parameters
    ----------
    counts : StageCounts
    by : sequence of str, optional
        Characteristics; by default every one that was counted.
    """
    names = tuple(counts.characteristics) if by is None else names_in(by, argument="by")
    nested = [name for name in names if any(g.parent for g in counts.programme.characteristic(name).groups)]
    broad = {"merge": dict.fromkeys(nested, "broad")}
    said = f" --merge {shlex.join(nested)}"
    later = counts.process.stage_keys[2:-1]
    few = {"drop_stages": later}
    found = [Design("everything, rounded to 5", "publish", {}, "--policy publish")]
    found.append(Design("exact counts, those below 10 hidden", "suppress10", {}, "--policy suppress10"))
    if nested:
        found.append(Design("broad groups, exact", "suppress10", broad, "--policy suppress10" + said))
    if later:
        drop = f" --drop-stages {shlex.join(later)}"
        found.append(Design("first and last stages, exact", "suppress10", few, "--policy suppress10" + drop))
        if nested:
            both = {**broad, **few}
            options = "--policy suppress10" + said + drop
            found.append(Design("broad groups, first and last stages, exact", "suppress10", both, options))
    if len(counts.cohorts) > 1:
        pool = {"pool": True}
        options = "--policy suppress10 --pool"
        found.append(Design("all cohorts together, exact", "suppress10", pool, options))
    return tuple(found)


def publication_plan(
    counts: StageCounts,
    *,
    by: Sequence[str] | None = None,
    ledgers: Sequence[Ledger | Release | str | Path] = (),
) -> pd.DataFrame:
    """What each design of a publication would keep, before one is chosen.

    Parameters
    ----------
    counts : StageCounts
    by : sequence of str, optional
        Characteristics; by default every one that was counted.
    ledgers : sequence of Ledger, Release or path, optional
        Earlier releases of these cohorts, as in `protect`.

    Returns
    -------
    pandas.DataFrame
        A row for each design: ``number, design, options, counts_kept, counts, rates_kept, rates,
        comparisons, seconds, status``. Counts are of people who reached a stage, of groups; a comparison is
        a group's rate beside that of another group which is printed too. `options` are those of the command
        line. A design that is refused keeps its row, and `status` says so.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "Asian", "Black"],
    ...     "applied": [920, 61, 43], "appointed": [389, 21, 7],
    ... }))
    >>> plan = publication_plan(counts)
    >>> plan[["design", "counts_kept", "counts", "comparisons"]].values.tolist()
    [['everything, rounded to 5', 6, 6, 2], ['exact counts, those below 10 hidden', 4, 6, 0]]
    """
    check_asked(counts, by=by)
    import pandas as pd

    return pd.DataFrame(
        {
            "number": number,
            "design": design.name,
            "options": design.options,
            **kept_by(design, counts, by=by, ledgers=ledgers),
        }
        for number, design in enumerate(designs_of(counts, by), start=1)
    )


def kept_by(
    design: Design,
    counts: StageCounts,
    *,
    by: Sequence[str] | None = None,
    ledgers: Sequence[Ledger | Release | str | Path] = (),
) -> dict[str, Any]:
    """What one design would keep: the numbers of a row of `publication_plan`, its seconds and its status."""
    start = time.perf_counter()
    kept = dict.fromkeys(_COLUMNS, 0)
    status = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kept = kept_of(protect(counts, design.policy, by=by, ledgers=ledgers, **design.choices))
    except DisclosureError as error:
        status = f"refused: {len(error.cells)} cells cannot be protected"
    return {**kept, "seconds": round(time.perf_counter() - start, 1), "status": status}


def kept_of(release: Release) -> dict[str, int]:
    """What a release prints of groups; rows of *Not stated* are no comparison."""
    counts_kept = counts = rates_kept = rates = comparisons = 0
    for cohort in release.cohorts:
        for name in release.characteristics:
            table = release.table(name, cohort=cohort)
            reached, passed = table.measures["reached"].value, table.measures["pass_rate"].value[:, :-1]
            people = [i for i in range(len(table.groups)) if reached[i, 0] != 0]
            counts += len(people) * reached.shape[1]
            counts_kept += int(np.isfinite(reached[people]).sum())
            rates += len(people) * passed.shape[1]
            rates_kept += int(np.isfinite(passed[people]).sum())
            broad = set(table.parents)
            leaves = [i for i in people if table.parents[i] or table.groups[i] not in broad]
            finest = [i for i in leaves if table.stated[i]]
            shown = np.isfinite(passed[finest]).sum(axis=0)
            comparisons += int((shown - 1).clip(min=0).sum())
    return dict(zip(_COLUMNS, (counts_kept, counts, rates_kept, rates, comparisons), strict=True))
