"""Everything a reader looks at: charts, pages, workbooks, sentences.

The names that write are loaded when first used: a result that draws itself needs no report.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepup_equity.presentation.writing import write_charts, write_report

__all__ = ["write_charts", "write_report"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("stepup_equity.presentation.writing"), name)
