"""Counts typed in from a published table: tidy or wide, one characteristic or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.errors import ArgumentError, DataError, did_you_mean, listed
from stepup_equity.process import Characteristic, Group, Programme, SelectionProcess, normalise
from stepup_equity.process.toml import common_not_stated
from stepup_equity.records import Axis, CellTable, collapse

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["counts_from_table"]

_KEYS = ("characteristic", "group")
_OPTIONAL = ("cohort", "parent")


def counts_from_table(
    frame: pd.DataFrame, process: SelectionProcess | Programme | None = None
) -> StageCounts:
    """Counts from a published table; see `StageCounts.from_table`."""
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame is a {type(frame).__name__}. Give a pandas DataFrame.")
    missing = [name for name in _KEYS if name not in frame.columns]
    if missing:
        raise DataError(
            f"The table has no column {listed(missing)}. It has {listed(map(str, frame.columns))}. "
            f"Needed: 'characteristic', 'group', then 'stage' and 'reached', or one column for each stage."
            f"{did_you_mean(missing[0], map(str, frame.columns))}"
        )
    if frame.empty:
        raise DataError("The table has no rows. Give one row for each group.")
    selection = process.process if isinstance(process, Programme) else process
    wide, stages = _widened(frame.reset_index(drop=True), selection)
    if selection is None:
        selection = SelectionProcess.from_keys(stages)
    table = _checked(wide, stages)
    programme = process if isinstance(process, Programme) else None
    return _assemble(table, stages, selection, programme)


def _widened(
    frame: pd.DataFrame, process: SelectionProcess | None
) -> tuple[pd.DataFrame, list[str]]:
    """One row for each group, one column for each stage; stages in order."""
    if "stage" in frame.columns and "reached" in frame.columns:
        stages = [str(stage) for stage in dict.fromkeys(frame["stage"])]
        keys = [name for name in (*_OPTIONAL, *_KEYS) if name in frame.columns]
        frame = frame.assign(stage=frame["stage"].astype(str), parent=frame.get("parent"))
        doubled = frame.duplicated([key for key in keys if key != "parent"] + ["stage"])
        if doubled.any():
            raise DataError(
                f"The table has a group and stage twice, first in row {int(doubled.to_numpy().argmax()) + 1}. "
                "Keep one row for each."
            )
        index = [key for key in keys if key != "parent"]
        wide = frame.pivot(index=index, columns="stage", values="reached").reset_index()
        order = frame[index].drop_duplicates()
        wide = order.merge(wide, on=index, how="left")
        if "parent" in keys:
            wide = wide.merge(frame[[*index, "parent"]].drop_duplicates(index), on=index, how="left")
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
        numbers = pd.to_numeric(wide[stage], errors="coerce")
        bad = numbers.isna() | (numbers < 0) | (numbers % 1 != 0)
        if bad.any():
            raise DataError(
                f"Column {stage!r}, row {int(bad.to_numpy().argmax()) + 1}: not a whole number of people. "
                "Counts typed in from a table are whole and not negative; leave out groups whose counts are hidden."
            )
        wide[stage] = numbers.astype("int64")
    for before, after in zip(stages[:-1], stages[1:], strict=True):
        more = (wide[after] > wide[before]).to_numpy()
        if more.any():
            raise DataError(
                f"Row {int(more.argmax()) + 1}: more people reached {after!r} than {before!r}. "
                "Each stage holds those who reached it, so numbers never grow. Check the order of the stages."
            )
    keys = [name for name in ("cohort", *_KEYS) if name in wide.columns]
    doubled = wide.duplicated(keys).to_numpy()
    if doubled.any():
        raise DataError(
            f"The table has a group twice, second in row {int(doubled.argmax()) + 1}. Keep one row for each."
        )
    return wide


def _assemble(
    wide: pd.DataFrame, stages: list[str], process: SelectionProcess, programme: Programme | None
) -> StageCounts:
    cohorts = tuple(sorted(wide["cohort"].astype(str).unique())) if "cohort" in wide.columns else ()
    characteristics, parts = [], []
    for name in dict.fromkeys(wide["characteristic"]):
        part = wide[wide["characteristic"] == name]
        known = programme is not None and name in programme.characteristic_names
        declared = programme.characteristic(name) if programme is not None and known else _declare(name, part, stages)
        characteristics.append(declared)
        parts.append(_reached(part, declared, stages, cohorts))
    totals = [part.sum(1) for part in parts]
    most = np.maximum.reduce(totals)
    tables = []
    for declared, part, total in zip(characteristics, parts, totals, strict=True):
        gap = most - total
        if (np.diff(-gap, axis=-1) < 0).any() or (gap < 0).any():
            raise DataError(_disagreement(declared.name, [c.name for c in characteristics], gap, stages))
        part[:, -1, :] += gap
        tables.append(_cells(part, declared, cohorts))
    if programme is not None:
        others = [c for c in programme.characteristics if c.name not in {d.name for d in characteristics}]
        whole = Programme(
            name=programme.name,
            label=programme.label,
            process=programme.process,
            characteristics=(*characteristics, *others),
            strata=programme.strata,
            reading=programme.reading,
            description=programme.description,
        )
    else:
        whole = Programme("published_table", process.name, process, tuple(characteristics))
    return StageCounts(whole, tuple(tables))


def _disagreement(
    name: str, names: list[str], gap: NDArray[np.int64], stages: list[str]
) -> str:
    growing = np.argwhere(np.diff(gap, axis=-1) > 0)
    stage = stages[int(growing[0][-1]) + 1] if len(growing) else stages[0]
    return (
        f"The characteristics {listed(names)} cannot describe the same people: at stage {stage!r} "
        f"{name!r} lacks more people than before, so a {NOT_STATED!r} group cannot fill the difference. "
        "Check its numbers there, or load the characteristics one at a time."
    )


def _declare(name: str, part: pd.DataFrame, stages: list[str]) -> Characteristic:
    """A characteristic as the table shows it: groups in its order, the largest stated group the reference."""
    known = common_not_stated() | {normalise(NOT_STATED), ""}
    stated = part[[normalise(group) not in known for group in part["group"]]]
    labels = list(dict.fromkeys(stated["group"]))
    parents = dict(zip(stated["group"], stated["parent"], strict=True)) if "parent" in stated else {}
    groups = tuple(
        Group(label, None if pd.isna(parent := parents.get(label)) or not parent else str(parent))
        for label in labels
    )
    first = stages[0]
    sizes = stated.groupby("group", sort=False)[first].sum()
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
    )


def _reached(
    part: pd.DataFrame, declared: Characteristic, stages: list[str], cohorts: tuple[str, ...]
) -> NDArray[np.int64]:
    """Reached by cohort, group (*Not stated* last) and stage."""
    reached = np.zeros((max(len(cohorts), 1), len(declared.groups) + 1, len(stages)), np.int64)
    spellings = declared.spellings
    for row in part.to_dict("records"):
        key = normalise(row["group"])
        if key not in spellings:
            raise DataError(
                f"Characteristic {declared.name!r} has a group that the programme does not know. "
                f"Groups: {listed(declared.labels)}. Correct it, or declare the spelling under synonyms."
            )
        label = spellings[key]
        place = len(declared.groups) if label is None else declared.labels.index(label)
        cohort = cohorts.index(str(row["cohort"])) if cohorts else 0
        reached[cohort, place] += [row[stage] for stage in stages]
    return reached


def _cells(
    reached: NDArray[np.int64], declared: Characteristic, cohorts: tuple[str, ...]
) -> CellTable:
    from stepup_equity.process.exits import exit_code

    ended = reached.copy()
    ended[..., :-1] -= reached[..., 1:]
    cohort, group, furthest = (index.ravel() for index in np.indices(ended.shape))
    axes = [Axis(declared.name, (*declared.labels, NOT_STATED), "characteristic")]
    codes = [group]
    if cohorts:
        axes.append(Axis("cohort", cohorts, "cohort"))
        codes.append(cohort)
    last = ended.shape[-1] - 1
    exits = np.where(furthest == last, 0, exit_code("not_recorded"))
    return collapse(
        tuple(axes),
        np.column_stack(codes).astype(np.int32),
        furthest.astype(np.int8),
        exits.astype(np.int8),
        ended.ravel(),
    )
