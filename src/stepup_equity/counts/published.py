"""Counts typed in from a published table: tidy or wide, one characteristic or several."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.counts.totals import refuse_totals, sum_notes
from stepup_equity.errors import ArgumentError, DataError, did_you_mean, listed
from stepup_equity.process import (
    Characteristic,
    Cohorts,
    Group,
    PeopleCounts,
    Programme,
    SelectionProcess,
    common_not_stated,
    normalise,
)
from stepup_equity.process.exits import exit_code
from stepup_equity.records import (
    Axis,
    CellTable,
    collapse,
    exits_of,
    furthest_of,
    in_print_order,
    read_people_counts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["counts_from_table"]

_KEYS = ("characteristic", "group")
_MOST_PEOPLE = 1 << 53
_OPTIONAL = ("cohort", "parent")
_PEOPLE: Final = "people in all"


def counts_from_table(
    frame: pd.DataFrame, process: SelectionProcess | Programme | None = None
) -> StageCounts:
    """Counts from a published table; see `StageCounts.from_table`."""
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame is a {type(frame).__name__}. Give a pandas DataFrame.")
    frame = frame.rename(columns=_plain_key)
    missing = [name for name in _KEYS if name not in frame.columns]
    if missing:
        raise DataError(
            f"The table has no column {listed(missing)}. It has {listed(map(str, frame.columns))}. "
            f"Needed: 'characteristic', 'group', then 'stage' and 'reached', or one column for each stage."
            f"{did_you_mean(missing[0], map(str, frame.columns))}"
        )
    if frame.empty:
        raise DataError("The table has no rows. Give one row for each group.")
    _refuse_two_parents(frame)
    programme = process if isinstance(process, Programme) else None
    selection = process.process if isinstance(process, Programme) else process
    if programme is not None and isinstance(programme.reading.progress, PeopleCounts):
        table, numbers = _counted_by_outcome(frame.reset_index(drop=True), programme)
        return _assemble(table, numbers, programme.process, programme)
    _refuse_rates(frame)
    wide, stages = _widened(frame.reset_index(drop=True), selection)
    if selection is None:
        selection = SelectionProcess.from_keys(stages)
    table = _checked(wide, stages)
    refuse_totals(table)
    reached = table[stages].to_numpy(np.int64)
    return _assemble(table, _ended_of(reached), selection, programme)


@dataclass(frozen=True)
class _Ended:
    """People of each row of a table, by how far they got and why no further.

    Attributes
    ----------
    furthest, exit : ndarray of int, shape (n_outcomes,)
    people : ndarray of int64, shape (n_rows, n_outcomes)
    """

    furthest: NDArray[np.int8]
    exit: NDArray[np.int8]
    people: NDArray[np.int64]


def _ended_of(reached: NDArray[np.int64]) -> _Ended:
    """Numbers who reached each stage as numbers who got no further."""
    ended = reached.copy()
    ended[:, :-1] -= reached[:, 1:]
    furthest = np.arange(reached.shape[1], dtype=np.int8)
    exits = np.where(furthest == furthest[-1], 0, exit_code("not_recorded")).astype(np.int8)
    return _Ended(furthest, exits, ended)


def _counted_by_outcome(frame: pd.DataFrame, programme: Programme) -> tuple[pd.DataFrame, _Ended]:
    """Keys of the table, and its numbers by the outcomes that the programme declares."""
    table = _checked(frame.rename(columns=str), [])
    outcomes, people = read_people_counts(table, programme)
    furthest, exits = furthest_of(outcomes), exits_of(outcomes)
    return table, _Ended(furthest.astype(np.int8), exits.astype(np.int8), people)


def _plain_key(column: object) -> object:
    """The names that a table must have, however their letters are written; others as they are."""
    plain = str(column).strip().casefold()
    return plain if plain in (*_KEYS, *_OPTIONAL, "stage", "reached") else column


def _refuse_rates(frame: pd.DataFrame) -> None:
    """A column of rates is no stage."""
    for column in map(str, frame.columns):
        words = set(re.findall(r"[a-z]+|%", column.casefold()))
        if words & {"rate", "rates", "percent", "percentage", "share", "ratio", "%"}:
            raise DataError(
                f"Column {column!r} seems to hold rates, and every column besides {listed(_KEYS)} is taken "
                "for a stage with numbers of people. Leave it out; rates are made from the counts."
            )


def _widened(frame: pd.DataFrame, process: SelectionProcess | None) -> tuple[pd.DataFrame, list[str]]:
    """One row for each group, one column for each stage; stages in order."""
    if "stage" in frame.columns and "reached" in frame.columns:
        stages = [str(stage) for stage in dict.fromkeys(frame["stage"])]
        keys = [name for name in (*_OPTIONAL, *_KEYS) if name in frame.columns]
        frame = frame.assign(stage=frame["stage"].astype(str), parent=frame.get("parent"))
        doubled = frame.duplicated([key for key in keys if key != "parent"] + ["stage"])
        if doubled.any():
            raise DataError(
                f"The table has a group and stage twice, first in row "
                f"{int(doubled.to_numpy().argmax()) + 1}. "
                "Keep one row for each."
            )
        index = [key for key in keys if key != "parent"]
        wide = frame.pivot(index=index, columns="stage", values="reached").reset_index()  # noqa: PD010
        order = frame[index].drop_duplicates()
        wide = order.merge(wide, on=index, how="left")
        if "parent" in keys:
            wide = wide.merge(frame[[*index, "parent"]].drop_duplicates(index), on=index, how="left")
    elif "stage" in frame.columns:
        raise DataError(
            "The table has a column 'stage' and no column 'reached'. Name the column with the numbers of "
            f"people so. It has {listed(map(str, frame.columns))}."
        )
    else:
        stages = [str(c) for c in frame.columns if c not in (*_KEYS, *_OPTIONAL)]
        wide = frame.rename(columns=str)
    if process is not None:
        unknown = [stage for stage in stages if stage not in process.stage_keys]
        if unknown:
            raise DataError(
                f"The table has stages that {process.name!r} does not: {listed(unknown)}. "
                f"Its stages: {listed(process.stage_keys)}.{did_you_mean(unknown[0], process.stage_keys)}"
            )
        absent = [stage for stage in process.stage_keys if stage not in stages]
        if absent:
            raise DataError(
                f"The table lacks stages of {process.name!r}: {listed(absent)}. "
                "Add them, or leave process out to take the stages of the table."
            )
        stages = list(process.stage_keys)
    if len(stages) < 2:
        raise DataError(
            f"The table has {len(stages)} stage(s): {listed(stages)}. A selection needs two or more: "
            "columns 'stage' and 'reached', or one column for each stage."
        )
    return wide, stages


def _checked(wide: pd.DataFrame, stages: list[str]) -> pd.DataFrame:
    """Whole, non-negative numbers that never grow from stage to stage; groups named once."""
    wide = wide.copy()
    for name in _KEYS:
        blank = wide[name].isna()
        if name == "group":
            wide[name] = wide[name].fillna("")
        elif blank.any():
            raise DataError(
                f"Column {name!r} is blank in row {int(blank.to_numpy().argmax()) + 1}. Fill it in."
            )
        wide[name] = wide[name].astype(str).str.strip()
    for stage in stages:
        raw = wide[stage]
        plain = raw if pd.api.types.is_numeric_dtype(raw) else raw.astype(str).str.replace(",", "")
        numbers = pd.to_numeric(plain, errors="coerce")
        if (numbers.abs() > _MOST_PEOPLE).any():
            large = (numbers.abs() > _MOST_PEOPLE).to_numpy()
            raise DataError(
                f"Column {stage!r}, {_place(wide, large)}: a number beyond {_MOST_PEOPLE:,}, where whole "
                "numbers are no longer exact. Correct it."
            )
        bad = numbers.isna() | (numbers < 0) | (numbers % 1 != 0)
        if bad.any():
            raise DataError(
                f"Column {stage!r}, {_place(wide, bad.to_numpy())}: not a whole number of people. "
                "Counts typed in from a table are whole and not negative; leave out groups whose counts "
                "are hidden."
            )
        wide[stage] = numbers.astype("int64")
    for before, after in itertools.pairwise(stages):
        more = (wide[after] > wide[before]).to_numpy()
        if more.any():
            raise DataError(
                f"In {_place(wide, more)} more people reached {after!r} than {before!r}. "
                "Each stage holds those who reached it, so numbers never grow. Check the order of the stages."
            )
    keys = [name for name in ("cohort", *_KEYS) if name in wide.columns]
    doubled = wide.duplicated(keys).to_numpy()
    if doubled.any():
        raise DataError(
            f"The table has a group twice, second in {_place(wide, doubled)}. Keep one row for each."
        )
    return wide


def _place(wide: pd.DataFrame, bad: NDArray[np.bool_]) -> str:
    """The first bad row, and its group, since rows of a long table were put together."""
    row = int(bad.argmax())
    return f"row {row + 1} (group {wide['group'].iloc[row]!r})"


def _assemble(
    wide: pd.DataFrame, numbers: _Ended, process: SelectionProcess, programme: Programme | None
) -> StageCounts:
    if "cohort" in wide.columns:
        declared_cohorts = programme.cohorts if programme else Cohorts()
        wide = wide.assign(cohort=[_cohort(value, declared_cohorts) for value in wide["cohort"]])
    cohorts = in_print_order(tuple(wide["cohort"].unique()), "cohort") if "cohort" in wide.columns else ()
    notes = sum_notes(wide, numbers.people)
    characteristics, parts = [], []
    for name in dict.fromkeys(wide["characteristic"]):
        at = (wide["characteristic"] == name).to_numpy()
        part = wide[at]
        known = programme is not None and name in programme.characteristic_names
        people = numbers.people[at]
        declared = (
            programme.characteristic(name) if programme and known else _declare(name, part, people.sum(1))
        )
        characteristics.append(declared)
        parts.append(_by_group(part, people, declared, cohorts))
    _fill_not_stated(parts, characteristics, numbers, process.stage_keys)
    tables = tuple(
        _cells(part, numbers, declared, cohorts)
        for part, declared in zip(parts, characteristics, strict=True)
    )
    if programme is None:
        own = Programme("published_table", process.name, process, tuple(characteristics))
        return StageCounts(own, tables, notes=notes)
    others = [c for c in programme.characteristics if c.name not in {d.name for d in characteristics}]
    programme = replace(programme, characteristics=(*characteristics, *others))
    return StageCounts(programme, tables, notes=notes)


def _cohort(value: object, cohorts: Cohorts) -> str:
    """A cohort's label in print; *Not stated* for a blank."""
    if pd.isna(value):  # type: ignore[call-overload]
        return NOT_STATED
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    label = " ".join(str(value).split())
    blank = normalise(label) in common_not_stated() | {"", normalise(NOT_STATED)}
    return NOT_STATED if blank else cohorts.printed(label)


def _fill_not_stated(
    parts: list[NDArray[np.int64]],
    characteristics: list[Characteristic],
    numbers: _Ended,
    stages: tuple[str, ...],
) -> None:
    """Give every characteristic the people that the fullest one has and it lacks, as *Not stated*."""
    totals = np.array([part.sum(1) for part in parts])
    fullest = totals.sum(2).argmax(0)
    most = totals[fullest, np.arange(totals.shape[1])]
    for declared, part, total in zip(characteristics, parts, totals, strict=True):
        lacking = most - total
        if (lacking < 0).any():
            cohort, outcome = np.argwhere(lacking < 0)[0]
            stage, first = stages[numbers.furthest[outcome]], characteristics[fullest[cohort]].name
            raise DataError(
                f"The characteristics {listed(c.name for c in characteristics)} cannot describe the same "
                f"people: "
                f"{first!r} has the most people, yet {declared.name!r} has more who got no further than "
                f"{stage!r}, "
                f"so a {NOT_STATED!r} group cannot fill the difference. "
                "Check its numbers there, or load the characteristics one at a time."
            )
        part[:, -1, :] += lacking


def _refuse_two_parents(frame: pd.DataFrame) -> None:
    """A group belongs to one broad group, whichever of its rows says so."""
    if "parent" not in frame.columns:
        return
    found: dict[tuple[str, str], set[str]] = {}
    rows = zip(*(frame[name].fillna("").astype(str) for name in (*_KEYS, "parent")), strict=True)
    for characteristic, group, parent in rows:
        found.setdefault((characteristic, group), set()).add(parent)
    for (characteristic, group), parents in found.items():
        if len(parents) > 1:
            raise DataError(
                f"Characteristic {characteristic!r}: group {group!r} has more than one parent: "
                f"{listed(sorted(parents))}. Give the same one in all its rows."
            )


def _declare(name: str, part: pd.DataFrame, people: NDArray[np.int64]) -> Characteristic:
    """A characteristic as the table shows it: groups in its order, the largest stated group the reference."""
    known = common_not_stated() | {normalise(NOT_STATED), ""}
    part = part.assign(**{_PEOPLE: people})
    stated = part[[normalise(group) not in known for group in part["group"]]]
    labels = list(dict.fromkeys(stated["group"]))
    parents = dict(zip(stated["group"], stated["parent"], strict=True)) if "parent" in stated else {}
    groups = tuple(
        Group(label, None if pd.isna(parent := parents.get(label)) or not parent else str(parent))
        for label in labels
    )
    sizes = stated.groupby("group", sort=False)[_PEOPLE].sum()
    reference = str(sizes.idxmax()) if len(sizes) and sizes.max() > 0 else None
    raw = tuple(group for group in dict.fromkeys(part["group"]) if group not in labels and group)
    label = name.replace("_", " ")
    return Characteristic(
        name=name,
        label=label[:1].upper() + label[1:],
        groups=groups,
        reference=reference,
        not_stated=raw,
        show_empty=True,
        found=True,
    )


def _by_group(
    part: pd.DataFrame, people: NDArray[np.int64], declared: Characteristic, cohorts: tuple[str, ...]
) -> NDArray[np.int64]:
    """People by cohort, group (*Not stated* last) and outcome."""
    found = np.zeros((max(len(cohorts), 1), len(declared.groups) + 1, people.shape[1]), np.int64)
    spellings = declared.spellings
    for i, group in enumerate(part["group"]):
        key = normalise(group)
        if key not in spellings:
            raise DataError(
                f"Characteristic {declared.name!r} has a group that the programme does not know, in row "
                f"{int(part.index[i]) + 1}. Groups: {listed(declared.labels)}. "
                "Correct it, or declare the spelling under synonyms."
            )
        label = spellings[key]
        place = len(declared.groups) if label is None else declared.labels.index(label)
        cohort = cohorts.index(part["cohort"].iloc[i]) if cohorts else 0
        found[cohort, place] += people[i]
    return found


def _cells(
    people: NDArray[np.int64], numbers: _Ended, declared: Characteristic, cohorts: tuple[str, ...]
) -> CellTable:
    cohort, group, outcome = (index.ravel() for index in np.indices(people.shape))
    axes = [Axis(declared.name, (*declared.labels, NOT_STATED), "characteristic")]
    codes = [group]
    if cohorts:
        axes.append(Axis("cohort", cohorts, "cohort"))
        codes.append(cohort)
    return collapse(
        tuple(axes),
        np.column_stack(codes).astype(np.int32),
        numbers.furthest[outcome],
        numbers.exit[outcome],
        people.ravel(),
    )
