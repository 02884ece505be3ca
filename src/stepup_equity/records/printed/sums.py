"""Rows of a table that are sums of others beside them: totals and subtotals, by words and by arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.process import is_total, normalise
from stepup_equity.process.phrases import looks_like_total, plain_label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints


_SURE: Final = 20_000
"""So unlikely must it be that a group is the sum of others by chance: the product of its numbers."""
_WORTH_ASKING: Final = 30
"""Below so many people a group may well be the sum of others by chance, and nobody is asked."""
_SAME_WORDS: Final = 200
_NEAR: Final = 0.02
_NEAR_PEOPLE: Final = 5


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that is the sum of others.

    Attributes
    ----------
    row : int
    parts : tuple of int
        Rows that it adds up; empty where only its label says that it is a total.
    sure : bool
        False where it may as well be a group that happens to be as large.
    exact : bool
        Whether the parts add up to it at every stage that is known.
    """

    row: int
    parts: tuple[int, ...]
    sure: bool
    exact: bool


def sums_among(
    labels: Sequence[str], people: Ints, *, crossed: bool = False, groups: Collection[int] = ()
) -> list[Sum]:
    """Totals and subtotals among the groups of one characteristic.

    Parameters
    ----------
    labels : sequence of str
        Label of each row, as printed.
    people : ndarray of int64, shape (n_rows, n_stages)
        Negative where a number is not known; such stages tell nothing.
    crossed : bool
        Whether a row is a combination of answers, so that rows next to it are not its parts.
    groups : collection of int
        Rows that a programme declares as groups: their labels alone make no totals of them.

    Returns
    -------
    list of Sum
        In order of rows. A row whose label says that it is a total is one whatever it adds up to. A row
        that only looks like one, has no label, or adds up without any word for it, needs the numbers: all
        others, or the rows next to it on one side.

    Examples
    --------
    >>> people = np.array([[1000, 90], [850, 80], [150, 10], [400, 15]])
    >>> [(found.row, found.parts) for found in sums_among(["White", "British", "Other", "Asian"], people)]
    [(0, (1, 2))]
    """
    found = [
        Sum(row, (), True, False) for row, label in enumerate(labels) if is_total(label) and row not in groups
    ]
    suspected = {row for row, label in enumerate(labels) if looks_like_total(label) and row not in groups}
    leaves = [row for row in range(len(labels)) if row not in {one.row for one in found}]
    for step in () if crossed else (1, -1):
        for row in list(reversed(leaves) if step == 1 else leaves):
            known = any(one.row == row for one in found)
            if not known and (one := _beside(row, leaves, labels, people, step, found, row in suspected)):
                found.append(one)
                if one.sure:
                    leaves.remove(row)
    found += [
        one for row in leaves if (one := _of_all_others(row, leaves, labels, people, found, row in suspected))
    ]
    return sorted(_checked(found, leaves, people), key=lambda one: one.row)


def _checked(found: list[Sum], leaves: list[int], people: Ints) -> list[Sum]:
    """Totals by their words, with all groups as their parts, and whether these add up to them."""
    groups = tuple(row for row in leaves if not any(one.row == row and one.sure for one in found))
    return [
        one if one.parts else Sum(one.row, groups, True, _adds_up(one.row, groups, people) == "exactly")
        for one in found
    ]


def _beside(
    row: int,
    leaves: list[int],
    labels: Sequence[str],
    people: Ints,
    step: Literal[1, -1],
    found: list[Sum],
    suspected: bool,
) -> Sum | None:
    """The row as the sum of those behind it, or before it; `suspected` where its label speaks of a total."""
    side = [other for other in leaves if (other - row) * step > 0]
    side = side if step == 1 else side[::-1]
    used = {part for one in found if one.sure for part in one.parts}
    parts: list[int] = []
    for other in side:
        if step == -1 and other in used and not suspected:
            return None
        parts.append(other)
        if len(parts) > 1 and (one := _judged(row, parts, labels, people, suspected)):
            return one
        if people[parts, 0].clip(0).sum() > people[row, 0] * (1 + _NEAR) + _NEAR_PEOPLE:
            return None
    return None


def _of_all_others(
    row: int,
    leaves: list[int],
    labels: Sequence[str],
    people: Ints,
    found: list[Sum],
    suspected: bool,
) -> Sum | None:
    others = [other for other in leaves if other != row]
    if len(others) < 2 or any(one.row == row for one in found):
        return None
    one = _judged(row, others, labels, people, suspected)
    if one is not None and one.exact and not labels[row].strip():
        return Sum(row, one.parts, True, True)  # no label, and as many as all others: the last row of a table
    return one


def _judged(
    row: int,
    parts: list[int],
    labels: Sequence[str],
    people: Ints,
    suspected: bool,
) -> Sum | None:
    how = _adds_up(row, parts, people)
    if how is None or (how == "nearly" and not suspected) or people[row, 0] < 1:
        return None
    compared = _known_in_all(row, parts, people)  # a number beside a hidden one proves nothing
    chance = float(np.prod(people[row][compared].astype(float) + 1))
    own = normalise(plain_label(labels[row]))
    if own:  # a second part with its words says it again: "White" of "White British", "White Irish"
        chance *= _SAME_WORDS ** min(sum(own in normalise(labels[part]) for part in parts), 2)
    sure = suspected or chance >= _SURE
    if not sure and people[row, 0] < _WORTH_ASKING and own:
        return None
    return Sum(row, tuple(sorted(parts)), sure, how == "exactly")


def _adds_up(row: int, parts: Sequence[int], people: Ints) -> Literal["exactly", "nearly"] | None:
    """Whether rows add up to one at every stage that is known in all of them; None where they do not."""
    if not parts:
        return None
    known = _known_in_all(row, parts, people)
    if not known[0]:
        return None
    whole, total = people[row][known], people[list(parts)][:, known].sum(axis=0)
    if np.array_equal(whole, total):
        return "exactly"
    near = np.abs(whole - total) <= np.maximum(_NEAR * whole, _NEAR_PEOPLE)
    return "nearly" if near.all() and abs(whole[0] - total[0]) <= max(_NEAR * whole[0], 1) else None


def _known_in_all(row: int, parts: Sequence[int], people: Ints) -> NDArray[np.bool_]:
    """Stages whose number is known in a row and in its parts, shape (n_stages,)."""
    return np.asarray((people[[row, *parts]] >= 0).all(axis=0))
