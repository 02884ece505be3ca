"""Scores of those who stood before a gate, by group: what pass marks are drawn through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED
from stepup_equity.counts import ALL_COHORTS
from stepup_equity.counts.asked import check_names
from stepup_equity.counts.one_cohort import cohort_note
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.family import reference_among
from stepup_equity.findings.references import refuse_not_stated
from stepup_equity.given import check_known, check_made, check_map, names_in
from stepup_equity.process import EXIT_REASONS, ExitKind
from stepup_equity.records.applicants import Applicants
from stepup_equity.records.routes import gates_without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.records.covariates import CovariateTable


def stated_none(name: str, *, partial: bool) -> str:
    """What is said of people who are in no group; a level that is partial has not a place for every group.

    >>> stated_none("religion", partial=True)
    'stated no religion, or one that this level leaves out'
    """
    return f"stated no {name}{', or one that this level leaves out' if partial else ''}"


IS_PENDING = np.array([kind == ExitKind.PENDING for kind in EXIT_REASONS.values()])
"""For each reason of leaving, in the order of `EXIT_REASONS`, whether it is that of somebody who waits."""

BY_CHOICE = np.array([kind == ExitKind.WITHDREW for kind in EXIT_REASONS.values()])
"""The same, whether it is the applicant's own decision."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Those who entered a gate and have a score.

    Attributes
    ----------
    characteristic, label : str
    partial : bool
        Whether the level has not a place for every group.
    groups : tuple of str
        Labels; only groups that occur.
    reference : str
    group : ndarray of int64, shape (n_records,)
        Position among the groups.
    parts : ndarray of float64, shape (n_records, n_criteria)
        The scores that make up the composite.
    passed : ndarray of bool, shape (n_records,)
        Whether they passed the gate.
    withdrew : ndarray of bool, shape (n_records,)
        Whether they left at the gate by their own choice.
    n : ndarray of int64, shape (n_records,)
        People each record stands for.
    more : ndarray of float64, shape (n_records, n_more)
        Other numbers that were asked for beside the criteria; NaN where not known.
    furthest : ndarray of int8, shape (n_records,)
        Last stage reached, 0 for the first.
    waiting : ndarray of bool, shape (n_records,)
        Whether they passed the gate and wait at a later one.
    without_score, not_stated, pending : int
        People who entered and are left out.
    """

    characteristic: str
    label: str
    partial: bool
    groups: tuple[str, ...]
    reference: str
    group: Ints
    parts: Floats
    passed: NDArray[np.bool_]
    withdrew: NDArray[np.bool_]
    n: Ints
    more: Floats
    furthest: NDArray[np.int8]
    waiting: NDArray[np.bool_]
    without_score: int
    not_stated: int
    pending: int


def weights_of(score: str | Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    """Criteria and their weights; equal where none are given.

    Raises
    ------
    ArgumentError
        Where there is no criterion, or weights are negative or all 0.
    """
    if isinstance(score, str):
        weights = {score: 1.0}
    elif isinstance(score, Mapping):
        check_map(score, argument="score", such_as="criteria with a weight each")
        weights = {name: _number(weight) for name, weight in score.items()}
    else:
        weights = dict.fromkeys(names_in(score, argument="score"), 1.0)
    if not weights or min(weights.values()) < 0 or not 0 < sum(weights.values()) < np.inf:
        raise ArgumentError(
            f"score={score!r} gives no composite. Name one criterion or more, with weights of 0 or more."
        )
    return weights


def _number(weight: object) -> float:
    return float(weight) if isinstance(weight, (int, float, np.number)) else np.nan


def composite(parts: Floats, weights: Sequence[float]) -> Floats:
    """Weighted mean of the criteria, in their own points."""
    weight = np.asarray(weights, np.float64)
    return np.asarray(parts @ (weight / weight.sum()))


def asked_of_records(
    applicants: Applicants,
    names: Mapping[str, str],
    *,
    where: Mapping[str, str] | None,
    cohort: str | None,
    **given: Any,
) -> tuple[Mapping[str, str] | None, tuple[str, ...]]:
    """Refuse what no question of records can be asked with; restrictions to one cohort, and which it is.

    Parameters
    ----------
    applicants : Applicants
    names : mapping of str to str
        What the question names beside its groups, by argument.
    where, cohort, given
        As `check_names` takes them.

    Raises
    ------
    ArgumentError
        As `check_names`; no records, a name that is no text, or more than one cohort.
    """
    check_made(applicants, Applicants, argument="applicants", how="Read records: su.read_applicants(...).")
    for argument, name in names.items():
        check_made(name, str, argument=argument, how="Give a name in quotes.")
    check_names(applicants.programme.characteristic_names, where=where, cohort=cohort, **given)
    return _of_one_cohort(applicants, cohort, where)


def _of_one_cohort(
    applicants: Applicants, cohort: str | None, where: Mapping[str, str] | None
) -> tuple[Mapping[str, str] | None, tuple[str, ...]]:
    """Restrictions that name one cohort, and a sentence on which: the last of several, unless it is named.

    Raises
    ------
    ArgumentError
        A cohort that is not there, one named twice over, or all of several, which would be added up.
    """
    axes = [axis for axis in applicants.cells.axes if axis.name == COHORT]
    every = tuple(label for axis in axes for label in axis.labels)
    known = tuple(label for label in every if label != NOT_STATED)
    if COHORT in (where or {}):
        if cohort is not None and where is not None and cohort != where[COHORT]:
            raise ArgumentError(
                f"cohort={cohort!r} and where={dict(where)!r} name two cohorts. Leave out one of the two."
            )
        return where, ()
    if not known:
        if cohort not in (None, ALL_COHORTS):
            raise ArgumentError(f"cohort={cohort!r} cannot be told: these records name no cohort.")
        return where, ()
    if cohort == ALL_COHORTS and cohort not in known:
        if len(known) > 1:
            raise ArgumentError("cohort='all' would add cohorts up here. Name one of them.")
        cohort = known[-1]
    chosen = known[-1] if cohort is None else cohort
    check_known([chosen], known, argument="cohort", of="a cohort of these records")
    return {**(where or {}), COHORT: chosen}, cohort_note(chosen, known, blanks=len(every) > len(known))


def scores_before(
    applicants: Applicants,
    criteria: Sequence[str],
    gate: str,
    by: str,
    *,
    reference: str | None,
    level: str | None,
    where: Mapping[str, str] | None,
    more: Sequence[str] = (),
) -> Scores:
    """Scores of those who entered a gate and whose outcome is known; `more` numbers need not be."""
    programme = applicants.programme
    gates = programme.process.gate_keys
    check_known([gate], gates, argument="gate", of=f"a gate of {programme.label!r}")
    check_known([by], programme.characteristic_names, argument="by", of="a characteristic")
    table = applicants.with_covariates(
        [*criteria, *more], by=[by, *(name for name in where or {} if name != by)]
    )
    number = gates.index(gate)
    here = (table.furthest >= number) & _chosen(table, where)
    lacked = gates_without(table, gates)
    here &= True if lacked is None else ~lacked[:, number]
    pending = here & (table.furthest == number) & IS_PENDING[table.exit]
    labels, positions, declared = programme.characteristic(by).at_level(level)
    group = np.array((*positions, -1), np.int64)[table.column(by)]
    parts, others = table.values[:, : len(criteria)], table.values[:, len(criteria) :]
    known = ~np.isnan(parts).any(axis=1)
    used = here & ~pending & (group >= 0) & known
    occurs = np.flatnonzero(np.bincount(group[used], minlength=len(labels)) > 0)
    place = np.full(len(labels), -1, np.int64)
    place[occurs] = np.arange(len(occurs))
    groups = tuple(labels[i] for i in occurs)
    if not groups:
        raise ArgumentError(
            f"Nobody who entered {gate!r} has {' and '.join((*criteria, f'a stated {by!r}'))}: nothing "
            f"to compare."
        )
    refuse_not_stated(reference)
    n = table.n[used]
    sizes = np.bincount(place[group[used]], weights=n, minlength=len(groups))
    return Scores(
        characteristic=by,
        label=programme.characteristic(by).label,
        partial=-1 in positions,
        groups=groups,
        reference=reference_among(groups, sizes, reference, declared, of=f"a group of {by!r} here"),
        group=place[group[used]],
        parts=parts[used],
        passed=table.furthest[used] > number,
        withdrew=(table.furthest[used] == number) & BY_CHOICE[table.exit[used]],
        n=n,
        more=others[used],
        furthest=table.furthest[used],
        waiting=IS_PENDING[table.exit[used]],
        without_score=int(table.n[here & ~pending & (group >= 0) & ~known].sum()),
        not_stated=int(table.n[here & ~pending & (group < 0)].sum()),
        pending=int(table.n[pending].sum()),
    )


def _chosen(table: CovariateTable, where: Mapping[str, str] | None) -> NDArray[np.bool_]:
    keep = np.ones(len(table.n), bool)
    for name, label in (where or {}).items():
        labels = table.axes[table.names.index(name)].labels
        check_known([label], labels, argument="where", of=f"a label of {name!r}")
        keep &= table.column(name) == labels.index(label)
    return keep
