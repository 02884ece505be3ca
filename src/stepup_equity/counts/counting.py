"""From applicants to counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.given import check_known, names_in
from stepup_equity.records.applicants import Applicants, read_applicants
from stepup_equity.records.routes import ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stepup_equity.process import Programme


def count_stages(
    applicants: Any,
    *,
    by: Sequence[str] | None = None,
    strata: Sequence[str] | None = None,
    programme: Programme | str | Path | None = None,
    cohort_label: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> StageCounts:
    """Count how far people got, by their characteristics.

    Parameters
    ----------
    applicants : Applicants, path or frame
        Records that were read, or something to read.
    by : sequence of str, optional
        Characteristics to keep; by default all.
    strata : sequence of str, optional
        ``"cohort"`` and strata to keep; by default all that were read.
    programme : Programme, name or path, optional
        Only for a path or frame.
    cohort_label : str, optional
        Only for a path or frame that names no cohort: what its one cohort is called.
    progress : callable, optional
        Only for a path or frame; see `read_applicants`.

    Returns
    -------
    StageCounts
        One joint table. It is personal data, however small it looks.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "applicant_id": ["a", "b"], "gender": ["Female", "Male"],
    ...     "furthest_stage": ["accepted", "eligible"],
    ... })
    >>> count_stages(read_applicants(frame))
    <StageCounts: 2 applicants, 1 accepted; gender; joint>
    """
    if not isinstance(applicants, Applicants):
        applicants = read_applicants(
            applicants,
            programme=programme,
            by=by,
            strata=strata,
            cohort_label=cohort_label,
            progress=progress,
        )
    by = None if by is None else names_in(by, argument="by")
    strata = None if strata is None else names_in(strata, argument="strata")
    cells = applicants.cells
    kinds = {axis.name: axis.kind for axis in cells.axes}
    held = [name for name, kind in kinds.items() if kind == "characteristic"]
    others = [name for name, kind in kinds.items() if kind != "characteristic"]
    check_known(by or (), held, argument="by", of="a characteristic that was read")
    check_known(strata or (), others, argument="strata", of="a stratum that was read")
    keep = [name for name in held if by is None or name in by]
    keep += [name for name in others if strata is None or name in strata or kinds[name] == ROUTE]
    each = None
    if applicants.each_person is not None:
        once = applicants.each_person.onto([name for name in keep if name in applicants.each_person.names])
        each = StageCounts(applicants.programme, (once,), applicants.notes, applicants.notes)
    return StageCounts(
        applicants.programme, (cells.onto(keep),), applicants.notes, applicants.notes, each_person=each
    )
