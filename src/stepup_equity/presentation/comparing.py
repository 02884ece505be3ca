"""The page of cohorts beside each other, with its charts and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stepup_equity
from stepup_equity.output import csv_bytes
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.files import drawn
from stepup_equity.presentation.in_units import files_in_unit
from stepup_equity.presentation.manifest import manifest
from stepup_equity.presentation.pictures import Picture
from stepup_equity.presentation.report.beside import change_blocks, trend_blocks
from stepup_equity.presentation.report.blocks import Page, Section
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.report.internal import BANNER
from stepup_equity.presentation.report.render import render

if TYPE_CHECKING:
    from stepup_equity.findings import CohortComparison, CohortTrend
    from stepup_equity.words.names import Names

__all__ = ["comparing_files"]


def comparing_files(found: CohortComparison, trend: CohortTrend | None, names: Names) -> dict[str, bytes]:
    """Every file of a comparison: the page, its charts, and its tables.

    Parameters
    ----------
    found : CohortComparison
        The two cohorts.
    trend : CohortTrend or None
        All cohorts, where there are more.
    names : Names
        Of the programme.
    """
    look = Look(names)
    pictures = [
        Picture(
            "cohorts", "", "From cohort to cohort: impact ratios", drawn("cohorts", plot(found, None, look))
        )
    ]
    tables = {"comparisons": found.frame, "tests": found.tests, "shares": found.shares}
    if trend is not None:
        pictures.append(
            Picture("trend", "", "Over all cohorts: impact ratios", drawn("trend", plot(trend, None, look)))
        )
        tables |= {"trend": trend.frame, "ratios": trend.ratios}
    figures = Figures(pictures)
    earlier, later = found.cohorts
    sections = [Section("cohorts", f"From {earlier} to {later}", change_blocks(found, names, figures))]
    if trend is not None:
        title = f"Over {len(trend.cohorts)} cohorts"
        sections.append(Section("trend", title, trend_blocks(trend, names, figures), new_page=True))
    page = Page(
        title=f"{earlier} and {later} beside each other",
        subtitle=f"{found.headline}.",
        banner=BANNER,
        notes=(),
        sections=tuple(sections),
        made_by=f"stepup_equity {stepup_equity.__version__}",
    )
    files = {f"{name}.csv": csv_bytes(frame) for name, frame in tables.items()}
    files["report.html"] = render(page).encode()
    for picture in pictures:
        files[f"charts/{picture.files.name}.svg"] = picture.files.svg.encode()
        files[f"charts/{picture.files.name}.png"] = picture.files.png
    files = files_in_unit(files)
    return files | {"manifest.json": manifest({"policy": "internal"}, files)}
