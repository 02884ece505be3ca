"""A funnel: how many of each group reached each stage, and what became of them at each gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_choice, check_known
from stepup_equity.process import EXIT_REASONS, ExitKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats, Ints


Denominator = Literal["entered", "decided"]


@dataclass(frozen=True, eq=False)
class Funnel:
    """People by group and stage for one characteristic (or a crossing of several).

    Attributes
    ----------
    characteristic : str
        Its name; crossed ones are joined with `` × ``.
    label : str
        Its name in print.
    level : str
        ``"detailed"``, ``"broad"`` or a named level.
    groups, parents : tuple of str
        Labels in declared order, and the broad group of each (None at the top).
    stages, gates : tuple of str
        Keys; a gate has the key of the stage it leads to.
    reference : str or None
        Declared reference at this level; None where none is declared.
    ordered : bool
        Whether the order of the groups carries meaning.
    reached : ndarray of int64, shape (n_groups, n_stages)
    exits : ndarray of int64, shape (n_groups, n_gates, n_reasons)
        Those who entered each gate and did not pass, by why: in the order of `EXIT_REASONS`. With ``passed``
        they add up to ``entered``.
    stated : ndarray of bool, shape (n_groups,)
        False only for *Not stated*.
    skipped : ndarray of int64, shape (n_groups, n_gates)
        People of cohorts that had no such gate: they went past it, and are in neither of its counts.
    untold : ndarray of bool, shape (n_groups,)
        Of whom a published table does not even say how many applied.
    """

    characteristic: str
    label: str
    level: str
    groups: tuple[str, ...]
    parents: tuple[str | None, ...]
    stages: tuple[str, ...]
    gates: tuple[str, ...]
    reference: str | None
    ordered: bool
    reached: Ints
    exits: Ints
    stated: NDArray[np.bool_]
    skipped: Ints
    untold: NDArray[np.bool_]

    @property
    def entered(self) -> Ints:
        """Those who reached the stage before each gate and met it, shape (n_groups, n_gates)."""
        return self.reached[:, :-1] - self.skipped

    @property
    def passed(self) -> Ints:
        """Those who met each gate and reached the stage behind it, shape (n_groups, n_gates)."""
        return self.reached[:, 1:] - self.skipped

    def _of_kind(self, *kinds: ExitKind) -> Ints:
        chosen = [code for code, kind in enumerate(EXIT_REASONS.values()) if kind in kinds]
        people: Ints = self.exits[:, :, chosen].sum(axis=2)
        return people

    @property
    def rejected(self) -> Ints:
        """Those who left by the programme's decision, shape (n_groups, n_gates)."""
        return self._of_kind(ExitKind.REJECTED)

    @property
    def withdrew(self) -> Ints:
        """Those who left by their own decision, shape (n_groups, n_gates)."""
        return self._of_kind(ExitKind.WITHDREW)

    @property
    def pending(self) -> Ints:
        """Those who still wait, shape (n_groups, n_gates)."""
        return self._of_kind(ExitKind.PENDING)

    @property
    def hidden(self) -> Ints:
        """Those of whom a published table does not say whether they went on, shape (n_groups, n_gates)."""
        return self._of_kind(ExitKind.HIDDEN)

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Stages at which a group's number is hidden, or stands behind one, shape (n_groups, n_stages)."""
        hidden = np.hstack([self.untold[:, None], self.hidden > 0])
        return np.asarray(np.logical_or.accumulate(hidden, axis=1))

    @property
    def not_recorded(self) -> Ints:
        """Those who left and the records do not say why, shape (n_groups, n_gates)."""
        return self._of_kind(ExitKind.NOT_RECORDED, ExitKind.NONE)

    def denominator(self, kind: Denominator = "entered") -> Ints:
        """Whom a pass rate is of, shape (n_groups, n_gates).

        Parameters
        ----------
        kind : {"entered", "decided"}
            Those who entered and are not pending; ``"decided"`` also leaves out those who left by
            their own choice. Who is hidden in a published table is in no denominator.
        """
        check_choice(kind, ("entered", "decided"), argument="denominator")
        base = self.entered - self.pending - self.hidden
        return base - self.withdrew if kind == "decided" else base

    def choose(self, groups: Sequence[str] | None) -> Funnel:
        """The same funnel with these groups only, in this order."""
        if groups is None:
            return self
        if isinstance(groups, str):
            raise ArgumentError(f"groups={groups!r} is one text. Give a list: groups=[{groups!r}].")
        if not len(groups):
            raise ArgumentError(f"groups=[] names no group of {self.characteristic!r}. Leave it out for all.")
        check_known(groups, self.groups, argument="groups", of=f"a group of {self.characteristic!r}")
        twice = [group for group, n in Counter(groups).items() if n > 1]
        if twice:
            raise ArgumentError(f"groups= names {listed(twice)} more than once. Name each group once.")
        return self._take([self.groups.index(group) for group in groups])

    def only_stated(self) -> Funnel:
        """The same funnel without *Not stated*."""
        return self if self.stated.all() else self._take(list(np.flatnonzero(self.stated)))

    def _take(self, rows: list[int]) -> Funnel:
        return replace(
            self,
            groups=tuple(self.groups[i] for i in rows),
            parents=tuple(self.parents[i] for i in rows),
            reference=self.reference if self.reference in [self.groups[i] for i in rows] else None,
            reached=self.reached[rows],
            exits=self.exits[rows],
            stated=self.stated[rows],
            skipped=self.skipped[rows],
            untold=self.untold[rows],
        )

    @property
    def frame(self) -> pd.DataFrame:
        """Tidy counts, a row for each group and gate; NaN where a published table does not tell."""
        import pandas as pd

        groups, gates = len(self.groups), len(self.gates)
        some = ("hidden",) if self.hidden.any() else ()
        entered, behind = self.unknown[:, :-1], self.unknown[:, 1:]
        hides = {"entered": entered, "hidden": entered}
        return pd.DataFrame(
            {
                "characteristic": self.characteristic,
                "group": np.repeat(np.array(self.groups, object), gates),
                "gate": np.tile(np.array(self.gates, object), groups),
                **{
                    name: known(getattr(self, name), hides.get(name, behind)).ravel()
                    for name in (
                        "entered",
                        "passed",
                        "rejected",
                        "withdrew",
                        "pending",
                        "not_recorded",
                        *some,
                    )
                },
            }
        )


def known(people: Ints, hidden: Bools) -> Ints | Floats:
    """Numbers as they are; with NaN, and so of floats, where a published table hides some.

    >>> [known(np.array([3, 0]), np.array([False, some])).tolist() for some in (True, False)]
    [[3.0, nan], [3, 0]]
    """
    return people if not hidden.any() else np.where(hidden, np.nan, people)


def largest_of(groups: Sequence[str], sizes: ArrayLike) -> int:
    """Place of the largest group; of several the first by name, in whatever order they stand.

    >>> largest_of(["B", "A", "C"], [5, 5, 4])
    1
    """
    size = np.asarray(sizes)
    return min(np.flatnonzero(size == size.max()).tolist(), key=lambda at: groups[at])
