"""Pictures of results: ``plot(result)`` draws.

Each module named below draws some types of result. They are loaded when ``plot`` is first asked for, so that
a process that only makes files of finished figures needs none of the findings.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stepup_equity.presentation.charts.drawing import plot

__all__ = ["plot"]

_DRAWING: Final = (
    "association",
    "cliffs",
    "cohorts",
    "comparisons",
    "composition",
    "detectable",
    "gap",
    "missing",
    "models",
    "outside",
    "pass_marks",
    "rates",
)


def __getattr__(name: str) -> Any:
    if name != "plot":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in _DRAWING:
        importlib.import_module(f"{__name__}.{module}")
    from stepup_equity.presentation.charts.drawing import plot

    globals()["plot"] = plot
    return plot
