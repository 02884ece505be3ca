"""Records that were corrected or erased after their tables were published.

What was published cannot be called back, and whoever has both tables subtracts one from the other: the
difference is the record that was corrected. So a correction is published only where the difference is
protected as a count would be, and elsewhere the old print stands, *as first published*.

That is decided row by row. A row's numbers follow each other, so one that was half of each print would show
leavers and rates that never were. Rows that did not change stand with those that may not show it: then that a
row stands says nothing of it, and of the corrected numbers a reader knows only those of revised rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.audit import audit
from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, Layout
from stepup_equity.disclosure.ledger import Ledger, named, number_of
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.disclosure.series import crossed_in
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.layout import Row
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.release import Release


_NOTE: Final = (
    "Records have been corrected or erased since these numbers were first published. A correction is shown "
    "only where the difference between the two publications tells on nobody. "
)
_STAND: Final = "All numbers are as first published."
_MIXED: Final = (
    "Revised: {}. All other numbers are as first published, so that revised ones and others need not add up."
)
_ALL_NEW: Final = "All numbers are revised."

_Ends = dict[tuple[str, str, str, str, str, str], tuple[int, int]]
"""Cohort, characteristic, group, parent, stage and measure -> smallest and largest possible count."""


def as_first_published(
    new: Release,
    ledgers: Sequence[Ledger],
    counts: StageCounts,
    linked: Sequence[tuple[Row, tuple[Row, ...]]],
) -> tuple[Release, str]:
    """The new rows where the difference to those first published is protected, else the old ones.

    Parameters
    ----------
    new : Release
        Of the corrected records, protected by itself.
    ledgers : sequence of Ledger
        What was published of the records as they were; the last print stands.
    counts : StageCounts
    linked : sequence of (row, rows)
        Rows that a reader knows to be sums of others although no release says so.

    Returns
    -------
    release : Release
    said : str
        Which numbers are revised and which are as first published, a sentence that the release carries too.

    Raises
    ------
    ArgumentError
        Where the earlier tables were protected in another way, so that old and new print cannot stand in one
        table.
    """
    for ledger in ledgers:
        if (ledger.mode, ledger.round_base) != (new.policy.mode, new.policy.round_base):
            raise ArgumentError(
                f"The ledger of {ledger.title!r} is of a publication with mode {ledger.mode!r} to "
                f"{ledger.round_base}, and this one has {new.policy.mode!r} to {new.policy.round_base}. A "
                "correction stands in the same tables as what was first published: give the policy that they "
                "had."
            )
    old = _printed_before(ledgers[-1], new, counts)
    if (old.layout.rows, old.layout.stages, old.layout.waiting) != (
        new.layout.rows, new.layout.stages, new.layout.waiting,
    ):  # fmt: skip
        return replace(old, notes=(*new.notes, _NOTE + _STAND)), _STAND
    before = [_ends(ledger, new.policy, linked) for ledger in ledgers]
    shown = _shown(new, old, before, linked)
    stand = [i for i in range(len(new.layout.rows)) if i not in shown]
    said = _MIXED.format(_named(new, shown)) if stand and shown else _STAND if stand else _ALL_NEW
    return replace(new.with_rows_of(old, stand), notes=(*new.notes, _NOTE + said)), said


def _shown(
    new: Release, old: Release, before: Sequence[_Ends], linked: Sequence[tuple[Row, tuple[Row, ...]]]
) -> set[int]:
    """Rows that are revised: of those that changed, as many as tell nobody a small difference.

    Each round takes one row at least back, or is the last; of nothing revised nothing is told.
    """
    moved = new.moves_from(old)
    shown = set(moved)
    names = [named(row, new.layout.pooled) for row in new.layout.rows]
    place = {(row.cohort, row.characteristic, row.group, row.parent): i for i, row in enumerate(names)}
    for _ in range(len(moved)):
        after = _ends(new.without_rows(set(place.values()) - shown).ledger(), new.policy, linked)
        told = {
            place[cell[:4]]
            for ends in before
            for cell, now in after.items()
            if cell[:4] in place and cell in ends and not _untold(ends[cell], now, new.policy)
        }
        if not told:
            break
        back = told & shown
        for i in told - shown:  # a row that stands is told by those revised beside it
            name = new.layout.rows[i].characteristic
            beside = [k for k in shown if new.layout.rows[k].characteristic in (name, ALL)]
            back.add(min(beside or shown, key=lambda k: (moved[k], k)))
        shown -= back
    return shown


def _named(new: Release, shown: set[int]) -> str:
    """Revised rows in words."""
    rows = [row for i, row in enumerate(new.layout.rows) if i in shown]
    found: dict[str, list[str]] = {}
    for row in rows:
        name = "everybody" if row.is_total else new.labels[row.characteristic].lower()
        cohort = f", {row.cohort}" if len(new.cohorts) > 1 else ""
        found.setdefault(name + cohort, []).extend([] if row.is_total else [row.group])
    return "; ".join(f"{name}: {enumerated(own, len(own))}" if own else name for name, own in found.items())


def _untold(before: tuple[int, int], after: tuple[int, int], policy: Policy) -> bool:
    """Whether a difference is none, large for certain, possibly none, or possibly large.

    >>> from stepup_equity.disclosure.policy import Policy
    >>> five = Policy(threshold=5)
    >>> [_untold((20, 20), (n, n), five) for n in (20, 21, 26)], _untold((1, 8), (1, 8), five)
    ([True, False, True], True)
    """
    low, high = after[0] - before[1], after[1] - before[0]
    if low == high == 0 or low >= policy.threshold or high <= -policy.threshold:
        return True
    wide = high - low >= policy.width
    return wide and (low <= 0 <= high or max(-low, high) >= policy.threshold)


def _ends(ledger: Ledger, policy: Policy, linked: Sequence[tuple[Row, tuple[Row, ...]]]) -> _Ends:
    """What a reader of one print knows of every cell."""
    cells = audit([ledger], policy, exact=True, linked=linked).cells
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure", "low", "high"]
    return {line[:6]: (line[6], line[7]) for line in cells[columns].itertuples(index=False, name=None)}


def _printed_before(ledger: Ledger, new: Release, counts: StageCounts) -> Release:
    """What a ledger says, as a release again."""
    cohorts = [row.cohort for row in ledger.rows if not ledger.is_single(row.cohort)]
    single = tuple(dict.fromkeys(row.cohort for row in ledger.rows if ledger.is_single(row.cohort)))
    kept = sorted({said.row for said in ledger.said if said.measure == "reached"})
    place = {row: i for i, row in enumerate(kept)}
    rows = tuple(
        ledger.rows[i]
        if ledger.is_single(ledger.rows[i].cohort)
        else replace(ledger.rows[i], cohort=ALL_COHORTS)
        for i in kept
    )
    inside = [(row, parts) for row, parts in ledger.sums if row in place]
    printed = [(row, parts) for row, parts in inside if place.keys() >= set(parts)]
    layout = Layout(
        ledger.stages,
        rows,
        tuple((place[row], tuple(place[part] for part in parts)) for row, parts in printed),
        single if cohorts else (),
        tuple(
            (place[row], tuple(ledger.rows[part] for part in parts))
            for row, parts in inside
            if (row, parts) not in printed
        ),
        ledger.waiting,
        ledger.listed,
    )
    programme, names = counts.programme, layout.characteristics
    parts_of = {name: crossed_in(name, programme.characteristic_names) for name in names}
    strange = [p for parts in parts_of.values() for p in parts if p not in programme.characteristic_names]
    if strange:
        raise ArgumentError(
            f"The ledger of {ledger.title!r} has {strange[0]!r}, which the programme does not declare. "
            f"Possible: {listed(programme.characteristic_names)}."
        )
    stage_label = {stage.key: stage.label for stage in counts.process.stages}
    groups = {name: {row.group for row in rows if row.characteristic == name} for name in names}
    found = {name: programme.characteristic(name) for name in names if len(parts_of[name]) == 1}
    return replace(
        new,
        layout=layout,
        stage_labels=tuple(stage_label[key] for key in ledger.stages),
        labels={
            name: " × ".join(programme.characteristic(part).label for part in parts_of[name])
            for name in names
        },
        references={
            name: one.reference
            for name, one in found.items()
            if not one.found and one.reference is not None and one.reference in groups[name]
        },
        ordered=frozenset(name for name, one in found.items() if one.ordered),
        _printed=_numbers(ledger, layout, place),
    )


def _numbers(ledger: Ledger, layout: Layout, place: dict[int, int]) -> NDArray[np.int64]:
    """Printed counts as a release holds them."""
    counted = layout.counted
    printed = np.full((len(layout.rows), counted.n_counts), HIDDEN, np.int64)
    for said in ledger.said:
        number = number_of(said.text)
        if said.measure in ("reached", "pending") and number is not None:
            end = said.stage if said.measure == "reached" else said.stage + 1
            at = counted.position(said.measure, said.stage, end)
            if at is not None:
                printed[place[said.row], at] = int(number)
    return printed
