"""People as a model sees them: patterns of characteristics, how many entered each gate, how many passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import NOT_STATED, OVERALL
from stepup_equity.counts.funnel import largest_of
from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.findings.models.fates import Fates, patterns
from stepup_equity.given import check_known
from stepup_equity.records.covariates import CovariateTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.records.cells import Axis, CellTable


MOST_CELLS = 2_000_000
"""Combinations of groups over which blanks can be shared out."""


@dataclass(frozen=True, eq=False)
class GroupVariable:
    """A characteristic, stratum or cohort in a model.

    Attributes
    ----------
    name : str
    groups : tuple of str
        Those that occur, the reference first.
    codes : ndarray of int, shape (n_patterns,)
        Position of each pattern's group.
    """

    name: str
    groups: tuple[str, ...]
    codes: Ints

    @property
    def reference(self) -> str:
        """The group that others are compared with."""
        return self.groups[0]


@dataclass(frozen=True, eq=False)
class NumberVariable:
    """A numeric covariate in a model.

    Attributes
    ----------
    name : str
    values : ndarray, shape (n_patterns,)
    """

    name: str
    values: Floats


@dataclass(frozen=True, eq=False)
class LeftOut:
    """People at risk whom a model cannot use, by what is not stated of them.

    Attributes
    ----------
    names : tuple of str
        ``"any"``, then the variables.
    people : ndarray of int64, shape (n_names, n_gates)
        Somebody with two gaps counts under both, and once under ``"any"``.
    """

    names: tuple[str, ...]
    people: Ints


@dataclass(frozen=True, eq=False)
class ModelData:
    """Covariate patterns and what became of the people of each.

    Attributes
    ----------
    gates : tuple of str
        Keys of the gates; ``"overall"`` last.
    places : tuple of str
        Where that is, in words: "at screening".
    variables : tuple of GroupVariable or NumberVariable
    at_risk, passed : ndarray of int64, shape (n_patterns, n_gates)
    left_out : LeftOut
    cluster : GroupVariable or None
        Who belongs together, for cluster-robust errors.
    everyone : mapping of str to (ndarray, ndarray), each of shape (n_groups, n_gates)
        For each characteristic, people at risk and passed of its groups, whatever else is stated of them.
    """

    gates: tuple[str, ...]
    places: tuple[str, ...]
    variables: tuple[GroupVariable | NumberVariable, ...]
    at_risk: Ints
    passed: Ints
    left_out: LeftOut
    cluster: GroupVariable | None
    everyone: Mapping[str, tuple[Ints, Ints]]

    def variable(self, name: str) -> GroupVariable | NumberVariable:
        """The variable with this name."""
        return next(variable for variable in self.variables if variable.name == name)


@dataclass(frozen=True)
class Selection:
    """Whom and how a model is to compare; each by name of the characteristic.

    Attributes
    ----------
    level : mapping
        ``"detailed"``, ``"broad"`` or a named level.
    groups : mapping
        Only these groups.
    reference : mapping
        The group others are compared with.
    not_stated_as_group : bool
        Whether *Not stated* is a group of its own; otherwise only people with everything stated are used.
    denominator : {"entered", "decided"}
    """

    level: Mapping[str, str]
    groups: Mapping[str, Sequence[str]]
    reference: Mapping[str, str]
    not_stated_as_group: bool
    denominator: Denominator


def model_data(
    counts: StageCounts,
    table: CellTable | CovariateTable,
    names: Sequence[str],
    selection: Selection,
    *,
    cluster: str | None = None,
    where: Mapping[str, str] | None = None,
) -> ModelData:
    """Collapse cells to covariate patterns.

    Parameters
    ----------
    counts : StageCounts
        Whose programme declares groups, levels and references.
    table : CellTable or CovariateTable
        Cells with the axes named below; with numeric covariates, all of which are in the model.
    names : sequence of str
        Characteristics, strata or ``"cohort"`` in the model.
    selection : Selection
    cluster : str, optional
        A further axis; patterns do not straddle its labels.
    where : mapping, optional
        Only these people.

    Raises
    ------
    ArgumentError
        Groups or a reference that do not exist, or nobody left.
    """
    table = _only(table, where or {})
    numbers: dict[str, Floats] = {}
    if isinstance(table, CovariateTable):
        numbers = dict(zip(table.covariates, table.values.T, strict=True))
    axes = {name: _axis(counts, table, name, selection) for name in names}
    if cluster is not None:
        axes.setdefault(cluster, _axis(counts, table, cluster, selection))
    in_question = np.ones(len(table.n), bool)
    for axis in axes.values():
        in_question &= axis.codes != _NOT_ASKED
    gaps = [axis.codes == _GAP for axis in axes.values()] + [np.isnan(values) for values in numbers.values()]
    complete = in_question & ~np.logical_or.reduce(gaps) if gaps else in_question
    if not complete.any():
        raise ArgumentError(
            f"Nobody has {listed([*axes, *numbers])} all stated, so there is nothing to model. "
            "Leave out the characteristic that is hardly ever stated."
        )
    fates = Fates.of(table, counts.process.stage_keys, selection.denominator)
    alone = np.zeros(len(table.n), np.int64)
    left_out = LeftOut(
        ("any", *axes, *numbers),
        np.stack([fates.people(gap & in_question, alone, 1)[0][0] for gap in (~complete, *gaps)]),
    )
    first, pattern = patterns([axis.codes for axis in axes.values()], list(numbers.values()), complete)
    at_risk, passed = fates.people(complete, pattern, first.size)
    variables: dict[str, GroupVariable | NumberVariable] = {
        name: axis.variable(first, at_risk[:, -1], selection.reference.get(name))
        for name, axis in axes.items()
    }
    for name, values in numbers.items():
        variables[name] = NumberVariable(name, values[first])
    held = variables.get(cluster) if cluster is not None else None
    return ModelData(
        (*counts.process.gate_keys, OVERALL),
        (*(f"at {gate.label}" for gate in counts.process.gates), "over the whole way"),
        tuple(variables[name] for name in (*names, *numbers)),
        at_risk,
        passed,
        left_out,
        held if isinstance(held, GroupVariable) else None,
        {
            name: _everyone(fates, axis, variable, in_question)
            for name, axis in axes.items()
            if isinstance(variable := variables[name], GroupVariable)
        },
    )


@dataclass(frozen=True, eq=False)
class Incomplete:
    """People with blanks, and the complete cells they may belong to.

    Attributes
    ----------
    data : ModelData
        A pattern for every combination of groups; nobody is counted in it yet.
    codes : ndarray of int, shape (n_records, n_variables)
        Position of each group among those of its variable; -1 where it is blank.
    at_risk, passed : ndarray of int, shape (n_records, n_gates)
        1 where the people of a record were at risk at a gate and where they passed, the whole way last.
    n : ndarray, shape (n_records,)
    """

    data: ModelData
    codes: Ints
    at_risk: Ints
    passed: Ints
    n: Floats


def incomplete_data(
    counts: StageCounts, table: CellTable, names: Sequence[str], selection: Selection
) -> Incomplete:
    """Everybody in question by what they stated and how far they got, blanks and all.

    Raises
    ------
    ArgumentError
        Groups or a reference that do not exist, or more combinations of groups than memory holds.
    """
    whole = model_data(counts, table, names, selection)
    axes = {name: _axis(counts, table, name, selection) for name in names}
    asked = np.logical_and.reduce([axis.codes != _NOT_ASKED for axis in axes.values()])
    fates = Fates.of(table, counts.process.stage_keys, selection.denominator)
    variables = [v for v in whole.variables if isinstance(v, GroupVariable)]
    sizes = [len(v.groups) for v in variables]
    if float(np.prod(np.array(sizes, float))) > MOST_CELLS:
        raise ArgumentError(
            "missing='em' shares people with blanks out over all combinations of groups, here "
            f"{int(np.prod(np.array(sizes, object))):,}; the limit is {MOST_CELLS:,}. Use fewer "
            "characteristics, or a broader level."
        )
    columns = []
    for variable, axis in zip(variables, axes.values(), strict=True):
        place = {label: i for i, label in enumerate(variable.groups)}
        lookup = np.array([place.get(label, -1) for label in axis.labels], np.int64)
        columns.append(np.where(axis.codes >= 0, lookup[np.maximum(axis.codes, 0)], -1)[asked])
    furthest, out = fates.furthest[asked].astype(np.int64), fates.out[asked].astype(np.int64)
    gates = np.arange(fates.n_stages - 1)
    past = np.zeros((len(out), len(gates)), np.int64) if fates.past is None else fates.past[asked]
    records, row = np.unique(np.column_stack([*columns, furthest, out, past]), axis=0, return_inverse=True)
    n = np.asarray(np.bincount(row.ravel(), fates.n[asked]), dtype=np.float64)
    end = len(columns)
    furthest, out, met = records[:, end], records[:, end + 1], records[:, end + 2 :] == 0
    passed = np.column_stack([(furthest[:, None] > gates) & met, furthest == fates.n_stages - 1])
    at_risk = np.column_stack(
        [
            (furthest[:, None] >= gates) & met & ~((out[:, None] > 0) & (furthest[:, None] == gates)),
            out == 0,
        ]
    )
    cells = np.indices(sizes).reshape(len(sizes), -1)
    nobody = np.zeros((cells.shape[1], len(whole.gates)), np.int64)
    data = replace(
        whole,
        variables=tuple(GroupVariable(v.name, v.groups, c) for v, c in zip(variables, cells, strict=True)),
        at_risk=nobody,
        passed=nobody,
        left_out=replace(whole.left_out, people=np.zeros_like(whole.left_out.people)),
    )
    return Incomplete(data, records[:, :end], at_risk.astype(np.int64), passed.astype(np.int64), n)


def _everyone(fates: Fates, axis: _Axis, variable: GroupVariable, rows: Bools) -> tuple[Ints, Ints]:
    """People of each group of a variable, whatever else is stated of them."""
    place = {label: i for i, label in enumerate(variable.groups)}
    code = np.array([*(place.get(label, -1) for label in axis.labels), -1, -1], np.int64)[axis.codes]
    return fates.people(rows & (code >= 0), np.maximum(code, 0), len(variable.groups))


_GAP, _NOT_ASKED = -1, -2


@dataclass(frozen=True, eq=False)
class _Axis:
    """Groups of one axis at the level asked for, and where each cell stands."""

    name: str
    labels: tuple[str, ...]
    codes: NDArray[np.int32]
    reference: str | None

    def variable(self, first: NDArray[np.intp], people: Ints, asked: str | None) -> GroupVariable:
        codes = self.codes[first]
        size = np.bincount(codes, people, len(self.labels))
        held = np.flatnonzero(np.bincount(codes, minlength=len(self.labels)))
        occurring = [self.labels[i] for i in held]
        if asked is not None and asked not in occurring:
            raise unknown_name(
                asked, occurring, argument=f"reference[{self.name!r}]", of=f"a group of {self.name!r} here"
            )
        stated = [label for label in occurring if label != NOT_STATED] or occurring
        largest = stated[largest_of(stated, [size[self.labels.index(label)] for label in stated])]
        declared = self.reference if self.reference in stated else None
        reference = asked or declared or largest
        groups = (reference, *(label for label in occurring if label != reference))
        place = np.zeros(len(self.labels), np.int64)
        place[[self.labels.index(label) for label in groups]] = np.arange(len(groups))
        return GroupVariable(self.name, groups, place[codes])


def _only(table: CellTable | CovariateTable, where: Mapping[str, str]) -> CellTable | CovariateTable:
    keep = np.ones(len(table.n), bool)
    for name, label in where.items():
        labels = _named(table, name).labels
        check_known([label], labels, argument=f"where[{name!r}]", of=f"a label of {name!r}")
        keep &= table.column(name) == labels.index(label)
    if keep.all():
        return table
    parts = {part: getattr(table, part)[keep] for part in ("codes", "furthest", "exit", "n")}
    if isinstance(table, CovariateTable):
        return replace(table, **parts, values=table.values[keep])
    return replace(table, **parts)


def _named(table: CellTable | CovariateTable, name: str) -> Axis:
    for axis in table.axes:
        if axis.name == name:
            return axis
    raise unknown_name(name, table.names, argument="where", of="counted")


def _axis(counts: StageCounts, table: CellTable | CovariateTable, name: str, selection: Selection) -> _Axis:
    axis = _named(table, name)
    if axis.kind == "characteristic":
        labels, positions, reference = counts.programme.characteristic(name).at_level(
            selection.level.get(name)
        )
        lookup = np.array(positions, np.int32)
        lookup[lookup < 0] = _NOT_ASKED
        lookup = np.append(lookup, np.int32(len(labels) if selection.not_stated_as_group else _GAP))
    else:
        labels = tuple(label for label in axis.labels if label != NOT_STATED)
        reference = None
        unknown = len(labels) if selection.not_stated_as_group else _GAP
        place = {label: i for i, label in enumerate(labels)}
        lookup = np.array([place.get(label, unknown) for label in axis.labels], np.int32)
    asked = selection.groups.get(name)
    if asked is not None:
        check_known(asked, labels, argument=f"groups[{name!r}]", of=f"a group of {name!r}")
        chosen = {labels.index(label) for label in asked}
        lookup = np.where((lookup < 0) | np.isin(lookup, [*chosen, len(labels)]), lookup, _NOT_ASKED)
    codes = lookup[table.column(name)]
    if asked is not None and not (codes >= 0).any():
        raise ArgumentError(f"groups[{name!r}] names only groups that nobody belongs to: {listed(asked)}.")
    return _Axis(name, (*labels, NOT_STATED), codes, reference)
