"""Groups at the gates, and each beside a reference: what every rate, ratio, test and verdict starts from.

`Groups` are people by group and gate, from a funnel or from bare arrays such as printed numbers; `Comparison`
sets each group beside its reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from stepup_equity.columns import NOT_STATED, OVERALL
from stepup_equity.counts.funnel import known, largest_of
from stepup_equity.errors import unknown_name
from stepup_equity.findings.references import (
    PICKED,
    refuse_not_stated,
    refuse_rest_by_name,
    refuse_two_meanings,
)
from stepup_equity.statistics.last_digits import level_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator, Funnel
    from stepup_equity.process import SelectionProcess

    Labels = NDArray[np.object_]


SINGLE_GATES: Final = slice(None, -1)
WHOLE_WAY: Final = slice(-1, None)
"""Columns of `Groups`: each gate, and from the first stage to the last."""

NOBODY: Final = "nobody reached this gate"
WAITING: Final = "everyone here is pending or left"
NO_REFERENCE: Final = "nobody of the reference reached this gate"
HIDDEN: Final = "hidden in the published table"
HIDDEN_REFERENCE: Final = "hidden in the published table, of the reference"

LEFT_OUT: Final = "some who entered are pending or left: they are not in the denominator"
"""Status of a rate that is not of everybody who entered."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Groups:
    """People at risk and passed by group, at every gate and as a rule over the whole way.

    Attributes
    ----------
    characteristic, label, level : str
        Name of the characteristic or crossing, its name in print, and how coarse the groups are.
    groups, parents : tuple
        Labels, and the broad group of each.
    gates : tuple of str
        Keys; ``"overall"`` last where the whole way is among them.
    stated : ndarray of bool, shape (n_groups,)
        False only for *Not stated*.
    entered : ndarray, shape (n_groups, n_gates)
        Those who entered; of floats, with NaN for a hidden number, where a published table hides some.
    at_risk, passed : ndarray of int64, shape (n_groups, n_gates)
        Those a rate is of, and those who passed.
    declared : str or None
        The reference the programme declares.
    owners : tuple of str
        Who decides at each gate; empty where rows need not say it.
    hidden : ndarray of bool, shape (n_groups, n_gates)
        Where a published table hides a number that a rate needs: nobody is at risk there.
    """

    characteristic: str
    label: str
    level: str
    groups: tuple[str, ...]
    parents: tuple[str | None, ...]
    gates: tuple[str, ...]
    stated: Bools
    entered: Ints | Floats
    at_risk: Ints
    passed: Ints
    hidden: Bools
    declared: str | None = None
    owners: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, funnel: Funnel, denominator: Denominator = "entered", process: SelectionProcess | None = None
    ) -> Groups:
        """The gates of a funnel, and over the whole way those who applied and those who got to the end.

        With the process given, rows say who decides; several may over the whole way, so that is left empty.
        """
        at_risk = funnel.denominator(denominator)
        out = (funnel.entered - at_risk).sum(1, keepdims=True)
        first, last = funnel.reached[:, :1], funnel.reached[:, -1:]
        at_risk, passed = np.hstack([at_risk, first - out]), np.hstack([funnel.passed, last])
        unknown = funnel.unknown
        hidden = np.hstack([unknown[:, 1:], unknown[:, -1:]])
        entered = known(np.hstack([funnel.entered, first]), np.hstack([unknown[:, :-1], unknown[:, :1]]))
        return Groups(
            characteristic=funnel.characteristic,
            label=funnel.label,
            level=funnel.level,
            groups=funnel.groups,
            parents=funnel.parents,
            gates=(*funnel.gates, OVERALL),
            stated=funnel.stated,
            entered=entered,
            at_risk=np.where(hidden, 0, at_risk),
            passed=np.where(hidden, 0, passed),
            declared=funnel.reference,
            owners=() if process is None else (*(process.gate(gate).owner for gate in funnel.gates), ""),
            hidden=hidden,
        )

    @classmethod
    def from_arrays(
        cls,
        groups: Sequence[str],
        gates: Sequence[str],
        at_risk: ArrayLike,
        passed: ArrayLike,
        *,
        entered: ArrayLike | None = None,
        characteristic: str = "",
        label: str = "",
        parents: Sequence[str | None] | None = None,
        declared: str | None = None,
    ) -> Groups:
        """Groups from counts alone, such as those a publication prints; a group's row, a gate's column.

        >>> found = Groups.from_arrays(["White", "BME"], ["shortlisted"], [[920], [43]], [[389], [10]])
        >>> found.against("White").columns()["reference_passed"].tolist()
        [389, 389]
        """
        n = np.asarray(at_risk, np.int64)
        return Groups(
            characteristic=characteristic,
            label=label or characteristic,
            level="detailed",
            groups=tuple(groups),
            parents=tuple(parents) if parents is not None else (None,) * len(groups),
            gates=tuple(gates),
            stated=np.array([group != NOT_STATED for group in groups], bool),
            entered=n if entered is None else np.asarray(entered, np.int64),
            at_risk=n,
            passed=np.asarray(passed, np.int64),
            hidden=np.zeros(n.shape, bool),
            declared=declared,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of groups and of gates."""
        return len(self.groups), len(self.gates)

    @property
    def tables(self) -> Ints:
        """Passed and not passed of every group, shape (n_gates, n_groups, 2)."""
        return np.stack([self.passed, self.at_risk - self.passed], axis=-1).transpose(1, 0, 2)

    def by_group(self, values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
        """One value of each group on each of its rows."""
        return np.repeat(column_of(values), len(self.gates))

    def by_gate(self, values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
        """One value of each gate on each of its rows."""
        return np.tile(column_of(values), len(self.groups))

    def columns(self) -> dict[str, NDArray[Any]]:
        """What each row is about, and its counts: a row for each group and gate, groups one after another."""
        return {
            "characteristic": self.by_group([self.characteristic] * len(self.groups)),
            "group": self.by_group(self.groups),
            "parent": self.by_group(self.parents),
            "gate": self.by_gate(self.gates),
            **({"owner": self.by_gate(self.owners)} if self.owners else {}),
            "entered": self.entered.ravel(),
            "denominator": self.shown(self.at_risk).ravel(),
            "passed": self.shown(self.passed).ravel(),
        }

    def shown(self, people: Ints) -> Ints | Floats:
        """Numbers of each group at each gate, NaN where a published table hides what they are made of."""
        return known(people, self.hidden)

    def reasons(self) -> list[tuple[Bools, str]]:
        """Why a group has no rate at a gate, in the order in which it is said; shape (n_groups, n_gates)."""
        return [(self.hidden, HIDDEN), (self.entered == 0, NOBODY), (self.at_risk == 0, WAITING)]

    def left_out(self) -> tuple[Bools, str]:
        """Where a rate is not of everybody who entered."""
        return self.at_risk < self.entered, LEFT_OUT

    @property
    def untold(self) -> list[list[str]]:
        """At each gate the groups of which a published table hides a number."""
        return [list(compress(self.groups, at)) for at in self.hidden.T]

    def only(self, rows: Sequence[int] | NDArray[np.int64]) -> Self:
        """These groups alone, by position."""
        chosen = np.asarray(rows, np.int64)
        return replace(
            self,
            groups=tuple(self.groups[i] for i in chosen),
            parents=tuple(self.parents[i] for i in chosen),
            stated=self.stated[chosen],
            entered=self.entered[chosen],
            at_risk=self.at_risk[chosen],
            passed=self.passed[chosen],
            hidden=self.hidden[chosen],
        )

    def against(self, reference: str | None = None) -> Comparison:
        """Every group beside its reference.

        Parameters
        ----------
        reference : str or None
            A group; ``"largest"`` stated group; ``"highest"`` rate at each gate; ``"rest"``, everyone else
            stated; None for the declared reference, or the largest group where none is declared.

        Raises
        ------
        ArgumentError
            Where the reference is not one of the groups, is *Not stated*, or may be a group or be picked.
        """
        refuse_not_stated(reference)
        refuse_two_meanings(reference, self.groups, f"a group of {self.characteristic!r}")
        beside: list[Any]
        if self.groups and reference != "rest":
            chosen = self._chosen(reference)
            refuse_rest_by_name([self.groups[i] for i in chosen], self.characteristic)
            gate = np.arange(len(self.gates))
            labels = np.array([self.groups[i] for i in chosen], object)
            compared = np.arange(len(self.groups))[:, None] != chosen[None, :]
            beside = [np.broadcast_to(n[chosen, gate], self.shape) for n in self._three]
            hides = np.broadcast_to(self.hidden[chosen, gate], self.shape)
        else:
            labels = np.full(len(self.gates), "rest", object)
            compared = np.ones(self.shape, bool)
            beside = [_of_others(n) for n in self._three]
            hides = _of_others(self.hidden.astype(np.int64)) > 0
            beside = [beside[0], *(np.where(hides, 0, n) for n in beside[1:])]
        return Comparison(
            **{name: getattr(self, name) for name in Groups.__dataclass_fields__},
            everyone=self,
            reference=np.broadcast_to(labels, self.shape),
            ref_entered=beside[0] if np.isnan(beside[0]).any() else beside[0].astype(np.int64),
            ref_at_risk=beside[1],
            ref_passed=beside[2],
            compared=compared,
            ref_hidden=hides,
        )

    @property
    def _three(self) -> tuple[Ints | Floats, Ints, Ints]:
        return self.entered, self.at_risk, self.passed

    def _chosen(self, reference: str | None) -> Ints:
        """Position of the reference at each gate; what is declared is a group, whatever it is called."""
        named = reference or self.declared
        if named in self.groups:
            return np.full(len(self.gates), self.groups.index(named))
        name = named or "largest"
        if name == "highest":
            with np.errstate(invalid="ignore", divide="ignore"):
                rate = np.where(self.at_risk > 0, self.passed / self.at_risk, -1.0)
            return np.array([largest_of(self.groups, of_gate) for of_gate in rate.T], np.int64)
        if name == "largest":
            first = self.entered[:, -1] if self.gates[-1] == OVERALL else self.entered[:, 0]
            return np.full(len(self.gates), largest_of(self.groups, first))
        raise unknown_name(
            name, (*self.groups, *PICKED), argument="reference", of=f"a group of {self.characteristic!r}"
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison(Groups):
    """Groups of one characteristic, each beside its reference.

    Attributes
    ----------
    everyone : Groups
        All groups, whichever of them are compared here.
    reference : ndarray of str, shape (n_groups, n_gates)
        Name of the reference of each row.
    ref_entered, ref_at_risk, ref_passed : ndarray, shape (n_groups, n_gates)
        Its counts, as those of `Groups`.
    compared : ndarray of bool, shape (n_groups, n_gates)
        False where a group would be compared with itself.
    ref_hidden : ndarray of bool, shape (n_groups, n_gates)
        Where a published table hides a number of the reference.
    """

    everyone: Groups
    reference: Labels
    ref_entered: Ints | Floats
    ref_at_risk: Ints
    ref_passed: Ints
    compared: Bools
    ref_hidden: Bools

    @property
    def counts(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Passed and at risk of the groups, and of their references; nobody at risk where not compared."""
        passed, at_risk = (np.where(self.compared, n, 0) for n in (self.passed, self.at_risk))
        return passed, at_risk, self.ref_passed, self.ref_at_risk

    @property
    def flat(self) -> tuple[Floats, Floats, Floats, Floats]:
        """`counts`, a row for each group and gate, groups one after another."""
        passed, at_risk, ref_passed, ref_at_risk = (n.ravel().astype(np.float64) for n in self.counts)
        return passed, at_risk, ref_passed, ref_at_risk

    def columns(self) -> dict[str, NDArray[Any]]:
        """As of `Groups`, with the reference and its counts."""
        mine = super().columns()
        counts = {name: mine.pop(name) for name in ("entered", "denominator", "passed")}
        labels = {name: mine.pop(name) for name in ("characteristic", "group", "parent")}
        return {
            **labels,
            "reference": self.reference.ravel(),
            **mine,
            **counts,
            "reference_entered": self.ref_entered.ravel(),
            "reference_denominator": known(self.ref_at_risk, self.ref_hidden).ravel(),
            "reference_passed": known(self.ref_passed, self.ref_hidden).ravel(),
        }

    @property
    def either_hidden(self) -> Bools:
        """Where a published table hides a number of the group or of its reference."""
        return np.asarray(self.hidden | self.ref_hidden)

    def reasons(self) -> list[tuple[Bools, str]]:
        """As of `Groups`, and why there is nothing to compare with."""
        return [
            *super().reasons(),
            (~self.compared, "reference"),
            (self.ref_hidden, HIDDEN_REFERENCE),
            (self.ref_at_risk == 0, NO_REFERENCE),
        ]

    def at(self, gates: slice) -> Comparison:
        """The same at `SINGLE_GATES` or over the `WHOLE_WAY`."""
        names = ("entered", "at_risk", "passed", "reference", "ref_entered", "ref_at_risk", "ref_passed")
        masks = ("compared", "hidden", "ref_hidden")
        cut: dict[str, Any] = {name: getattr(self, name)[:, gates] for name in (*names, *masks)}
        return replace(self, gates=self.gates[gates], owners=self.owners[gates], **cut)

    def only(self, rows: Sequence[int] | NDArray[np.int64]) -> Self:
        """These groups alone, by position; their references stay."""
        chosen = np.asarray(rows, np.int64)
        names = ("reference", "ref_entered", "ref_at_risk", "ref_passed", "compared", "ref_hidden")
        theirs: dict[str, Any] = {name: getattr(self, name)[chosen] for name in names}
        return replace(super().only(chosen), **theirs)

    def others(self, groups: Sequence[str] | None = None) -> Comparison:
        """Without a group that is the reference at every gate; of the rest those named, or all."""
        return self.only(
            [
                i
                for i, group in enumerate(self.groups)
                if self.compared[i].any() and (groups is None or group in groups)
            ]
        )

    def once(self) -> Comparison:
        """Two groups that are each other's everyone else make one comparison.

        It is told of the group that would not be the reference if none were asked for.
        """
        if not (len(self.groups) == 2 == len(self.everyone.groups) and (self.reference == "rest").all()):
            return self
        usual = self.everyone.against().reference[0, 0]
        return self.only([i for i, group in enumerate(self.groups) if group != usual])


def _of_others(people: Any) -> Any:
    """For each group the sum over all others; NaN where one of theirs is."""
    gone = np.isnan(people)
    shown = np.where(gone, 0, people)
    return known(shown.sum(0) - shown, (gone.sum(0) - gone) > 0)


def first_reason(reasons: Sequence[tuple[NDArray[np.bool_], str]], otherwise: str = "") -> Labels:
    """For each cell the first of the reasons that holds there.

    >>> first_reason([(np.array([True, False]), "nobody"), (np.array([True, True]), "few")]).tolist()
    ['nobody', 'few']
    """
    return np.select(
        [where for where, _ in reasons], [np.array(words, object) for _, words in reasons], otherwise
    ).astype(object)


def with_reason(status: Labels, where: NDArray[np.bool_], more: str) -> Labels:
    """The status, with one more reason in those cells."""
    longer = np.where(status == "", more, status + f"; {more}")
    return np.where(where, longer, status).astype(object)


def column_of(values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    """An array as it is; of a list of values one that holds them as they are."""
    if isinstance(values, np.ndarray):
        return values
    column = np.empty(len(values), object)
    column[:] = values
    return column


def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """End to end; nothing where there are none."""
    return np.concatenate(parts) if parts else np.empty(0)


DISAGREE: Final = "the test and the interval disagree"
EXACT_DISAGREES: Final = "the exact test and the score interval disagree"


def disagree(
    p_value: ArrayLike, low: ArrayLike, high: ArrayLike, confidence: float, null: float = 1.0
) -> Bools:
    """Where a test finds a difference and the interval does not leave out none, or the other way round.

    >>> disagree([0.04, 0.04, 0.2], [0.3, 0.3, 1.1], [0.9, 1.1, 3.0], 0.95).tolist()
    [False, True, True]
    """
    p, least, most = (np.asarray(values, np.float64) for values in (p_value, low, high))
    with np.errstate(invalid="ignore"):
        outside, evident = (least > null) | (most < null), p <= level_of(confidence)
    found: Bools = ~np.isnan(p) & ~np.isnan(least) & (outside != evident)
    return found
