"""The tables a policy team publishes each cohort, from a release and from nothing else.

Every cell is the text the release prints, turned back into a number where it is one, so that the workbook
can't say more than was audited.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.columns import ALL_APPLICANTS, OVERALL
from stepup_equity.disclosure import Release
from stepup_equity.disclosure.ledger import number_of
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import path_in
from stepup_equity.presentation.imprint import Imprint
from stepup_equity.presentation.workbook.cover import (
    NOTES,
    SIGNIFICANCE,
    banner,
    cover,
    of_whom,
    shorthand,
)
from stepup_equity.presentation.workbook.labels import distinct, identifier, one_line, sentence
from stepup_equity.spreadsheets.model import Column, Sheet, Table, Value, Workbook
from stepup_equity.words.names import capital, within

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable, Mapping, Sequence
    from pathlib import Path

    from stepup_equity.disclosure import PrintedTable


MADE_WITH: Final = "stepup_equity"
_RATE_NOTES: Final = "[note 1] [note 2]"
_TEST_NOTE: Final = "[note 3]"
BEFORE: Final = "At the stage before"
REACHED: Final = "Reached this stage"
RATE: Final = "Pass rate (%)"
LOWER: Final = "Lower end of its interval (%)"
UPPER: Final = "Upper end of its interval (%)"
OF_ALL: Final = "Reached it, of all who applied (%)"
OF_SETTLED: Final = "Reached it, of all who applied and do not wait (%)"
"""What the column of `OF_ALL` is called where somebody waits."""
SHARE: Final = "Share of those at this stage (%)"
COLUMNS: Final = {BEFORE: 0, REACHED: 0, RATE: 1, LOWER: 1, UPPER: 1, OF_ALL: 1, SHARE: 1}
"""The columns of numbers of a characteristic's table, with their decimals."""
_AT_THE_GATE: Final = {RATE: "pass_rate", LOWER: "wilson_low", UPPER: "wilson_high"}
_WHOLE: Final = "This is the total"


def write_workbook(
    path: str | os.PathLike[str],
    release: Release,
    *,
    author: str | None = None,
    contact: str | None = None,
    title: str | None = None,
    date: str | None = None,
) -> Path:
    """Write the tables a policy team publishes, as an accessible spreadsheet.

    One table for each characteristic: at each stage, how many of each group were at the stage before, how
    many went on, and the pass rate with its interval; the cumulative rate and the share of each group; the
    cohorts of a group under one another. Then tests as bands, and how many stated a group. Cover, contents
    and notes come with it.

    Prefer this to writing ``release.frame`` into a spreadsheet: the tables keep the Government Analysis
    Function's rules, labels never become formulas, and the same release gives the same bytes.

    Parameters
    ----------
    path : str or path
        Ends in ``.xlsx`` or ``.ods``; an existing file is replaced.
    release : Release
        From `protect`. Of policy ``"internal"``, every sheet is marked *not for publication*.
    author : str, optional
        Who publishes the file; goes into its properties and on the cover.
    contact : str, optional
        Where to write: an address of electronic mail, or one that starts with ``https://``, is a link;
        anything else is printed as it is.
    title : str, optional
        In place of the programme's name.
    date : str, optional
        Day of publication, as ``YYYY-MM-DD``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ArgumentError
        The path has another ending, or what is given is not a release.

    References
    ----------
    Government Analysis Function (2021), Releasing statistics in spreadsheets.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import stepup_equity as su
    >>> from stepup_equity.shipped import shipped
    >>> counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    >>> release = su.protect(counts, "publish", by=["gender"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = su.write_workbook(pathlib.Path(folder) / "tables.ods", release, author="Equality team")
    ...     len(su.lint_workbook(path))
    0
    """
    from stepup_equity.spreadsheets.rendered import RENDERERS

    path = path_in(path, argument="path", what="the path of an .xlsx or .ods file")
    render = RENDERERS.get(path.suffix.lower())
    if render is None:
        raise ArgumentError(
            f"path={path.name!r} doesn't say which spreadsheet to write. "
            f"Possible endings: {listed(RENDERERS)}."
        )
    render(workbook_of(release, author=author, contact=contact, title=title, date=date), path)
    return path


def workbook_of(
    release: Release,
    *,
    author: str | None = None,
    contact: str | None = None,
    title: str | None = None,
    date: str | None = None,
) -> Workbook:
    """The tables of `write_workbook`, not yet written.

    Parameters
    ----------
    release : Release
    author, contact, title, date : str, optional
        As in `write_workbook`.

    Returns
    -------
    Workbook
    """
    if not isinstance(release, Release):
        raise ArgumentError(
            f"A {type(release).__name__} can't be written as a workbook. Protect it first: "
            "su.write_workbook(path, su.protect(counts, policy)), with policy='internal' to hide nothing."
        )
    imprint = Imprint(*("" if text is None else text for text in (title, author, contact, date)))
    sheets: list[Sheet] = []
    for number, characteristic in enumerate(release.characteristics, start=1):
        sheets.append(_characteristic(release, characteristic, number))
    after = len(release.characteristics)
    sheets.append(_tests(release, after + 1))
    sheets.append(_declared(release, after + 2))
    return Workbook(
        title=one_line(imprint.title)
        if imprint.title
        else f"{one_line(release.title)}: who got through, by group",
        author=imprint.author or MADE_WITH,
        description=f"This file contains {len(sheets)} tables, {of_whom(release)}.",
        sheets=tuple(sheets),
        cover=cover(release, imprint),
        notes=NOTES,
        shorthand=shorthand(release),
        banner=banner(release),
    )


def _when(release: Release) -> str:
    """What a title says of the cohort where there is one; several have a column of their own."""
    named = [cohort for cohort in release.cohorts if cohort]
    return f", {one_line(named[0])}" if len(release.cohorts) == 1 and named else ""


def _characteristic(release: Release, name: str, number: int) -> Sheet:
    """The table of one characteristic: a row for each stage, group and cohort, each rate beside its counts.

    Groups stand under one another, so that a stage is compared at a glance; so do the cohorts of a group.
    """
    tables = [release.table(name, cohort=cohort) for cohort in release.cohorts]
    rows = _rows(tables)
    who = one_line(tables[0].label)
    columns = [
        Column("Stage", tuple(one_line(tables[0].stage_labels[row.stage]) for row in rows)),
        Column(capital(who), tuple(row.group for row in rows)),
    ]
    if any(parent for table in tables for parent in table.parents):
        columns.append(Column("Part of", tuple(row.part_of for row in rows)))
    if len(tables) > 1:
        columns.append(Column("Cohort", tuple(_cohort(row.table.cohort) for row in rows)))
    columns += [
        Column(
            OF_SETTLED if header == OF_ALL and release.layout.waiting else header,
            tuple(_number(row, header, release) for row in rows),
            decimals,
        )
        for header, decimals in COLUMNS.items()
    ]
    waiting = " and do not wait there" if release.layout.waiting else ""
    return sheet_of(
        number,
        f"stages_{identifier(name)}_{number}",
        f"How far each group got, by {within(who)}{_when(release)}",
        f"for each stage and group, how many were at the stage before{waiting}, how many of them went on to "
        f"it, and the pass rate with its interval {_RATE_NOTES}",
        columns,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A group at a stage in one printed table; everybody where ``at`` is None."""

    table: PrintedTable
    stage: int
    at: int | None

    @property
    def group(self) -> str:
        return ALL_APPLICANTS if self.at is None else self.table.groups[self.at]

    @property
    def part_of(self) -> str:
        return _WHOLE if self.at is None else self.table.parents[self.at] or ALL_APPLICANTS

    def text(self, measure: str, stage: int) -> str:
        """What is printed of it, at any stage."""
        found = self.table.total if self.at is None else self.table.measures
        return str(found[measure].text[self.at or 0, stage])

    @property
    def decided(self) -> float:
        """Of how many the pass rate into this stage is; NaN where that is hidden."""
        of = self.table.total_decided if self.at is None else self.table.decided
        return float(of[self.at or 0, self.stage - 1])


def _rows(tables: Sequence[PrintedTable]) -> list[_Row]:
    """Stage by stage every group, cohort under cohort, then everybody."""
    places = [
        {key: at for at, key in enumerate(zip(table.groups, table.parents, strict=True))} for table in tables
    ]
    keys = [*dict.fromkeys(key for place in places for key in place), None]
    return [
        _Row(table, stage, None if key is None else place[key])
        for stage in range(len(tables[0].stages))
        for key in keys
        for table, place in zip(tables, places, strict=True)
        if key is None or key in place
    ]


def _number(row: _Row, header: str, release: Release) -> Value:
    """What stands in a column of numbers; at the first stage nobody has passed a gate."""
    if header == REACHED:
        return _value(row.text("reached", row.stage), 0)
    if header == SHARE:
        return _value(row.text("share", row.stage), 1)
    if row.stage == 0:
        return release.policy.symbols.not_applicable
    if header == OF_ALL:
        return _value(row.text("cum_rate", row.stage), 1)
    if header == BEFORE:
        return release.policy.symbols.hidden if math.isnan(row.decided) else int(row.decided)
    return _value(row.text(_AT_THE_GATE[header], row.stage - 1), 1)


def _value(text: str, decimals: int) -> Value:
    """A printed text as the number it says, or as it is.

    >>> _value("1,234", 0), _value("12.3", 1), _value("[c]", 1)
    (1234, 12.3, '[c]')
    """
    number = number_of(text)
    if number is None:
        return text
    return number if decimals else int(number)


def _gate(before: str, after: str) -> str:
    """A gate in words, by the stages on both sides.

    >>> _gate("Eligible", "Passed screening")
    'From eligible to passed screening'
    """
    return f"From {within(before)} to {within(after)}"


def _cohort(label: str) -> str:
    return "All cohorts" if label == "All" else label or "Cohort not named"


def _tests(release: Release, number: int) -> Sheet:
    """Whether passing is associated with the group, as bands."""
    tests = release.tests.to_dict("records")
    labels = {name: one_line(label) for name, label in release.labels.items()}
    keys, stages = release.layout.stages, [one_line(stage) for stage in release.stage_labels]
    gates = {key: _gate(stages[s], stages[s + 1]) for s, key in enumerate(keys[1:])}
    gates[OVERALL] = f"The whole way: {_gate(stages[0], stages[-1]).lower()}"
    columns = [
        Column("Characteristic", tuple(labels.get(t["characteristic"], t["characteristic"]) for t in tests)),
        Column("Gate", tuple(gates[test["gate"]] for test in tests)),
        Column("Band of the adjusted p-value", tuple(test["band"] for test in tests)),
        Column("Significance", tuple(SIGNIFICANCE.get(test["band"], test["band"]) for test in tests)),
        Column("Groups compared", tuple(_tested(test, "groups") for test in tests), 0),
        Column("Hidden groups put together", tuple(_tested(test, "merged") for test in tests), 0),
        Column(
            "Remark", tuple(sentence(test["status"]) if test["status"] else "No remark." for test in tests)
        ),
    ]
    if len(release.cohorts) > 1:
        columns.insert(2, Column("Cohort", tuple(_cohort(test["cohort"]) for test in tests)))
    return sheet_of(
        number,
        "tests",
        f"Tests of whether passing is associated with the group{_when(release)}",
        f"for each characteristic and gate, whether pass rates differ by more than chance {_TEST_NOTE}",
        columns,
    )


def _tested(test: Mapping[Hashable, Any], what: str) -> Value:
    """A count of a test, or the symbol that stands where there is no test."""
    return int(test[what]) if test["groups"] else str(test["band"])


def _declared(release: Release, number: int) -> Sheet:
    """How many applicants stated a group, for each characteristic."""
    rows: list[tuple[str, str, Value, Value, Value, Value]] = []
    for name in release.characteristics:
        for cohort in release.cohorts:
            table = release.table(name, cohort=cohort)
            applied = _value(str(table.total["reached"].text[0, 0]), 0)
            missing, rate = _not_stated(table)
            stated: Value = release.policy.symbols.hidden
            if isinstance(applied, int) and isinstance(missing, int):
                stated = applied - missing
            declared = round(100 - rate, 1) if isinstance(rate, (int, float)) else rate
            rows.append((_cohort(cohort), one_line(table.label), applied, stated, missing, declared))
    cohorts, labels, applied_, stated_, missing_, declared_ = zip(*rows, strict=True)
    columns = [
        Column("Characteristic", labels),
        Column("Everybody who applied", applied_, 0),
        Column("Stated a group", stated_, 0),
        Column("Did not state a group", missing_, 0),
        Column("Stated a group (%)", declared_, 1),
    ]
    if len(release.cohorts) > 1:
        columns.insert(1, Column("Cohort", cohorts))
    return sheet_of(
        number,
        "declared",
        f"How many applicants stated a group{_when(release)}",
        "for each characteristic, how many applicants stated a group, and how many left the question open",
        columns,
    )


def _not_stated(table: PrintedTable) -> tuple[Value, Value]:
    """Those who stated no group: how many applied, and their share of everybody in per cent."""
    for i, stated in enumerate(table.stated):
        if not stated:
            return (
                _value(str(table.measures["reached"].text[i, 0]), 0),
                _value(str(table.measures["share"].text[i, 0]), 1),
            )
    return 0, 0.0


def sheet_of(number: int, table: str, title: str, what: str, columns: Sequence[Column]) -> Sheet:
    """A sheet of one table, every column under a head of its own."""
    headers = distinct([column.header for column in columns])
    columns = [replace(column, header=header) for column, header in zip(columns, headers, strict=True)]
    return Sheet(
        name=f"Table_{number}",
        title=f"Table {number}: {title}",
        description=f"This worksheet contains one table: {what}.",
        table=Table(table, tuple(columns)),
    )
