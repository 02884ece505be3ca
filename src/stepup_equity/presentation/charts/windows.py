"""Figures as notebooks and scripts expect them: the current one, shown at the end of a cell or by `show`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_KEPT: Final = 10
"""How many charts stay with pyplot where it shows no windows; older ones stay with whoever holds them."""

_OURS: Final = "stepup_equity"


def current_figure(dpi: float | None) -> Figure:
    """A new figure that pyplot knows: ``plt.savefig``, ``plt.show`` and ``figure.show`` find it."""
    import matplotlib.pyplot as plt

    earlier = [plt.figure(number) for number in plt.get_fignums()]
    ours = [figure for figure in earlier if getattr(figure, _OURS, False) and not _has_window(figure)]
    for figure in ours[: max(len(ours) - _KEPT + 1, 0)]:
        plt.close(figure)
    figure = plt.figure(dpi=dpi)
    setattr(figure, _OURS, True)
    return figure


def _has_window(figure: Figure) -> bool:
    return getattr(figure.canvas, "required_interactive_framework", None) is not None


def let_go(figure: Figure) -> None:
    """Take a figure from pyplot: it was shown."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and figure.canvas.manager is not None:
        pyplot.close(figure)
