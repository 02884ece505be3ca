"""Two cohorts side by side: the same groups at the same gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts.funnel import largest_of
from stepup_equity.counts.grouping import cohorts_held
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.comparison import Groups
from stepup_equity.findings.family import (
    chosen_characteristics,
    one_for_groups,
    reference_for,
    refuse_changing,
)
from stepup_equity.findings.references import refuse_rest_by_name, refuse_two_meanings
from stepup_equity.given import check_known, check_made, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Ints
    from stepup_equity.counts import Denominator, Funnel


NOT_SHARED: Final = "this gate is not in both processes"


@dataclass(frozen=True, eq=False)
class TwoCohorts:
    """Two sets of counts and what each is called.

    Attributes
    ----------
    earlier, later : StageCounts
    labels : tuple of str
        Names of both.
    gates : tuple of str
        Keys of the gates of either, in the order of the process.
    shared : ndarray of bool, shape (n_gates,)
        Gates that lead from the same stage to the same stage in both.
    """

    earlier: StageCounts
    later: StageCounts
    labels: tuple[str, str]
    gates: tuple[str, ...]
    shared: NDArray[np.bool_]

    @property
    def same_process(self) -> bool:
        """Whether both went through the same stages."""
        return self.earlier.process.stage_keys == self.later.process.stage_keys

    def untold(self, cohort: int, characteristic: str) -> set[str]:
        """Groups that the published table of one of the two hides whole, which that of the other may show."""
        counts = (self.earlier, self.later)[cohort]
        held = {"", *cohorts_held(counts.tables)}  # a table of one cohort need not name it
        return {label for of, name, label in counts.untold if name == characteristic and of in held}


def two_cohorts(counts: StageCounts, later: StageCounts | None, cohorts: Sequence[str] | None) -> TwoCohorts:
    """The two cohorts of a call: of one set of counts, or two sets.

    Raises
    ------
    ArgumentError
        Where it is not clear which two are meant.
    """
    if later is not None:
        check_made(later, StageCounts, argument="later", how="Count them: su.count_stages(applicants).")
        if cohorts is not None:
            raise ArgumentError(
                "Two sets of counts are two cohorts already. Leave out cohorts=, or give one set."
            )
        for which, held in (("earlier", counts), ("later", later)):
            if len(held.cohorts) > 1:
                raise ArgumentError(
                    f"The {which} counts hold the cohorts {listed(held.cohorts)}, which would be added up. "
                    "Give those of one cohort, or all in one set of counts with cohorts= naming two."
                )
        return _together(counts, later, _labels(counts, later))
    if len(counts.cohorts) < 2:
        found = f"only {listed(counts.cohorts)}" if counts.cohorts else "no cohort"
        raise ArgumentError(
            f"These counts hold {found}, and a comparison needs two. Count records with a 'cohort' "
            f"column, or "
            "give the later counts as second argument."
        )
    if cohorts is None:
        if len(counts.cohorts) > 2:
            raise ArgumentError(
                f"These counts hold {len(counts.cohorts)} cohorts. Name two, the earlier first, such as "
                f"cohorts=({counts.cohorts[0]!r}, {counts.cohorts[-1]!r})."
            )
        cohorts = counts.cohorts
    names = names_in(cohorts, argument="cohorts")
    if len(names) != 2 or names[0] == names[1]:
        raise ArgumentError(
            f"cohorts={names!r} must name two cohorts, the earlier first. Possible: {listed(counts.cohorts)}."
        )
    check_known(names, counts.cohorts, argument="cohorts", of="a cohort of these counts")
    first, second = (counts.only({"cohort": name}) for name in names)
    return _together(first, second, (names[0], names[1]))


def _labels(earlier: StageCounts, later: StageCounts) -> tuple[str, str]:
    if len(earlier.cohorts) == len(later.cohorts) == 1 and earlier.cohorts != later.cohorts:
        return earlier.cohorts[0], later.cohorts[0]
    return "earlier", "later"


def _together(earlier: StageCounts, later: StageCounts, labels: tuple[str, str]) -> TwoCohorts:
    before, after = (counts.process.stage_keys for counts in (earlier, later))
    steps = [dict(zip(keys[1:], keys[:-1], strict=True)) for keys in (before, after)]
    gates = tuple(dict.fromkeys([*steps[0], *steps[1]]))
    shared = np.array([gate in steps[0] and steps[0][gate] == steps[1].get(gate) for gate in gates])
    return TwoCohorts(earlier, later, labels, gates, shared)


@dataclass(frozen=True, eq=False)
class CohortPair:
    """One characteristic in two cohorts, groups and gates aligned.

    Attributes
    ----------
    characteristic, label : str
    groups, parents : tuple
        Stated groups of either cohort.
    gates : tuple of str
        ``"overall"`` last.
    at_risk, passed : ndarray of int64, shape (2, n_groups, n_gates + 1)
        Those a rate is of, and those who passed; 0 where a gate is not in both processes.
    reached : ndarray of int64, shape (2, n_groups, n_stages)
        First and last stage only where the processes differ.
    hidden : ndarray of bool, shape (2, n_groups, n_gates + 1)
        Where a published table hides a number that a rate needs: nobody is at risk there.
    reference : str
        A group, or ``"rest"``.
    compared : tuple of int
        Positions of the groups that are compared.
    shared : ndarray of bool, shape (n_gates + 1,)
        Gates that are the same in both; the whole way always is.
    pending : int
        People without an outcome yet, in either cohort.
    """

    characteristic: str
    label: str
    groups: tuple[str, ...]
    parents: tuple[str | None, ...]
    gates: tuple[str, ...]
    at_risk: Ints
    passed: Ints
    reached: Ints
    hidden: Bools
    reference: str
    compared: tuple[int, ...]
    shared: NDArray[np.bool_]
    pending: int

    def of_reference(self, values: Ints) -> Ints:
        """Counts of the reference beside those of every group, shape (2, n_groups, n_gates + 1)."""
        return np.where(self.ref_hidden, 0, self._of_reference(values))

    @property
    def ref_hidden(self) -> Bools:
        """Where a published table hides a number of the reference, of the same shape."""
        return self._of_reference(self.hidden.astype(np.int64)) > 0

    def _of_reference(self, values: Ints) -> Ints:
        if self.reference == "rest":
            rest: Ints = values.sum(axis=1, keepdims=True) - values
            return rest
        every: Ints = np.broadcast_to(values[:, [self.groups.index(self.reference)]], values.shape)
        return every


def cohort_pairs(
    both: TwoCohorts,
    by: str | Sequence[str | tuple[str, ...]] | None,
    *,
    reference: str | Mapping[str, str] | None,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> list[CohortPair]:
    """Pairs for each characteristic asked about, by default for all that both cohorts counted."""
    names = chosen_characteristics(both.earlier, by)
    if by is None:
        names = tuple(name for name in names if name in both.later.characteristics)
    one_for_groups(groups, names)
    found = []
    for name in names:
        funnels = [c.funnel(name, level=level, where=where) for c in (both.earlier, both.later)]
        asked = reference_for(funnels[0].characteristic, reference)
        found.append(_pair(both, funnels[0], funnels[1], asked, groups, denominator))
    return found


def _pair(
    both: TwoCohorts,
    before: Funnel,
    after: Funnel,
    reference: str | None,
    chosen: Sequence[str] | None,
    denominator: Denominator,
) -> CohortPair:
    parents = dict(zip((*after.groups, *before.groups), (*after.parents, *before.parents), strict=True))
    groups = _in_order(both, before, after)
    gates = (*both.gates, OVERALL)
    at_risk, passed = (np.zeros((2, len(groups), len(gates)), np.int64) for _ in range(2))
    hidden = np.zeros(at_risk.shape, bool)
    stages = before.stages if both.same_process else (before.stages[0], before.stages[-1])
    reached = np.zeros((2, len(groups), len(stages)), np.int64)
    for cohort, funnel in enumerate((before, after)):
        table = Groups.of(funnel, denominator)
        rows = [groups.index(group) for group in funnel.groups]
        gone = both.untold(cohort, before.characteristic)
        hidden[cohort, [group in gone and group not in funnel.groups for group in groups]] = True
        for column, gate in enumerate(gates):
            if gate in table.gates and (gate == OVERALL or both.shared[column]):
                at_risk[cohort, rows, column] = table.at_risk[:, table.gates.index(gate)]
                passed[cohort, rows, column] = table.passed[:, table.gates.index(gate)]
                hidden[cohort, rows, column] = table.hidden[:, table.gates.index(gate)]
        reached[cohort, rows] = funnel.reached if both.same_process else funnel.reached[:, [0, -1]]
    name = _reference(before, after, reference, groups, reached)
    check_known(chosen or (), groups, argument="groups", of=f"a group of {before.characteristic!r}")
    return CohortPair(
        characteristic=before.characteristic,
        label=before.label,
        groups=groups,
        parents=tuple(parents[group] for group in groups),
        gates=gates,
        at_risk=at_risk,
        passed=passed,
        reached=reached,
        hidden=hidden,
        reference=name,
        compared=tuple(
            i for i, group in enumerate(groups) if group != name and (chosen is None or group in chosen)
        ),
        shared=np.append(both.shared, True),
        pending=int(before.pending.sum() + after.pending.sum()),
    )


def _in_order(both: TwoCohorts, before: Funnel, after: Funnel) -> tuple[str, ...]:
    """Groups of either cohort in declared order, where one is declared."""
    found = dict.fromkeys((*before.groups, *after.groups))
    if before.characteristic in both.earlier.programme.characteristic_names:
        declared = both.earlier.programme.characteristic(before.characteristic).at_level(before.level)[0]
        found = dict.fromkeys([group for group in declared if group in found]) | found
    return tuple(found)


def _reference(
    before: Funnel, after: Funnel, reference: str | None, groups: tuple[str, ...], reached: Ints
) -> str:
    refuse_changing(reference)
    of = f"a group of {before.characteristic!r}"
    refuse_two_meanings(reference, groups, of)
    if reference == "rest" or not groups:
        return "rest"
    declared = before.reference or after.reference
    if reference == "largest" or (reference or declared) is None:
        name = groups[largest_of(groups, reached[:, :, 0].sum(axis=0))]
    else:
        name = str(reference or declared)
        check_known([name], (*groups, "largest", "rest"), argument="reference", of=of)
    refuse_rest_by_name([name], before.characteristic)
    return name
