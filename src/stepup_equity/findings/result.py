"""What every finding is: a frozen answer with a tidy frame, that says itself and can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stepup_equity.words.names import PLAIN, Names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Result"]


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """Base of all findings.

    Attributes
    ----------
    frame : pandas.DataFrame
        Tidy: raw floats, fixed columns, a ``status`` for every number that could not be computed.
        Each access hands out a copy.
    method : str
        How the numbers were computed, in words, with the reference.
    notes : tuple of str
        Sentences that belong beside the numbers wherever they go.
    names : Names
        How the programme calls gates and characteristics: repr, chart, page and workbook say the same.
    """

    _frame: pd.DataFrame
    method: str
    notes: tuple[str, ...]
    names: Names = field(default=PLAIN, kw_only=True)

    @property
    def frame(self) -> pd.DataFrame:
        """The answer, one row for each combination of characteristic, group and gate."""
        return self._frame.copy()

    @property
    def title(self) -> str:
        """What this is, in a few words."""
        name = type(self).__name__
        return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip().capitalize()

    @property
    def headline(self) -> str:
        """What matters most in it, in one line."""
        return f"{len(self._frame)} rows"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.headline}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """The answer as an accessible HTML table with a caption, every label escaped."""
        from stepup_equity.presentation.html import result_to_html

        return result_to_html(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer on `ax`, or on a new figure; return the axes."""
        from stepup_equity.presentation.charts import plot
        from stepup_equity.presentation.charts.drawing import Look

        return plot(self, ax, Look(self.names))
