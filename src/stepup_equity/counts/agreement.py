"""Whether the characteristics of a published table can be of the same people; nobody is added in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import listed
from stepup_equity.process import is_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.records.problems import Problems


_PARTITIONS: Final = re.compile(
    r"\b(gender|sex|age|age band|ethnicity|ethnic|race|religion|belief|orientation|marital|cohort|region)\b"
)
"""Questions with one answer each; others (impairments, professions) may have several."""
_OVERLAPPING: Final = re.compile(
    r"\b(impairments?|conditions?|disabilit(y|ies)|professions?|languages?|nationalit(y|ies)|skills?|needs"
    r"|qualifications?|adjustments?|caring|handicap)\b"
)
_MOST_ROWS: Final = 18
_BASES: Final = (100, 50, 10, 5)


@dataclass(frozen=True, eq=False)
class Margin:
    """One characteristic of a published table.

    Attributes
    ----------
    name : str
    labels : tuple of str
        As printed, one for each line.
    rows : tuple of int
        Where the lines stand.
    cohort : ndarray of int, shape (n_lines,)
    people : ndarray of int64, shape (n_lines, n_outcomes)
        People by how far they got, and why no further.
    hidden : bool
        Whether some of its numbers are hidden, or a group is.
    """

    name: str
    labels: tuple[str, ...]
    rows: tuple[int, ...]
    cohort: NDArray[np.intp]
    people: Ints
    hidden: bool

    @property
    def asks_everybody(self) -> bool:
        """Whether it has a row of its own for those who gave no answer."""
        return any(not label or is_refusal(label) for label in self.labels)

    @property
    def may_overlap(self) -> bool:
        """Whether its answers may hold a person more than once, by its name and its labels."""
        words = self.name.replace("_", " ").casefold()
        return bool(_OVERLAPPING.search(words)) or not _PARTITIONS.search(words)

    def totals(self, cohorts: int) -> Ints:
        """People of each cohort by outcome, shape (n_cohorts, n_outcomes)."""
        found = np.zeros((cohorts, self.people.shape[1]), np.int64)
        np.add.at(found, self.cohort, self.people)
        return found


def without_overlaps(margins: Sequence[Margin], cohorts: int, problems: Problems) -> list[Margin]:
    """The margins without rows that hold people of other rows again, as kinds of impairment do.

    Such rows are found where a characteristic has more people than another: some of its rows then add up
    to the other's numbers exactly, in every cohort and at every stage, and the rest are answers within
    them. Where no rows do, a characteristic whose answers may overlap is refused.
    """
    kept = list(margins)
    for i, margin in enumerate(margins):
        own = margin.totals(cohorts)
        fewer = [
            other
            for other in margins
            if other is not margin and not other.hidden and other.totals(cohorts).sum() < own.sum()
        ]
        rest = next((rows for other in fewer if (rows := _beyond(margin, other.totals(cohorts)))), None)
        complete = [other for other in fewer if other.asks_everybody]
        if rest is not None and not margin.hidden:
            labels = listed(dict.fromkeys(margin.labels[row] for row in rest), most=8)
            problems.add(
                "warning",
                "answers_overlap",
                margin.name,
                f"the answers in {margin.name!r} overlap: they add up to {own.sum():,}, where there are "
                f"{own.sum() - margin.people[rest].sum():,} people. Left out, as answers within others: "
                f"{labels}.",
                rows=(at := sorted({margin.rows[row] for row in rest})),
                count=len(at),
                remedy="To study them, give them a table of their own: each against those without it.",
            )
            keep = np.setdiff1d(np.arange(len(margin.labels)), rest)
            kept[i] = replace(
                margin,
                labels=tuple(margin.labels[row] for row in keep),
                rows=tuple(margin.rows[row] for row in keep),
                cohort=margin.cohort[keep],
                people=margin.people[keep],
            )
        elif complete and margin.may_overlap and not margin.hidden:
            other = complete[0]
            problems.add(
                "error",
                "answers_overlap",
                margin.name,
                f"{margin.name!r} adds up to {own.sum():,} people, where {other.name!r} has "
                f"{other.totals(cohorts).sum():,}, those without an answer included: its answers may "
                f"overlap.",
                remedy="Leave out the rows that hold people of other rows again, or give the "
                "characteristic a "
                "table of its own.",
            )
    return kept


def _beyond(margin: Margin, wanted: Ints) -> list[int] | None:
    """Lines that are too many for the wanted totals; None unless there is one smallest set of them."""
    groups = list(dict.fromkeys(margin.labels))
    if len(groups) > _MOST_ROWS:
        return None
    each = np.zeros((len(groups), *wanted.shape), np.int64)
    group = np.array([groups.index(label) for label in margin.labels], np.intp)
    np.add.at(each, (group, margin.cohort), margin.people)
    chosen = (np.arange(1 << len(groups))[:, None] >> np.arange(len(groups))) & 1
    sums = chosen @ each.reshape(len(groups), -1)
    right = np.flatnonzero((sums == wanted.ravel()).all(axis=1))
    if not right.size:
        return None
    sizes = chosen[right].sum(axis=1)
    best = right[sizes == sizes.max()]
    if len(best) != 1:
        return None
    out = {groups[i] for i in np.flatnonzero(chosen[best[0]] == 0)}
    return [i for i, label in enumerate(margin.labels) if label in out]


def agreeing(
    margins: Sequence[Margin], cohorts: tuple[str, ...], stages: Sequence[str], problems: Problems
) -> list[Ints]:
    """People to be added to each margin as *Not stated*, shape (n_cohorts, n_outcomes) each.

    They are added where a characteristic has no row for people without an answer, and lacks people at no
    stage more than another has. Everything else is left as it is, and said.

    Parameters
    ----------
    margins : sequence of Margin
    cohorts : tuple of str
    stages : sequence of str
        Name of the stage of each outcome.
    problems : Problems
    """
    number = max(len(cohorts), 1)
    totals = np.array([margin.totals(number) for margin in margins])
    added = [np.zeros_like(totals[0]) for _ in margins]
    base = _base(margins)
    for cohort in range(number):
        people = totals[:, cohort].sum(axis=1)
        order = sorted(range(len(margins)), key=lambda i: (-people[i], margins[i].hidden, margins[i].name))
        fullest = order[0]
        for i in order[1:]:
            lacking = totals[fullest, cohort] - totals[i, cohort]
            hidden = margins[i].hidden or margins[fullest].hidden
            if not lacking.any() or (hidden and not lacking.sum()):
                continue
            _one(margins[fullest], margins[i], lacking, people, (fullest, i), stages, base, problems)
            if not (lacking < 0).any() and _may_fill(margins[i], margins[fullest]):
                added[i][cohort] = lacking
    return added


def _may_fill(margin: Margin, fullest: Margin) -> bool:
    return not (margin.asks_everybody or margin.hidden or fullest.hidden)


def _one(
    fullest: Margin,
    margin: Margin,
    lacking: Ints,
    people: Ints,
    at: tuple[int, int],
    stages: Sequence[str],
    base: int,
    problems: Problems,
) -> None:
    """Say what is done about the people whom one characteristic lacks."""
    less, most, own = int(lacking.sum()), int(people[at[0]]), int(people[at[1]])
    room = base * (len(margin.labels) + len(fullest.labels)) // 2 if base > 1 else 0
    if not (margin.hidden or fullest.hidden) and (lacking < 0).any() and np.abs(lacking).max() > room:
        stage = stages[int(np.argmax(lacking < 0))]
        problems.add(
            "error",
            "margins_disagree",
            margin.name,
            f"{fullest.name!r} and {margin.name!r} cannot describe the same people: {margin.name!r} has more "
            f"who got no further than {stage!r}, so a {NOT_STATED!r} group cannot fill the difference.",
            remedy="Check the numbers there, or load the characteristics one at a time.",
        )
    elif not (lacking < 0).any() and _may_fill(margin, fullest):
        problems.add(
            "warning",
            "not_stated_added",
            margin.name,
            f"{margin.name!r} has {own:,} people, {fullest.name!r} {most:,}: {less:,} people were added to "
            f"{margin.name!r} as {NOT_STATED!r}. That is wrong where they stand in groups that the table "
            f"hides or drops, or where answers in {fullest.name!r} overlap.",
            remedy=f"Add the rows that are missing, with * for hidden numbers, and a row {NOT_STATED!r} for "
            "those who gave no answer.",
        )
    else:
        why = (
            "which numbers rounded to "
            f"{base} may explain" if base > 1 and abs(less) <= room and (lacking < 0).any() else
            "so groups of it may be hidden or dropped, or answers overlap in the other"
        )  # fmt: skip
        problems.add(
            "warning",
            "totals_differ",
            margin.name,
            f"{margin.name!r} has {own:,} people, {fullest.name!r} {most:,}, {why}. Each is counted as it "
            f"stands; nobody was added.",
            remedy="Add the rows that are missing, with * for hidden numbers.",
        )


def _base(margins: Sequence[Margin]) -> int:
    """What all numbers of the table are multiples of, where it seems to be rounded; else 1."""
    numbers = np.concatenate([margin.people.ravel() for margin in margins])
    return next((base for base in _BASES if (numbers % base == 0).all()), 1)
