"""A published table judged: its numbers read, its totals left out, and everything noticed as problems."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import listed
from stepup_equity.process import is_refusal, is_total, looks_like_refusal, normalise
from stepup_equity.records.printed.lines import rows_of
from stepup_equity.records.printed.numbers import BAD_CELLS, HIDDEN, WHOLE_OR_HIDDEN
from stepup_equity.records.printed.stages import convention_in, people_in, question_numbers, stages_alone
from stepup_equity.records.printed.sums import Sum, sums_among

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.records.printed.lines import Line, Printed
    from stepup_equity.records.problems import Problems


@dataclass(frozen=True, eq=False)
class Judged:
    """Groups that count, and their numbers.

    Attributes
    ----------
    stages : tuple of str
    lines : tuple of Line
    people : ndarray of int64, shape (n_lines, n_stages)
        `HIDDEN` from the first stage on whose number the table does not show.
    gone : frozenset of (str, str, str)
        Cohort, characteristic and label of groups left out, since not even how many applied is shown.
    """

    stages: tuple[str, ...]
    lines: tuple[Line, ...]
    people: Ints
    gone: frozenset[tuple[str, str, str]]


def judged(
    printed: Printed,
    problems: Problems,
    *,
    declared: bool = False,
    groups: Collection[tuple[str, str]] = (),
) -> Judged | None:
    """Judge a table; None (and problems) where its numbers cannot be read.

    Parameters
    ----------
    printed : Printed
    problems : Problems
        Takes what is noticed.
    declared : bool
        Whether a programme says what the columns are, so that their headings are not questioned.
    groups : collection of (str, str)
        As `leave_out_sums` takes them.
    """
    convention = convention_in(printed, problems)
    if not declared:
        printed = stages_alone(printed, convention, problems)
    people = people_in(printed, convention)
    _bad_cells(printed, people, problems)
    if problems.has_errors:
        return None
    if not printed.stages:
        return Judged((), printed.lines, people, frozenset())
    lines, people = leave_out_sums(printed.lines, people, problems, groups=groups)
    blocks = _blocks(lines)
    if not declared:
        question_numbers(printed.stages, blocks, people, problems)
    return _without_hidden(printed.stages, lines, people, problems)


def _bad_cells(printed: Printed, people: Ints, problems: Problems) -> None:
    for column, stage in enumerate(printed.stages):
        numbers = people[:, column]
        for code, found in BAD_CELLS.items():
            if (bad := np.flatnonzero(numbers == code)).size:
                problems.add(
                    "error",
                    found.kind,
                    stage,
                    found.sentence,
                    rows=(rows := rows_of(printed.lines[i] for i in bad)),
                    count=len(rows),
                    possible=WHOLE_OR_HIDDEN,
                    remedy=found.remedy,
                )


def _blocks(lines: tuple[Line, ...]) -> list[NDArray[np.intp]]:
    """Positions of the lines of each characteristic in each cohort."""
    keys: dict[tuple[str, str], list[int]] = {}
    for i, line in enumerate(lines):
        keys.setdefault((line.cohort, line.characteristic), []).append(i)
    return [np.array(rows, np.intp) for rows in keys.values()]


def leave_out_sums(
    lines: tuple[Line, ...],
    people: Ints,
    problems: Problems,
    *,
    crossed: bool = False,
    groups: Collection[tuple[str, str]] = (),
) -> tuple[tuple[Line, ...], Ints]:
    """The lines that are groups; totals and subtotals are named and left out. See `sums_among`.

    A characteristic and a label among `groups`, both normalised, are declared: "N" may be an answer.
    """
    out: set[int] = set()
    said: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for block in _blocks(lines):
        first = lines[block[0]]
        if (is_total(first.cohort) or is_total(first.characteristic.replace("_", " "))) and _others(
            first, lines
        ):
            out.update(block.tolist())
            whole = first.cohort if is_total(first.cohort) else first.characteristic
            said.setdefault(("total_left_out", first.characteristic), []).append(
                (first.row, f"{whole!r} of all others")
            )
            continue
        known = [
            at
            for at, i in enumerate(block)
            if (normalise(lines[i].characteristic), normalise(lines[i].group)) in groups
        ]
        labels = [lines[i].group for i in block]
        for one in sums_among(labels, people[block], crossed=crossed, groups=known):
            row, parts = int(block[one.row]), [int(block[part]) for part in one.parts]
            for code, words in _said(one, lines, people, row, parts):
                said.setdefault((code, first.characteristic), []).append((lines[row].row, words))
            if one.sure:
                out.add(row)
    _note_sums(said, problems)
    kept = [i for i in range(len(lines)) if i not in out]
    if not kept:
        problems.add(
            "error",
            "only_totals",
            "",
            "every row is a total, by its label.",
            possible="a row for each group",
            remedy="Give the groups of a characteristic, such as Female and Male.",
        )
    return tuple(lines[i] for i in kept), people[kept]


def _others(first: Line, lines: tuple[Line, ...]) -> bool:
    """Whether there is anything that a whole cohort or characteristic may be the total of."""
    if is_total(first.cohort):
        return any(line.cohort and not is_total(line.cohort) for line in lines)
    return any(not is_total(line.characteristic.replace("_", " ")) for line in lines)


def _said(
    one: Sum, lines: tuple[Line, ...], people: Ints, row: int, parts: list[int]
) -> list[tuple[str, str]]:
    """Code and words of what is said of one sum."""
    line = lines[row]
    label, some = repr(line.group or "(no label)"), listed([lines[part].group for part in parts], most=6)
    if not one.sure:
        everywhere = bool((people[[row, *parts]] >= 0).all())
        where = "at every stage" if everywhere else "wherever none of these numbers is hidden"
        return [("perhaps_subtotal", f"{label} has as many people as {some} together, {where}")]
    total = is_total(line.group) or not line.group
    every = "the groups" if len(parts) > 6 or not parts else some
    said = [("total_left_out" if total else "subtotal_left_out", f"{label} of {every}")]
    shown = bool((people[[row, *parts], 0] >= 0).all())
    sums = int(people[parts, 0].sum()) if parts else 0
    if parts and shown and total and sums - people[row, 0] > _room(people[[row, *parts], 0]):
        code = "groups_exceed_total"
        return [(code, f"{label} says {people[row, 0]:,}, its groups add up to {sums:,}")]
    if parts and shown and sums != people[row, 0]:
        said.append(("total_disagrees", f"{label} says {people[row, 0]:,}, its groups add up to {sums:,}"))
    return said


_BASES: Final = (100, 50, 20, 10, 5, 3)
_MORE, _MORE_PEOPLE = 0.02, 5


def _room(numbers: Ints) -> float:
    """How far groups may add up to more than their total, which comes first: by rounding, or a slip."""
    base = next((base for base in _BASES if (numbers % base == 0).all()), 1)
    return max(base * len(numbers) / 2, _MORE * int(numbers[0]) + _MORE_PEOPLE)


_SUMS: Final = {
    "groups_exceed_total": (
        "there are more people in the groups than in their total, so people stand in several of them",
        (
            "Give people who gave several answers a group of their own, so that each stands in one row; or "
            "leave this characteristic out."
        ),
    ),
    "total_left_out": (
        "rows that are totals of others are left out, since their people would count twice",
        "Nothing needs doing, unless one is a group of its own: then give it another label.",
    ),
    "subtotal_left_out": (
        "rows that are sums of others are left out, since their people would count twice",
        "Nothing needs doing, unless one is a group of its own: then give it another label.",
    ),
    "perhaps_subtotal": (
        "a group may be a subtotal, whose people would count twice",
        "Leave it out if it is one.",
    ),
    "total_disagrees": (
        "a total is not the sum of its groups",
        (
            "Check that every group has its row: the table may be rounded, hide groups, or count "
            "people twice. "
            "The groups are counted, the total is not."
        ),
    ),
}


def _note_sums(said: dict[tuple[str, str], list[tuple[int, str]]], problems: Problems) -> None:
    for (code, characteristic), found in said.items():
        sentence, remedy = _SUMS[code]
        words = "; ".join(dict.fromkeys(words for _, words in found))
        rows = sorted({row for row, _ in found})
        problems.add(
            "error" if code == "groups_exceed_total" else "warning",
            code,
            characteristic,
            f"in {characteristic!r} {sentence}: {words}.",
            rows=rows,
            count=len(rows),
            remedy=remedy,
        )


def _without_hidden(
    stages: tuple[str, ...], lines: tuple[Line, ...], people: Ints, problems: Problems
) -> Judged:
    """Numbers behind a hidden one are not used, and groups whose applicants are hidden are left out."""
    behind = np.maximum.accumulate(people == HIDDEN, axis=1)
    unused = behind & (people != HIDDEN)
    people = np.where(behind, HIDDEN, people)
    gone = people[:, 0] == HIDDEN
    for code, rows, sentence in (
        (
            "numbers_hidden",
            np.flatnonzero(behind[:, -1] & ~gone),
            (
                "hidden numbers: of these groups is counted what is shown before them, and neither a rate "
                "nor a total is worked out from what is hidden"
            ),
        ),
        (
            "group_hidden",
            np.flatnonzero(gone),
            (
                f"groups whose number at {stages[0]!r} the published table hides are left out, and totals "
                "may be without them"
            ),
        ),
    ):
        if rows.size:
            named = listed(dict.fromkeys(lines[i].group for i in rows), most=8)
            lost = " Numbers behind a hidden one are not used." if unused[rows].any() else ""
            lost += _nothing_left(lines, gone) if code == "group_hidden" else ""
            problems.add(
                "warning",
                code,
                ", ".join(dict.fromkeys(lines[i].characteristic for i in rows)),
                f"{sentence}: {named}.{lost}",
                rows=(at := rows_of(lines[i] for i in rows)),
                count=len(at),
                remedy="Nothing needs doing: what is hidden stays unknown.",
            )
    kept = np.flatnonzero(~gone)
    missing = frozenset(
        (lines[i].cohort, lines[i].characteristic, lines[i].group) for i in np.flatnonzero(gone)
    )
    return Judged(stages, tuple(lines[i] for i in kept), people[kept], missing)


def _nothing_left(lines: tuple[Line, ...], gone: NDArray[np.bool_]) -> str:
    """Which cohorts have no group whose applicants are shown."""
    left = {line.cohort for line, out in zip(lines, gone.tolist(), strict=True) if not out}
    without = [cohort for cohort in dict.fromkeys(line.cohort for line in lines) if cohort not in left]
    named = [cohort for cohort in without if cohort]
    return f" Left out whole, since it hides all of them: {listed(named)}." if named else ""


def growing(found: Judged) -> tuple[int, int] | None:
    """The first line and stage with more people than the stage before; None where there is none."""
    for before, after in itertools.pairwise(range(len(found.stages))):
        known = found.people[:, after] >= 0
        more = np.flatnonzero(known & (found.people[:, after] > found.people[:, before]))
        if more.size:
            return int(more[0]), after
    return None


def note_refusals(lines: tuple[Line, ...], known: frozenset[str], problems: Problems) -> None:
    """Say which labels are read as *Not stated* without standing in a list, and ask about those like one."""
    read = [line for line in lines if line.group and normalise(line.group) not in known]
    refused = [line for line in read if is_refusal(line.group)]
    asked = [line for line in read if looks_like_refusal(line.group)]
    if refused:
        problems.add(
            "note",
            "refusal_read",
            ", ".join(dict.fromkeys(line.characteristic for line in refused)),
            f"labels that say the question was not answered are read as {NOT_STATED!r}: "
            f"{listed(dict.fromkeys(line.group for line in refused), most=8)}.",
            rows=(at := rows_of(refused)),
            count=len(at),
            remedy="Nothing needs doing, unless one of them is an answer.",
        )
    if asked:
        problems.add(
            "warning",
            "perhaps_not_stated",
            ", ".join(dict.fromkeys(line.characteristic for line in asked)),
            f"labels that may say the question was not answered count as groups: "
            f"{listed(dict.fromkeys(line.group for line in asked), most=8)}.",
            rows=(at := rows_of(asked)),
            count=len(at),
            remedy=f"Where one means that nobody knows, write {NOT_STATED!r} in its place.",
        )
