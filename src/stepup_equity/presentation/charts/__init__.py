"""Pictures of results: ``plot(result)`` draws, ``chart(result, ...)`` as a reader asks for it.

Each module named below draws some types of result. They are loaded when ``plot`` is first asked for, so that
a process that only makes files of finished figures needs none of the findings.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stepup_equity.presentation.charts.drawing import chart, plot

__all__ = ["chart", "plot"]

_DRAWING: Final = (
    "association",
    "audits",
    "cliffs",
    "cohorts",
    "comparisons",
    "composition",
    "crossed",
    "detectable",
    "dumbbells",
    "exits",
    "filled",
    "limits",
    "forests",
    "gap",
    "missing",
    "model_tests",
    "models",
    "of_records",
    "outside",
    "pass_marks",
    "people",
    "rates",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in _DRAWING:
        importlib.import_module(f"{__name__}.{module}")
    from stepup_equity.presentation.charts import drawing

    globals().update({name: getattr(drawing, name) for name in __all__})
    return globals()[name]
