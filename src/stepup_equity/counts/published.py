"""Counts from a published table: laid out in any way that is known, one characteristic or several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts.agreement import Margin, agreeing, without_overlaps
from stepup_equity.counts.funnel import largest_of
from stepup_equity.counts.hidden_groups import untold_in_some, with_cohorts
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.errors import ArgumentError, DataError, did_you_mean, listed
from stepup_equity.process import (
    Characteristic,
    Cohorts,
    Group,
    PeopleCounts,
    Programme,
    SelectionProcess,
    common_not_stated,
    is_refusal,
    no_stage,
    normalise,
)
from stepup_equity.process.exits import exit_code
from stepup_equity.process.phrases import plain_label
from stepup_equity.records.cells import Axis, CellTable, collapse, exits_of, furthest_of, in_print_order
from stepup_equity.records.people_counts import read_people_counts
from stepup_equity.records.printed.grid import Grid, grid_of_frame
from stepup_equity.records.printed.judged import Judged, growing, judged, leave_out_sums, note_refusals
from stepup_equity.records.printed.plain import header_of, printed_of
from stepup_equity.records.problems import Problems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.records.printed.lines import Line, Printed


_TINY: Final = 100


def counts_from_table(
    frame: pd.DataFrame, process: SelectionProcess | Programme | None = None
) -> StageCounts:
    """Counts from a published table; see `StageCounts.from_table`."""
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame is a {type(frame).__name__}. Give a pandas DataFrame.")
    problems = Problems()
    _question_points(frame, problems)
    counts = counts_from_grid(grid_of_frame(frame), process, problems)
    if counts is None:
        raise DataError(problems.refusal("The table"), problems.frame())
    return counts


def counts_from_grid(
    grid: Grid,
    process: SelectionProcess | Programme | None,
    problems: Problems,
    *,
    cohort_label: str = "",
) -> StageCounts | None:
    """Counts from a table as it is printed; None (and problems) where it is refused.

    Parameters
    ----------
    grid : Grid
    process : SelectionProcess or Programme, optional
    problems : Problems
        Takes what is noticed.
    cohort_label : str
        Name of the one cohort of a table that names none.

    Raises
    ------
    DataError
        Where its layout is not understood.
    """
    programme = process if isinstance(process, Programme) else None
    if programme is not None and isinstance(programme.reading.progress, PeopleCounts):
        found = _counted_by_outcome(grid, programme, problems)
        if found is None:
            return None
        lines, numbers = found
        return _assemble(_named(lines, cohort_label), numbers, programme.process, programme, problems)
    selection = process.process if isinstance(process, Programme) else process
    printed = _with_stages(_without_marks(printed_of(grid)), selection)
    _refuse_gaps(printed)
    table = judged(printed, problems, groups=_declared_groups(programme))
    if table is not None:
        _refuse_few_stages(table, printed)
        if not problems.has_errors:
            _refuse_growth(table, problems)
    if table is None or problems.has_errors:
        return None
    selection = selection or SelectionProcess.from_keys(table.stages)
    lines = _named(table.lines, cohort_label)
    return _assemble(lines, _ended_of(table), selection, programme, problems)


def _declared_groups(programme: Programme | None) -> frozenset[tuple[str, str]]:
    """Characteristic and label, normalised, of every group that a programme declares in detail."""
    return frozenset(
        (normalise(name), normalise(label))
        for one in (programme.characteristics if programme else ())
        for name in (one.name, one.label)
        for label in one.labels
    )


def _named(lines: tuple[Line, ...], cohort_label: str) -> tuple[Line, ...]:
    """Lines of a table without cohorts, in the one that was given."""
    if not cohort_label:
        return lines
    if any(line.cohort for line in lines):
        raise DataError(
            f"The table has cohorts of its own, and the name {cohort_label!r} was given for all of it. "
            "Leave out one of the two."
        )
    return tuple(replace(line, cohort=cohort_label) for line in lines)


def _question_points(frame: pd.DataFrame, problems: Problems) -> None:
    """Columns of decimals that are all whole: pandas reads 2.000 for two thousand as two.

    Beside columns of whole numbers, and with less than a hundred people throughout, they are refused.
    """
    numeric = [i for i in range(frame.shape[1]) if pd.api.types.is_numeric_dtype(frame.dtypes.iloc[i])]
    small = [
        i
        for i in numeric
        if pd.api.types.is_float_dtype(frame.dtypes.iloc[i])
        and frame.iloc[:, i].notna().all()
        and (frame.iloc[:, i] % 1 == 0).all()
        and (frame.iloc[:, i] < 1000).all()
        and (frame.iloc[:, i] > 0).any()
    ]
    if small:
        tiny = all((frame.iloc[:, i] < _TINY).all() for i in small)
        problems.add(
            "error" if tiny and len(small) < len(numeric) else "warning",
            "decimals_all_whole",
            ", ".join(str(frame.columns[i]) for i in small),
            "decimal numbers that are all whole: where the file prints 2.000 for two thousand, they "
            "were read "
            "as two.",
            remedy="Read the file with dtype=str, or make the column whole numbers with .astype(int).",
        )


@dataclass(frozen=True)
class _Ended:
    """People of each line of a table, by how far they got and why no further.

    Attributes
    ----------
    furthest, exit : ndarray of int, shape (n_outcomes,)
    people : ndarray of int64, shape (n_lines, n_outcomes)
    hidden : frozenset of str
        Characteristics with hidden numbers.
    gone : frozenset of (str, str, str)
        Cohort, characteristic and label of groups that are hidden whole.
    """

    furthest: NDArray[np.int8]
    exit: NDArray[np.int8]
    people: Ints
    hidden: frozenset[str] = frozenset()
    gone: frozenset[tuple[str, str, str]] = frozenset()


def _ended_of(table: Judged) -> _Ended:
    """Numbers who reached each stage as numbers who got no further; hidden behind a hidden number."""
    known, n_stages = table.people >= 0, table.people.shape[1]
    reached = table.people.clip(0)
    following = np.concatenate([reached[:, 1:], np.zeros((len(reached), 1), np.int64)], axis=1)
    shown = np.concatenate([known[:, 1:], np.ones((len(known), 1), bool)], axis=1)
    ended = np.where(known & shown, reached - following, 0)
    furthest = np.arange(n_stages, dtype=np.int8)
    exits = np.where(furthest == n_stages - 1, 0, exit_code("not_recorded")).astype(np.int8)
    whole = frozenset(name for _, name, _ in table.gone)
    if known.all():
        return _Ended(furthest, exits, ended, whole, table.gone)
    untold = np.where(known & ~shown, reached, 0)[:, :-1]
    hidden = np.full(n_stages - 1, exit_code("hidden"), np.int8)
    some = {line.characteristic for line, row in zip(table.lines, known, strict=True) if not row.all()}
    return _Ended(
        np.concatenate([furthest, furthest[:-1]]),
        np.concatenate([exits, hidden]),
        np.concatenate([ended, untold], axis=1),
        whole | some,
        table.gone,
    )


def _counted_by_outcome(
    grid: Grid, programme: Programme, problems: Problems
) -> tuple[tuple[Line, ...], _Ended] | None:
    """Keys of the table, and its numbers by the outcomes that the programme declares."""
    head = header_of(grid)
    if head is None:
        raise DataError(
            "The table has no columns 'characteristic' and 'group'. With a programme whose columns are "
            "numbers of people, each row names its characteristic and its group; or give the file to "
            "read_applicants, with a column for each characteristic."
        )
    printed = printed_of(Grid((grid.rows[head], *grid.rows[head + 1 :]), grid.name))
    numbers = {line.row for line in printed.lines}
    rows = [row for row in grid.rows[head + 1 :] if row.number in numbers]
    names = list(grid.rows[head].texts)
    table = pd.DataFrame([row.cells for row in rows], columns=names)
    table.index = pd.Index([row.number for row in rows])
    found = read_people_counts(table, programme, problems)
    if found is None or problems.has_errors:
        return None
    outcomes, people, untold = found
    furthest, exits = furthest_of(outcomes), exits_of(outcomes)
    reached = np.column_stack([people[:, furthest >= stage].sum(axis=1) for stage in sorted(set(furthest))])
    kept_lines, _ = leave_out_sums(printed.lines, reached, problems, groups=_declared_groups(programme))
    place = {id(line): i for i, line in enumerate(printed.lines)}
    gone = frozenset(
        (line.cohort, line.characteristic, line.group) for line in kept_lines if untold[place[id(line)]]
    )
    some = {name for _, name, _ in gone}
    kept_lines = tuple(line for line in kept_lines if not untold[place[id(line)]])
    people = people[[place[id(line)] for line in kept_lines]]
    for line, row in zip(kept_lines, people[:, exits == exit_code("hidden")], strict=True):
        if row.any():
            some.add(line.characteristic)
    return kept_lines, _Ended(furthest.astype(np.int8), exits.astype(np.int8), people, frozenset(some), gone)


def _without_marks(printed: Printed) -> Printed:
    """The table with stages that are called without footnote marks: next year's note has another number."""
    plain = tuple(map(plain_label, printed.stages))
    return replace(printed, stages=plain) if len(set(plain)) == len(set(printed.stages)) else printed


def _with_stages(printed: Printed, process: SelectionProcess | None) -> Printed:
    """The table with the stages of a process, in its order; their labels are understood as well as keys."""
    if process is None:
        return printed
    keys = {normalise(stage.label): stage.key for stage in process.stages}
    keys |= {normalise(key.replace("_", " ")): key for key in process.stage_keys}
    own = [keys.get(normalise(stage.replace("_", " ")), stage) for stage in printed.stages]
    unknown = [stage for stage in own if stage not in process.stage_keys]
    if unknown:
        raise DataError(
            f"The table has stages that {process.name!r} does not: {listed(unknown)}. "
            f"Its stages: {listed(process.stage_keys)}.{did_you_mean(unknown[0], process.stage_keys)}"
        )
    absent = [stage for stage in process.stage_keys if stage not in own]
    if absent:
        raise DataError(
            f"The table lacks stages of {process.name!r}: {listed(absent)}. "
            "Add them, or leave process out to take the stages of the table."
        )
    order = [own.index(key) for key in process.stage_keys]
    lines = tuple(replace(line, cells=tuple(line.cells[i] for i in order)) for line in printed.lines)
    return replace(printed, stages=process.stage_keys, lines=lines)


def _refuse_gaps(printed: Printed) -> None:
    """Lines without a characteristic, groups that stand twice, and groups of two broad groups."""
    parents: dict[tuple[str, str], set[str]] = {}
    met: set[tuple[str, str, str]] = set()
    for line in printed.lines:
        if not line.characteristic:
            raise DataError(f"Column 'characteristic' is blank in row {line.row}. Fill it in.")
        parents.setdefault((line.characteristic, line.group), set()).add(line.parent)
        if (key := (line.cohort, line.characteristic, line.group)) in met:
            raise DataError(
                f"The table has a group twice, second in row {line.row} (group {line.group!r}). Keep one row "
                "for each."
            )
        met.add(key)
    for (characteristic, group), several in parents.items():
        if len(several) > 1:
            raise DataError(
                f"Characteristic {characteristic!r}: group {group!r} has more than one parent: "
                f"{listed(sorted(several))}. Give the same one in all its rows."
            )
    counted = [stage for stage in printed.stages if no_stage(stage) != "percentage"]  # others are left out
    twice = [stage for stage in dict.fromkeys(counted) if counted.count(stage) > 1]
    if twice:
        raise DataError(
            f"The table has more than one column {twice[0]!r}. Give each stage its own heading, and years a "
            "row of headings above."
        )


def _refuse_few_stages(table: Judged, printed: Printed) -> None:
    if len(table.stages) < 2:
        others = [stage for stage in printed.stages if stage not in table.stages]
        found = f"{len(table.stages)} stage: {listed(table.stages)}" if table.stages else "no stage"
        raise DataError(
            f"The table has {found}. A selection needs two or "
            "more: columns 'stage' and 'reached', or one column for each stage."
            f"{f' Taken for no stage: {listed(others)}.' if others else ''}"
        )


def _refuse_growth(table: Judged, problems: Problems) -> None:
    if (bad := growing(table)) is not None:
        line, stage = table.lines[bad[0]], bad[1]
        problems.add(
            "error",
            "numbers_grow",
            table.stages[stage],
            f"group {line.group!r} has more people who reached {table.stages[stage]!r} than "
            f"{table.stages[stage - 1]!r}. Each stage holds those who reached it, so numbers never grow.",
            rows=[line.row],
            count=1,
            remedy="Check the order of the stages.",
        )


def _assemble(
    lines: tuple[Line, ...],
    numbers: _Ended,
    process: SelectionProcess,
    programme: Programme | None,
    problems: Problems,
) -> StageCounts | None:
    named = programme.cohorts if programme else Cohorts()
    lines = with_cohorts(lines, named)
    cohorts = in_print_order(tuple({line.cohort for line in lines if line.cohort}), "cohort")
    note_refusals(lines, _spellings(programme), problems)
    margins = without_overlaps(_margins(lines, numbers, cohorts), max(len(cohorts), 1), problems)
    stages = [process.stage_keys[stage] for stage in numbers.furthest]
    added = [] if problems.has_errors else agreeing(margins, cohorts, stages, problems)
    if problems.has_errors:
        return None
    declared = [_declared(margin, lines, programme) for margin in margins]
    tables = [
        _cells(_by_group(margin, characteristic, len(cohorts), more), numbers, characteristic, cohorts)
        for margin, characteristic, more in zip(margins, declared, added, strict=True)
    ]
    order = sorted(range(len(tables)), key=lambda i: (-tables[i].people, margins[i].hidden))
    whole = tuple(tables[i] for i in order)
    if programme is None:
        own = Programme("published_table", process.name, process, tuple(declared))
    else:
        others = [c for c in programme.characteristics if c.name not in {d.name for d in declared}]
        own = replace(programme, characteristics=(*declared, *others))
    notes = problems.frame().query("severity == 'warning'").drop_duplicates("problem").set_index("problem")
    beyond = tuple(notes.index[notes["code"] == "group_hidden"])  # a publication, too, is without them
    gone = untold_in_some(numbers.gone, margins, declared, named)
    return StageCounts(own, whole, notes=tuple(notes.index), declared=beyond, untold=gone)


def _spellings(programme: Programme | None) -> frozenset[str]:
    """Labels about which nothing need be said: those of code lists, and those that a programme declares."""
    known = common_not_stated() | {normalise(NOT_STATED)}
    if programme is None:
        return known
    return known.union(*(one.spellings for one in programme.characteristics))


def _margins(lines: tuple[Line, ...], numbers: _Ended, cohorts: tuple[str, ...]) -> list[Margin]:
    found = []
    for name in dict.fromkeys(line.characteristic for line in lines):
        at = [i for i, line in enumerate(lines) if line.characteristic == name]
        found.append(
            Margin(
                name,
                tuple(lines[i].group for i in at),
                tuple(lines[i].row for i in at),
                np.array([cohorts.index(lines[i].cohort) if cohorts else 0 for i in at], np.intp),
                numbers.people[at],
                name in numbers.hidden,
            )
        )
    return found


def _declared(margin: Margin, lines: tuple[Line, ...], programme: Programme | None) -> Characteristic:
    """The programme's characteristic of this name, column or label; else one as the table shows it."""
    wanted = normalise(margin.name.replace("_", " "))
    for one in programme.characteristics if programme else ():
        if wanted in {normalise(text.replace("_", " ")) for text in (one.name, one.label, one.column)}:
            return one
    return _declare(margin, {line.group: line.parent for line in lines if line.characteristic == margin.name})


def _declare(margin: Margin, parents: dict[str, str]) -> Characteristic:
    """A characteristic as the table shows it: groups in its order, the largest stated group the reference."""
    labels = list(dict.fromkeys(margin.labels))
    stated = [label for label in labels if label and not is_refusal(label)]
    sizes = dict.fromkeys(stated, 0)
    for label, people in zip(margin.labels, margin.people.sum(axis=1).tolist(), strict=True):
        if label in sizes:
            sizes[label] += people
    largest = stated[largest_of(stated, [sizes[label] for label in stated])] if stated else None
    title = margin.name.replace("_", " ")
    return Characteristic(
        name=margin.name,
        label=title[:1].upper() + title[1:],
        groups=tuple(Group(label, parents.get(label) or None) for label in stated),
        reference=largest if largest is not None and sizes[largest] > 0 else None,
        not_stated=tuple(label for label in labels if label not in sizes and label),
        show_empty=True,
        found=True,
    )


def _by_group(margin: Margin, declared: Characteristic, cohorts: int, added: Ints) -> Ints:
    """People by cohort, group (*Not stated* last) and outcome."""
    last = len(declared.groups)
    found = np.zeros((max(cohorts, 1), last + 1, margin.people.shape[1]), np.int64)
    for cohort, raw, row, people in zip(
        margin.cohort, margin.labels, margin.rows, margin.people, strict=True
    ):
        key = normalise(raw)
        if key not in declared.spellings and not is_refusal(raw):
            raise DataError(
                f"Characteristic {declared.name!r} has a group that the programme does not know, in row "
                f"{row}. Groups: {listed(declared.labels)}. "
                "Correct it, or declare the spelling under synonyms."
            )
        label = declared.spellings.get(key)
        found[cohort, last if label is None else declared.labels.index(label)] += people
    found[:, last] += added
    return found


def _cells(people: Ints, numbers: _Ended, declared: Characteristic, cohorts: tuple[str, ...]) -> CellTable:
    cohort, group, outcome = (index.ravel() for index in np.indices(people.shape))
    axes = [Axis(declared.name, (*declared.labels, NOT_STATED), "characteristic")]
    codes: list[Any] = [group]
    if cohorts:
        axes.append(Axis("cohort", cohorts, "cohort"))
        codes.append(cohort)
    return collapse(
        tuple(axes),
        np.column_stack(codes).astype(np.int32),
        numbers.furthest[outcome],
        numbers.exit[outcome],
        people.ravel(),
    )
