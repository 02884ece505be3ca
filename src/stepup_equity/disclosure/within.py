"""What a publication would have to hold equal before it may call a difference a cliff edge.

A gap between groups may be there only because they applied to different regions, centres or years. Whether it
is, only tables of each region could say. A publication does not print those, and a yes or no worked out from
counts that are not printed would be the one thing in it that is not a function of printed numbers. So where
strata are declared a publication prints the gap and gives no verdict; the internal report gives one.

Which strata there are is said by the programme and by the columns of the file, not by anybody's numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.release import Release
    from stepup_equity.disclosure.tables import Plan


def with_unheld(release: Release, counts: StageCounts, plan: Plan) -> Release:
    """The release, with what is not held equal in it and a note that says so."""
    counted = {axis.name for table in counts.tables for axis in table.axes if axis.kind == "stratum"}
    names = [stratum.label for stratum in counts.programme.strata if stratum.name in counted]
    if plan.pool:
        names.append("Cohort")
    if not names or not release.publishable:
        return release
    note = (
        f"{enumerated(names, len(names))} {'is' if len(names) == 1 else 'are'} not held equal in these "
        "tables, so a gap between groups is shown as it is and not called a cliff edge."
    )
    return replace(release, unheld=tuple(names), notes=(*release.notes, note))
