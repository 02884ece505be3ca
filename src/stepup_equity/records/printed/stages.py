"""Which columns of a published table count people who reached a stage; the others are named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import listed
from stepup_equity.process import no_stage
from stepup_equity.process.toml_out import toml_text
from stepup_equity.records.printed.lines import rows_of
from stepup_equity.records.printed.numbers import FRACTION, Convention, convention_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.records.printed.lines import Printed
    from stepup_equity.records.problems import Problems


_KINDS: Final = {"percentage": "percentages", "average": "averages or ages", "total": "a total"}
_ROUND: Final = (100, 1000, 10_000)
_ENOUGH: Final = 30


def convention_in(printed: Printed, problems: Problems) -> Convention:
    """How the table writes its numbers; two ways at once are a problem."""
    cells = [cell for line in printed.lines for cell in line.cells]
    convention = convention_of(cells)
    if convention.doubt:
        found = " and ".join(map(repr, convention.doubt))
        rows = rows_of(
            line for line in printed.lines if any(str(c).strip() in convention.doubt for c in line.cells)
        )
        two = len(convention.doubt) > 1
        problems.add(
            "error",
            "numbers_two_ways",
            "",
            f"numbers that can be read in two ways: {found} "
            f"{'cannot both be right' if two else 'may be thousands or have decimals'}.",
            rows=rows,
            count=len(rows),
            possible="1,234 or 1.234 or 1 234 or 1234, one way throughout",
            remedy="Write numbers of people without marks: 1234.",
        )
    points = [cell for cell in cells if isinstance(cell, str) and "." in cell]
    if convention.decimal == "," and "." in convention.thousands and points and not convention.doubt:
        problems.add(
            "note",
            "points_part_thousands",
            "",
            f"points stand between thousands: {points[0].strip()!r} was read as "
            f"{convention.people(points[0]):,}.",
            remedy="Nothing needs doing, unless they are decimal points.",
        )
    return convention


def people_in(printed: Printed, convention: Convention) -> Ints:
    """Numbers of people, shape (n_lines, n_stages); negative for why there is none, as in `Convention`."""
    cells = [[convention.people(cell) for cell in line.cells] for line in printed.lines]
    return np.array(cells, np.int64).reshape(len(cells), len(printed.stages))


def stages_alone(printed: Printed, convention: Convention, problems: Problems) -> Printed:
    """The table without the columns that hold percentages, averages and totals; those who left are refused.

    A column is judged by its heading; one whose cells are percentages, beside two others of whole numbers
    at least, by its cells.
    """
    people = people_in(printed, convention)
    left: dict[int, str] = {}
    for i, stage in enumerate(printed.stages):
        kind = no_stage(stage)
        if kind in ("percentage", "average") or (kind == "total" and not _is_first(i, left, people)):
            left[i] = str(kind)
    whole = [i for i in range(len(printed.stages)) if i not in left and (people[:, i] != FRACTION).all()]
    for i in range(len(printed.stages)):
        shares = [line.cells[i] for line in printed.lines if "%" in str(line.cells[i])]
        if i not in left and len(whole) > 1 and len(shares) * 2 > len(printed.lines):
            left[i] = "percentage"
    _refuse_exits(printed, [i for i in range(len(printed.stages)) if i not in left], problems)
    named = [*printed.left_out, *((printed.stages[i], kind) for i, kind in left.items())]
    for stage, what in named:
        problems.add(
            "warning",
            "column_left_out",
            stage,
            f"{stage!r} holds {_KINDS[what]} by its heading or its cells, so it is taken for no stage "
            f"and left "
            "out.",
            remedy="Nothing needs doing, unless it counts people who reached a stage: then give it another "
            "heading.",
        )
    kept = [i for i in range(len(printed.stages)) if i not in left]
    lines = tuple(replace(line, cells=tuple(line.cells[i] for i in kept)) for line in printed.lines)
    return replace(printed, stages=tuple(printed.stages[i] for i in kept), lines=lines)


def _is_first(column: int, left: dict[int, str], people: Ints) -> bool:
    """Whether a column of totals is the number who applied: nothing but left-out columns before it."""
    rest = [i for i in range(people.shape[1]) if i > column]
    if any(i not in left for i in range(column)) or not rest:
        return False
    return bool((people[:, column] >= people[:, rest].max(axis=1)).all())


def _refuse_exits(printed: Printed, kept: list[int], problems: Problems) -> None:
    """Columns of people who failed, withdrew or were rejected: they reached the stage before, not this."""
    exits = [printed.stages[i] for i in kept if no_stage(printed.stages[i]) == "exit"]
    if not exits:
        return
    lines = ", ".join(toml_text(one) for one in exits[:3])
    problems.add(
        "error",
        "column_of_exits",
        ", ".join(exits),
        f"{listed(exits, most=6)} "
        f"{'counts' if len(exits) == 1 else 'count'} people who left, by the heading: no stage that people "
        "reached.",
        possible="columns with the number of people who reached each stage",
        remedy="Give the numbers who reached each stage; or describe the table in a programme with "
        '[reading.progress] kind = "counts" and, under [reading.progress.outcomes.STAGE], for example '
        f"rejected = [{lines}].",
    )


def question_numbers(
    stages: tuple[str, ...], groups: list[NDArray[np.intp]], people: Ints, problems: Problems
) -> None:
    """Question whole numbers that look like percentages, and refuse columns that add up to the first.

    Parameters
    ----------
    stages : tuple of str
    groups : list of ndarray
        Lines of each characteristic and cohort, totals left out.
    people : ndarray of int64, shape (n_lines, n_stages)
    """
    several = [people[rows] for rows in groups if len(rows) > 1]
    if not several:
        return
    starts = [block[:, 0] for block in several]
    if any(all((start == number).all() for start in starts) for number in _ROUND):
        many = people.shape[1] > 2 and max(map(len, several)) > 2
        _percentages(problems, stages[0], f"every group starts at {starts[0][0]:,}", sure=many)
    elif all(_adds_to_hundred(block) for block in several):
        _percentages(problems, stages[0], "every column adds up to 100", sure=True)
    elif people.shape[1] > 2 and _parts_of_first(people):
        problems.add(
            "error",
            "columns_add_up",
            stages[0],
            f"in every row the columns behind {stages[0]!r} add up to it, so they seem to part people by how "
            "they ended, not to count who reached each stage.",
            possible="columns with the number of people who reached each stage",
            remedy='Describe the table in a programme with [reading.progress] kind = "counts" and '
            "[reading.progress.outcomes.STAGE], which names what each column counts.",
        )


def _percentages(problems: Problems, column: str, why: str, *, sure: bool) -> None:
    """Two groups of 100 may be people, and are asked about; three groups of 100 at three stages are not."""
    problems.add(
        "error" if sure else "warning",
        "perhaps_percentages",
        column,
        f"{why}, so these seem to be percentages and not numbers of people.",
        possible="numbers of people",
        remedy="Give the numbers of people. If they are people, describe the table in a programme with "
        '[reading.progress] kind = "counts".',
    )


def _adds_to_hundred(block: Ints) -> bool:
    shown = (block >= 0).all(axis=0)
    sums = block[:, shown].sum(axis=0)
    return bool(shown.sum() > 1 and (np.abs(sums - 100) <= 1).all())


def _parts_of_first(people: Ints) -> bool:
    """Whether every row adds up, and that of two at least, which no row says that stops at its first gate."""
    known = people[(people >= 0).all(axis=1)]
    telling = (known[:, 1:] > 0).sum(axis=1) > 1
    if telling.sum() < 2 or known[:, 0].sum() < _ENOUGH:
        return False
    return bool((known[:, 1:].sum(axis=1) == known[:, 0]).all() and (known[:, 1:] > 0).any(axis=0).all())
