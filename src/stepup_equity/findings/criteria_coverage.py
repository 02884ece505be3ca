"""Is every criterion assessed as often as was meant: the plan of an assessment centre, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import DataError, listed
from stepup_equity.findings.result import Result
from stepup_equity.given import check_whole, path_in
from stepup_equity.records.typed import typed_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


_COLUMNS: Final = ("criterion", "exercise")


@dataclass(frozen=True, eq=False, repr=False)
class CriteriaCoverage(Result):
    """How many exercises assess each criterion.

    Attributes
    ----------
    times : int
        How many were meant.
    """

    times: int
    _grid: pd.DataFrame

    @property
    def grid(self) -> pd.DataFrame:
        """Criteria as rows, exercises as columns: true where an exercise assesses a criterion."""
        return self._grid.copy()

    @property
    def headline(self) -> str:
        """Which criteria are assessed less often than was meant."""
        fewer = self._frame[self._frame["exercises"] < self.times]
        n = len(self._frame)
        if fewer.empty:
            return f"all {n} criteria are assessed {_times(self.times)} or more"
        return f"{len(fewer)} of {n} criteria are assessed less than {_times(self.times)}: " + ", ".join(
            f"{row.criterion} ({row.exercises})" for row in fewer.itertuples()
        )


def criteria_coverage(plan: pd.DataFrame | str | Path, *, times: int = 2) -> CriteriaCoverage:
    """Count the exercises that assess each criterion.

    A criterion that is seen in one exercise alone rests on that exercise; what differs between groups there
    cannot be told from what the exercise does to everybody.

    Parameters
    ----------
    plan : DataFrame, str or Path
        A row for each criterion and exercise that assesses it, columns ``criterion`` and ``exercise``. A
        criterion with a blank exercise is assessed by none.
    times : int
        How many exercises were meant for each criterion.

    Returns
    -------
    CriteriaCoverage
        A row for each criterion in order of first appearance: ``exercises`` (how many), ``assessed_in``
        (which), ``status``.

    Raises
    ------
    DataError
        A missing column, an empty plan, a criterion and exercise given twice.

    References
    ----------
    International Taskforce on Assessment Center Guidelines (2015), Journal of Management 41, 1244-1273.

    Examples
    --------
    >>> import pandas as pd
    >>> criteria_coverage(pd.DataFrame({
    ...     "criterion": ["Values", "Values", "Resilience"], "exercise": ["Group", "Interview", "Telephone"],
    ... }))
    <CriteriaCoverage: 1 of 2 criteria are assessed less than twice: Resilience (1)>
    """
    import pandas as pd

    check_whole(times, argument="times")
    if not isinstance(plan, pd.DataFrame):
        path = path_in(plan, argument="plan", what=f"a frame, or a CSV file with {listed(_COLUMNS)}")
        if not path.is_file():
            raise DataError(f"{path.name} is not a file. Give a CSV file with {listed(_COLUMNS)}.")
        plan = typed_table(path)
    missing = [column for column in _COLUMNS if column not in plan.columns]
    if missing:
        raise DataError(f"The plan has no column {listed(missing)}. It needs {listed(_COLUMNS)}.")
    pairs = plan[list(_COLUMNS)].fillna("").astype(str).apply(lambda column: column.str.strip())
    if pairs.empty:
        raise DataError("The plan has no rows. Give one for each criterion and exercise.")
    blank = (pairs["criterion"] == "").to_numpy()
    if blank.any():
        raise DataError(f"Column 'criterion' is blank in row {int(blank.argmax()) + 1}. Fill it in.")
    twice = pairs.duplicated().to_numpy()
    if twice.any():
        raise DataError(
            f"Row {int(twice.argmax()) + 1}: this criterion and exercise are there already. Keep one."
        )
    criteria = list(dict.fromkeys(pairs["criterion"]))
    exercises = [name for name in dict.fromkeys(pairs["exercise"]) if name]
    held = set(pairs.itertuples(index=False, name=None))
    grid = pd.DataFrame(
        [[(criterion, exercise) in held for exercise in exercises] for criterion in criteria],
        index=pd.Index(criteria, name="criterion"),
        columns=exercises,
    )
    count = grid.sum(axis=1).astype(int)
    frame = pd.DataFrame(
        {
            "criterion": criteria,
            "exercises": count.to_numpy(),
            "assessed_in": [", ".join(e for e in exercises if grid.loc[c, e]) for c in criteria],
            "status": [
                "" if number >= times else f"assessed {_times(number)}, meant {_times(times)}"
                for number in count
            ],
        }
    )
    return CriteriaCoverage(
        frame, f"Exercises that assess each criterion, counted against {_times(times)}.", (), int(times), grid
    )


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(int(number), f"{number} times")
