"""Records that were corrected or erased after their tables were published.

What was published cannot be called back, and whoever has both tables subtracts one from the other: the
difference is the record that was corrected. So a correction is published only where the difference is
protected as a count would be, and elsewhere the old print stands, *as first published*. That is decided for
whole tables, since the numbers of a table add up, and for all of them together where everybody's own numbers
change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.audit import audit
from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, Layout
from stepup_equity.disclosure.ledger import Ledger, number_of
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.errors import ArgumentError, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.layout import Row
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.release import Release


_NOTE: Final = (
    "Records have been corrected or erased since these numbers were first published. A correction is shown "
    "only where the difference between the two publications tells on nobody; elsewhere numbers are as first "
    "published."
)

_Ends = dict[tuple[str, str, str, str, str, str], tuple[int, int]]
"""Cohort, characteristic, group, parent, stage and measure -> smallest and largest possible count."""


def as_first_published(
    new: Release, ledgers: Sequence[Ledger], counts: StageCounts, linked: Collection[frozenset[str]]
) -> tuple[Release, tuple[str, ...]]:
    """The new tables where the difference to those first published is protected, else the old ones.

    Parameters
    ----------
    new : Release
        Of the corrected records, protected by itself.
    ledgers : sequence of Ledger
        What was published of the records as they were; the last print stands.
    counts : StageCounts
    linked : collection of frozenset of str
        Characteristics that tell of each other, so that their tables stand or change together.

    Returns
    -------
    release : Release
    stand : tuple of str
        Characteristics whose tables are as first published.

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
    notes = (*new.notes, _NOTE)
    if (old.layout.rows, old.layout.stages, old.layout.waiting) != (
        new.layout.rows, new.layout.stages, new.layout.waiting,
    ):  # fmt: skip
        return replace(old, notes=notes), old.characteristics
    after = _ends(new.ledger(), new.policy)
    safe = {
        name: all(_protected(_ends(ledger, new.policy), after, name, new.policy) for ledger in ledgers)
        for name in (ALL, *new.characteristics)
    }
    if not new.same_total(old):
        if all(safe.values()):
            return replace(new, notes=notes), ()
        return replace(old, notes=notes), old.characteristics
    stand = _together([name for name in new.characteristics if not safe[name]], linked)
    release = replace(new.with_tables_of(old, stand), notes=notes)
    return release, tuple(name for name in new.characteristics if name in stand)


def _together(names: Sequence[str], linked: Collection[frozenset[str]]) -> set[str]:
    """Names, and all that hang together with one of them."""
    found = set(names)
    for _ in range(len(linked)):  # each round adds one set at least, or is the last
        more = {name for group in linked if group & found for name in group} - found
        if not more:
            break
        found |= more
    return found


def _protected(before: _Ends, after: _Ends, name: str, policy: Policy) -> bool:
    """Whether nobody can tell a small difference between two prints of one characteristic."""
    return all(
        _untold(before[cell], ends, policy)
        for cell, ends in after.items()
        if cell[1] == name and cell in before
    )


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


def _ends(ledger: Ledger, policy: Policy) -> _Ends:
    """What a reader of one print knows of every cell."""
    if policy.shows_all:
        return {
            (*_place(ledger.rows[row]), ledger.stages[stage], measure): ends
            for (row, stage, measure), ends in ledger.counts.items()
        }
    cells = audit([ledger], policy, exact=True).cells
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure", "low", "high"]
    return {line[:6]: (line[6], line[7]) for line in cells[columns].itertuples(index=False, name=None)}


def _place(row: Row) -> tuple[str, str, str, str]:
    return row.cohort, row.characteristic, row.group, row.parent


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
    parts_of = {name: name.split(" × ") for name in names}
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
