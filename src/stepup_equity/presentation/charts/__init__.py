"""Pictures of results: ``plot(result)`` draws, ``write_charts`` writes them all."""

from stepup_equity.presentation.charts import (
    association,
    cliffs,
    cohorts,
    comparisons,
    composition,
    detectable,
    gap,
    missing,
    models,
    outside,
    pass_marks,
    rates,
)
from stepup_equity.presentation.charts.drawing import plot

__all__ = [
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
    "plot",
    "rates",
]
