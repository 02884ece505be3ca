"""What a source and a programme do not have in common: questions without a column, columns without a use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.records.layout import unused_columns
from stepup_equity.records.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stepup_equity.process import Programme


def unread_notes(columns: Sequence[str], programme: Programme) -> pd.DataFrame:
    """Notes about characteristics that have no column, and columns that nothing reads, as problems.

    Parameters
    ----------
    columns : sequence of str
        Header of the source.
    programme : Programme

    Returns
    -------
    DataFrame
        As ``Applicants.problems``; empty where both agree.
    """
    unused, absent = unused_columns(tuple(columns), programme)
    problems = Problems()
    for characteristic in absent:
        problems.add(
            "note",
            "characteristic_absent",
            characteristic.column,
            f"there is no such column, so nothing is said about {characteristic.label.lower()}.",
            possible=unused,
            remedy=f"If it has another name, name it under [characteristics.{characteristic.name}] in the "
            "programme.",
        )
    if unused:
        problems.add(
            "note",
            "columns_not_read",
            "",
            "columns that the programme has no use for are not read.",
            possible=unused,
            remedy="Nothing needs doing, unless one of them holds a characteristic or a stage.",
        )
    return problems.frame()
