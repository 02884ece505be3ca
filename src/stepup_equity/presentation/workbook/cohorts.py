"""Cohorts beside each other as spreadsheets: what changed, why shares did, tests, trends, every cohort."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from stepup_equity.findings.comparison import HIDDEN
from stepup_equity.presentation.workbook.cover import internal_banner
from stepup_equity.presentation.workbook.labels import one_line
from stepup_equity.presentation.workbook.tables import sheet_of
from stepup_equity.spreadsheets.model import Column, Line, Shorthand, Value, Workbook
from stepup_equity.spreadsheets.rendered import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.spreadsheets.model import Sheet
    from stepup_equity.words.names import Names


_NONE: Final = "[x]"
_NO_LIMIT: Final = "[no limit]"
_SHORTHAND: Final = (
    Shorthand(
        _NO_LIMIT, "No limit: nobody of the group passed in one of the cohorts, so no factor is named."
    ),
)
_COUNTS: Final = 0
_RATIO: Final = 2
_P: Final = 3
_SHARE: Final = 4

_ABOUT: Final = (("characteristic", "Characteristic"), ("group", "Group"), ("gate", "Gate"))

_SHEETS: Final[dict[str, tuple[str, str, tuple[tuple[str, str, int | None], ...]]]] = {
    "cliff_edges": (
        "Impact ratios within all cohorts",
        "every group at every gate with cohorts held equal, and its verdict",
        (
            ("reference", "Compared with", None),
            ("estimate", "Impact ratio within cohorts", _RATIO),
            ("conf_low", "Lower limit", _RATIO),
            ("conf_high", "Upper limit", _RATIO),
            ("p_adjusted", "Adjusted p", _P),
            ("verdict", "Verdict", None),
        ),
    ),
    "cohorts": (
        "Impact ratios in both cohorts",
        "the impact ratio of every group at every gate in the earlier and the later cohort, and what changed",
        (
            ("reference", "Compared with", None),
            ("passed_earlier", "Passed, earlier cohort", _COUNTS),
            ("denominator_earlier", "Of, earlier cohort", _COUNTS),
            ("ratio_earlier", "Impact ratio, earlier cohort", _RATIO),
            ("passed_later", "Passed, later cohort", _COUNTS),
            ("denominator_later", "Of, later cohort", _COUNTS),
            ("ratio_later", "Impact ratio, later cohort", _RATIO),
            ("estimate", "Later ratio divided by earlier", _RATIO),
            ("conf_low", "Lower limit", _RATIO),
            ("conf_high", "Upper limit", _RATIO),
            ("p_adjusted", "Adjusted p", _P),
            ("verdict", "Verdict", None),
            ("edge", "Cliff edge", None),
            ("process_change", "Declared change of the process", None),
            ("status", "Remark", None),
        ),
    ),
    "cohort_shares": (
        "Why shares of those who got through changed",
        "each group's share of those who got through in both cohorts, and the parts of the change",
        (
            ("factor", "Part", None),
            ("share_earlier", "Share, earlier cohort", _SHARE),
            ("share_later", "Share, later cohort", _SHARE),
            ("estimate", "Part of the change of the share", _SHARE),
        ),
    ),
    "cohort_tests": (
        "Tests of all groups together",
        "whether the groups' pass rates changed alike",
        (
            ("test", "Test", None),
            ("statistic", "Statistic", _P),
            ("df", "Degrees of freedom", _COUNTS),
            ("p_value", "p", _P),
            ("p_adjusted", "Adjusted p", _P),
            ("status", "Remark", None),
        ),
    ),
    "cohort_trend": (
        "Trends over all cohorts",
        "whether the impact ratio of a group rises or falls over the cohorts, and what became of cliff edges",
        (
            ("reference", "Compared with", None),
            ("first_ratio", "Ratio on the line, first cohort", _RATIO),
            ("last_ratio", "Ratio on the line, last cohort", _RATIO),
            ("change", "Factor of each step", _RATIO),
            ("change_low", "Lower limit", _RATIO),
            ("change_high", "Upper limit", _RATIO),
            ("p_adjusted", "Adjusted p", _P),
            ("trend", "Trend", None),
            ("verdict", "Cliff edge", None),
            ("status", "Remark", None),
        ),
    ),
    "cohort_ratios": (
        "Impact ratio of every cohort",
        "the impact ratio of every group at every gate in each cohort",
        (
            ("cohort", "Cohort", None),
            ("reference", "Compared with", None),
            ("passed", "Passed", _COUNTS),
            ("denominator", "Of", _COUNTS),
            ("estimate", "Impact ratio", _RATIO),
            ("conf_low", "Lower limit", _RATIO),
            ("conf_high", "Upper limit", _RATIO),
            ("status", "Remark", None),
        ),
    ),
}
"""For each table: title, what it holds, columns: name in the frame, head, decimals or None for text."""


def cohort_workbooks(
    tables: Mapping[str, pd.DataFrame], names: Names, title: str, notes: tuple[str, ...], imprint: Imprint
) -> dict[str, bytes]:
    """Both kinds of spreadsheet, by the names of their files.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By the stem of its file; one that ends in ``_broad`` is between broad groups. Others than those of
        `_SHEETS` are left out.
    names : Names
    title : str
    notes : tuple of str
    imprint : Imprint
    """
    sheets: list[Sheet] = []
    for key, (head, what, columns) in _SHEETS.items():
        for which in ("", "_broad"):
            frame = tables.get(f"{key}{which}")
            if frame is None or frame.empty:
                continue
            between = ", between broad groups" if which else ""
            told = _columns(frame, names, columns)
            sheets.append(
                sheet_of(len(sheets) + 1, f"{key}{which}", f"{head}{between}", f"{what}{between}", told)
            )
    cover = [Line("About these data", "heading"), *(Line(one_line(note)) for note in notes)]
    if imprint.sentence:
        cover += [Line("Who made this file", "heading"), Line(one_line(imprint.sentence))]
    book = Workbook(
        title=one_line(title),
        author=imprint.author or "stepup_equity",
        description=f"This file contains {len(sheets)} tables: cohorts beside each other.",
        sheets=tuple(sheets),
        cover=tuple(cover) if notes or imprint.sentence else (),
        shorthand=_SHORTHAND,
        banner=internal_banner(hides=any(map(_hides, tables.values()))),
    )
    return rendered(book)


def _hides(frame: pd.DataFrame) -> bool:
    """Whether a table lacks numbers that the published table it was made of hides."""
    return "status" in frame and bool(frame["status"].str.startswith(HIDDEN).any())


def _columns(
    frame: pd.DataFrame, names: Names, columns: tuple[tuple[str, str, int | None], ...]
) -> list[Column]:
    said = {
        "characteristic": [names.characteristic(str(name)) for name in frame["characteristic"]],
        "gate": [names.gate(str(gate)) if gate else "All gates" for gate in frame.get("gate", ())],
    }
    about = [(name, head, None) for name, head in _ABOUT if name in frame]
    return [
        Column(head, tuple(_cell(value, decimals) for value in said.get(name, frame[name])), decimals)
        for name, head, decimals in (*about, *columns)
        if name in frame
    ]


def _cell(value: object, decimals: int | None) -> Value:
    """A value as a cell: shorthand where there is no number, ``None`` where there is nothing to say."""
    if decimals is None:
        return one_line(str(value)) if str(value).strip() else "None"
    number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return _NONE
    if math.isinf(number):
        return _NO_LIMIT
    return int(number) if decimals == 0 else number
