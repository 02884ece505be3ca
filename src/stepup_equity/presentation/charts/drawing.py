"""The one way a result is drawn: a small function for each type, found by the type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING

from stepup_equity.errors import ArgumentError
from stepup_equity.words.names import PLAIN, Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

__all__ = ["BARE", "Look", "plot"]


@dataclass(frozen=True)
class Look:
    """What a chart is told besides its result.

    Attributes
    ----------
    names : Names
        How gates and characteristics are called.
    references : mapping of str to str
        Reference group of each characteristic, where the result does not say.
    flags : frozenset of (characteristic, group, gate)
        Cliff edges, to be marked.
    title : str
        The finding; by default it is written from the result.
    """

    names: Names = PLAIN
    references: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[tuple[str, str, str]] = frozenset()
    title: str = ""


BARE = Look()


@singledispatch
def plot(result: object, ax: Axes | None = None, look: Look = BARE) -> Axes:  # noqa: ARG001 - each type's own
    """Draw a result.

    Parameters
    ----------
    result : Result
        Any finding that has a picture.
    ax : Axes, optional
        Axes to draw on; their room is used for the words too. By default new ones, on a figure of the right
        size. Nothing is shown, and no global style is touched.
    look : Look
        Names, flags and title.

    Returns
    -------
    matplotlib.axes.Axes
        In a notebook they show themselves, with alternative text.

    Raises
    ------
    ArgumentError
        Where there is no picture of such a result.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> plot(su.impact_ratios(counts, by="ethnicity")).figure.get_figwidth().round(1)
    np.float64(8.4)
    """
    raise ArgumentError(f"There is no chart of a {type(result).__name__}. Read its frame, or its to_html().")
