"""Cohorts beside each other: a page with its charts, tables and spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import stepup_equity
from stepup_equity.columns import COHORT
from stepup_equity.counts import ALL_COHORTS
from stepup_equity.errors import ArgumentError
from stepup_equity.findings import cliff_edges, cohort_trend, compare_cohorts, selection_rates
from stepup_equity.findings.family import chosen_characteristics, with_broad
from stepup_equity.findings.questions import asked_of
from stepup_equity.given import check_known
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.press import drawn
from stepup_equity.presentation.charts.sketches import sketch_of
from stepup_equity.presentation.data_files import data_files
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.manifest import with_manifest
from stepup_equity.presentation.pictures import Picture, picture_files, with_words
from stepup_equity.presentation.report.beside import change_blocks, each_blocks, held_blocks, trend_blocks
from stepup_equity.presentation.report.blocks import Page, Paragraph, Section
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.report.internal import BANNER
from stepup_equity.presentation.report.render import render
from stepup_equity.presentation.report.words import LIMITS
from stepup_equity.presentation.workbook.cohorts import cohort_workbooks
from stepup_equity.words.names import Names, capital
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings import CliffEdges, CohortComparison, CohortTrend, SelectionRates
    from stepup_equity.presentation.imprint import Imprint


@dataclass(frozen=True, eq=False)
class CohortsBeside:
    """What there is to say of cohorts beside each other.

    Attributes
    ----------
    names : Names
        Of the programme.
    pair, broad_pair : CohortComparison
        The two cohorts; the second between broad groups, None where there are none.
    trend, broad_trend : CohortTrend or None
        All cohorts, where they are three or more.
    edges : CliffEdges or None
        All cohorts, each compared within itself; None for two sets of counts.
    each : SelectionRates or None
        Everybody at each gate, a row for each cohort; None for two sets of counts.
    """

    names: Names
    pair: CohortComparison
    broad_pair: CohortComparison | None
    trend: CohortTrend | None
    broad_trend: CohortTrend | None
    edges: CliffEdges | None
    each: SelectionRates | None

    @property
    def cohorts(self) -> tuple[str, ...]:
        """Their names, the earliest first."""
        return self.pair.cohorts if self.trend is None else self.trend.cohorts

    @property
    def notes(self) -> tuple[str, ...]:
        """What belongs beside all of it."""
        parts = (self.edges, self.pair)
        return tuple(dict.fromkeys(note for part in parts if part is not None for note in part.notes))

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the stem of its file."""
        found = {
            "cohorts": self.pair.frame,
            "cohort_tests": self.pair.tests,
            "cohort_shares": self.pair.shares,
        }
        if self.broad_pair is not None:
            found["cohorts_broad"] = self.broad_pair.frame
        if self.trend is not None:
            found |= {"cohort_trend": self.trend.frame, "cohort_ratios": self.trend.ratios}
        if self.broad_trend is not None:
            found["cohort_trend_broad"] = self.broad_trend.frame
        if self.edges is not None:
            found["cliff_edges"] = self.edges.frame
            if len(self.edges.broad):
                found["cliff_edges_broad"] = self.edges.broad
        if self.each is not None:
            found["each_cohort"] = self.each.frame
        return found


def beside(
    counts: StageCounts,
    later: StageCounts | None = None,
    *,
    cohorts: Sequence[str] | None = None,
    by: Sequence[str] | None = None,
    changes: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
) -> CohortsBeside:
    """Ask everything that is asked of cohorts beside each other.

    Parameters
    ----------
    counts : StageCounts
        Of two cohorts or more; or of the earlier one, with `later`.
    later, changes, denominator
        As in `compare_cohorts`.
    cohorts : sequence of two str, optional
        These two alone. By default all, and the last two of them beside each other.
    by : sequence of str, optional
        Only these characteristics.
    """
    every = later is None and cohorts is None
    asked = None if by is None else list(by)  # a tuple would be a crossing
    pair = counts.cohorts[-2:] if every and len(counts.cohorts) > 2 else cohorts
    how: dict[str, Any] = {"denominator": denominator}
    found = compare_cohorts(counts, later, cohorts=pair, by=asked, changes=changes, **how)
    broad = _broad(counts, later, found)
    broad_pair = None
    if broad:
        broad_pair = compare_cohorts(
            counts, later, cohorts=pair, by=broad, level="broad", changes=changes, **how
        )
    several = every and len(counts.cohorts) > 2
    return CohortsBeside(
        names=Names.of(counts.programme),
        pair=found,
        broad_pair=broad_pair,
        trend=cohort_trend(counts, by=asked, **how) if several else None,
        broad_trend=cohort_trend(counts, by=broad, level="broad", **how) if several and broad else None,
        edges=cliff_edges(counts, by=asked, cohort=ALL_COHORTS, **how) if every else None,
        each=selection_rates(counts, by=COHORT, **how) if every else None,
    )


def _broad(counts: StageCounts, later: StageCounts | None, found: CohortComparison) -> list[str]:
    """Characteristics whose broad groups are asked about as well."""
    if not asked_of(counts, None, None, None).broad:
        return []
    names = [name for name in chosen_characteristics(counts, None) if name in found.by]
    broad = with_broad(counts, [name for name in names if isinstance(name, str)])
    return broad if later is None else [name for name in broad if name in with_broad(later, broad)]


def comparing_files(
    told: CohortsBeside,
    imprint: Imprint = NOBODY,
    *,
    title: str = "",
    problems: pd.DataFrame | None = None,
) -> dict[str, bytes]:
    """Every file: the page, its charts, its tables, and the spreadsheets.

    Parameters
    ----------
    told : CohortsBeside
    imprint : Imprint
    title : str
        Of the page; by default the names of the cohorts.
    problems : DataFrame, optional
        What was noted while the records were read.
    """
    title = imprint.title or title or f"{enumerated(told.cohorts, 8)} beside each other"
    pictures = _pictures(told)
    files = picture_files(pictures, "charts/")
    tables = told.tables | ({} if problems is None else {"problems": problems})
    files |= data_files(tables, told.notes, BANNER)
    files |= cohort_workbooks(told.tables, told.names, title, told.notes, imprint)
    files["report.html"] = render(_page(told, Figures(pictures), title, imprint)).encode()
    return with_manifest(files, _facts(told) | imprint.facts)


def cohort_chart_files(told: CohortsBeside, kinds: Sequence[str] | None = None) -> dict[str, bytes]:
    """Charts alone, with their words.

    Raises
    ------
    ArgumentError
        A kind that cohorts beside each other cannot be drawn as.
    """
    pictures = _pictures(told)
    possible = list(dict.fromkeys(picture.kind for picture in pictures))
    check_known(kinds or (), possible, argument="kind", of="a kind of chart of all cohorts")
    kept = [picture for picture in pictures if kinds is None or picture.kind in kinds]
    if not kept:
        raise ArgumentError(f"kinds=[] asks for no chart. Possible: {enumerated(possible)}.")
    return with_manifest(with_words(kept), _facts(told))


def _pictures(told: CohortsBeside) -> list[Picture]:
    look = Look(told.names, mark=f"{BANNER}. {enumerated(told.cohorts, 8)}.")
    possible = (
        ("cliffs", "", "Cliff map: all cohorts, each compared within itself", told.edges),
        ("cohorts", "", f"From {' to '.join(told.pair.cohorts)}: impact ratios", told.pair),
        ("cohorts", "broad", "The same between broad groups", told.broad_pair),
        ("trend", "", "Over all cohorts: impact ratios", told.trend),
        ("trend", "broad", "Over all cohorts, between broad groups", told.broad_trend),
    )
    return [
        Picture(
            kind,
            which,
            caption,
            drawn("_".join(filter(None, (kind, which))), sketch_of(plot, found, None, look)),
        )
        for kind, which, caption, found in possible
        if found is not None
    ]


def _page(told: CohortsBeside, figures: Figures, title: str, imprint: Imprint) -> Page:
    names = told.names
    earlier, later = told.pair.cohorts
    sections = []
    if told.edges is not None:
        sections.append(Section("found", "Within all cohorts", held_blocks(told.edges, figures)))
    said = told.notes
    blocks = change_blocks(told.pair, names, figures, said=said)
    if told.broad_pair is not None:
        blocks += change_blocks(told.broad_pair, names, figures, said=(*said, *told.pair.notes), broad=True)
    sections.append(Section("cohorts", f"From {earlier} to {later}", blocks, new_page=True))
    if told.trend is not None:
        blocks = trend_blocks(told.trend, names, figures)
        if told.broad_trend is not None:
            blocks += trend_blocks(told.broad_trend, names, figures, broad=True)
        sections.append(Section("trend", f"Over {len(told.cohorts)} cohorts", blocks, new_page=True))
    if told.each is not None:
        sections.append(Section("each", "Each cohort at each gate", each_blocks(told.each, names)))
    limits = tuple(Paragraph(sentence) for sentence in LIMITS)
    sections.append(Section("limits", "What the numbers cannot say", limits))
    return Page(
        title=title,
        subtitle=f"Cohorts: {enumerated(told.cohorts, 12)}. {capital(told.pair.headline)}.",
        banner=BANNER,
        notes=told.notes,
        sections=tuple(sections),
        made_by=f"stepup_equity {stepup_equity.__version__}",
        imprint=imprint.sentence,
    )


def _facts(told: CohortsBeside) -> dict[str, Any]:
    return {
        "policy": "internal",
        "notice": BANNER,
        "notes": list(told.notes),
        "cohorts": list(told.cohorts),
        "characteristics": list(told.pair.by),
    }
