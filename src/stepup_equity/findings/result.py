"""What every finding is: a frozen answer with a tidy frame, that says itself and can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import signature
from typing import TYPE_CHECKING, Literal

from stepup_equity.errors import ArgumentError
from stepup_equity.visible import visible
from stepup_equity.words.names import PLAIN, Names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.findings.question import Question


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
    question : Question or None
        What was asked, of which counts; None where that is not known.
    """

    _frame: pd.DataFrame
    method: str
    notes: tuple[str, ...]
    names: Names = field(default=PLAIN, kw_only=True)
    question: Question | None = field(default=None, kw_only=True)

    def __getstate__(self) -> dict[str, object]:
        """Without the counts: they are personal data, and do not travel with a result."""
        return {**vars(self), "question": None}

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

    @property
    def sentences(self) -> tuple[str, ...]:
        """Its findings in whole sentences; none where a table says it all."""
        return ()

    def __repr__(self) -> str:
        return visible(f"<{type(self).__name__}: {self.names.unit(self.headline)}>")

    def _repr_html_(self) -> str:
        from stepup_equity.words.unit import speaking

        with speaking(self.names.unit):
            return visible(self.to_html(), keep="\n")

    def to_html(self) -> str:
        """The answer as an accessible HTML table with a caption, every label escaped."""
        from stepup_equity.presentation.html import result_to_html

        return result_to_html(self)

    def at_level(self, level: str) -> Result:
        """The same question asked of groups at another level.

        Raises
        ------
        ArgumentError
            Where this answer does not know what it was asked of.
        """
        if self.question is None or "level" not in signature(self.question.verb).parameters:
            raise ArgumentError(
                f"level={level!r}: a {type(self).__name__} cannot be asked again at another level. Give it "
                f"to the verb, as in su.selection_rates(counts, level={level!r})."
            )
        return self.question.again(level=level)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: str | None = None,
        title: str | None = None,
        groups: Sequence[str] | None = None,
        order: Sequence[str] | None = None,
        level: str | None = None,
        size: Literal["page", "slide"] | None = None,
        dpi: float | None = None,
    ) -> Axes:
        """Draw the answer.

        Parameters
        ----------
        ax : Axes, optional
            Axes of yours, in a grid or alone: the chart is fitted into their room, and again when that
            changes. By default a new figure, which notebooks show, and ``plt.savefig`` and ``plt.show`` find.
        kind : str, optional
            Another picture of the same answer, such as ``"rates"`` or ``"curves"`` of selection rates.
        title : str, optional
            In the place of the finding.
        groups, order : list of str, optional
            Only these groups, beside their reference; these groups first, in this order.
        level : str, optional
            Ask again for groups at this level, such as ``"broad"``.
        size : {"page", "slide"}, optional
            As wide as a page of A4 between its margins, or a slide of 16 to 9. By default as the chart needs.
        dpi : float, optional
            Dots per inch of the new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Their ``figure`` is saved, shown and sized as any other.
        """
        from stepup_equity.presentation.charts import chart

        return chart(
            self, ax, kind=kind, title=title, groups=groups, order=order, level=level, size=size, dpi=dpi
        )
