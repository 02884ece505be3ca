"""The sufficient statistic: people by furthest stage, exit, cohort, strata and characteristics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import ALL_APPLICANTS, COHORT, NOT_STATED, WITHOUT
from stepup_equity.counts.funnel import Funnel
from stepup_equity.counts.grouping import (
    Grouping,
    add_up,
    crossed,
    past_missing_gates,
    product,
    refuse_other_names,
    same_cells,
    selected,
    some_untold,
    untold_groups,
)
from stepup_equity.counts.stored import is_stored, stored, taken_out
from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.given import check_known, check_labels, names_in, path_in
from stepup_equity.output import write_file
from stepup_equity.process import EXIT_REASONS, ExitKind, Programme
from stepup_equity.process.exits import exit_code
from stepup_equity.records.cells import CellTable, merge_cells
from stepup_equity.records.routes import ROUTE, with_routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.process import SelectionProcess


DECIDED_NOTE: Final = (
    "Rates are of those on whom the programme decided: people who left by their own choice are in no "
    "denominator, and tables count them with those who still wait."
)


@dataclass(frozen=True, eq=False, repr=False)
class StageCounts:
    """How many people got how far, by everything that was counted.

    From applicant records it is one joint table, from which every margin and crossing follows.
    From published tables it is one table for each characteristic: margins only.

    Attributes
    ----------
    programme : Programme
        Stages, characteristics and references.
    tables : tuple of CellTable
        One joint table, or one for each characteristic.
    notes : tuple of str
        Sentences that every output must carry.
    declared : tuple of str
        Those of them that were written down beside the data. A publication carries these alone: others may
        speak of numbers.
    each_person : StageCounts or None
        The same with each person once, by the application that got furthest, where rows are applications;
        neither written to a file nor added up.
    untold : frozenset of (str, str, str)
        Cohort, characteristic and label of groups that a published table hides whole there.
    """

    programme: Programme
    tables: tuple[CellTable, ...]
    notes: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    each_person: StageCounts | None = None
    untold: frozenset[tuple[str, str, str]] = frozenset()

    def __post_init__(self) -> None:
        ordered = tuple(table.in_order(self.programme.cohorts) for table in self.tables)
        object.__setattr__(self, "tables", ordered)

    @property
    def process(self) -> SelectionProcess:
        """Stages and gates."""
        return self.programme.process

    @cached_property
    def characteristics(self) -> tuple[str, ...]:
        """Names of the characteristics counted, in the programme's order."""
        held = {axis.name for table in self.tables for axis in table.axes if axis.kind == "characteristic"}
        return tuple(name for name in self.programme.characteristic_names if name in held)

    @cached_property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata counted."""
        return tuple(axis.name for axis in self.tables[0].axes if axis.kind == "stratum")

    @cached_property
    def cohorts(self) -> tuple[str, ...]:
        """Labels of the cohorts counted, the earliest first; empty where the records name none.

        People without a cohort are counted as *Not stated*, which is a row of tables and never a cohort.
        """
        labels = next((axis.labels for axis in self.tables[0].axes if axis.kind == "cohort"), ())
        return tuple(label for label in labels if label != NOT_STATED)

    @property
    def is_joint(self) -> bool:
        """Whether characteristics can be crossed: one table holds them all."""
        return len(self.tables) == 1

    @property
    def people(self) -> int:
        """Number of applicants."""
        return max(table.people for table in self.tables)

    def labels_of(self, axis: str) -> tuple[str, ...]:
        """Labels of the cohort or of a stratum."""
        for held in self.tables[0].axes:
            if held.name == axis:
                return held.labels
        raise unknown_name(axis, self.tables[0].names, argument="axis", of="counted")

    def __repr__(self) -> str:
        everybody = self.overall()
        reached = f"{int(everybody.reached[0, -1]):,}"
        if everybody.unknown.any():
            reached = f"at least {reached}" if everybody.reached[0, -1] else "an unknown number"
        kind = "joint" if self.is_joint else "margins only"
        what = "applications" if self.programme.reading.unit == "applications" else "applicants"
        return (
            f"<StageCounts: {self.people:,} {what}, {reached} {self.process.stage_keys[-1]}; "
            f"{', '.join(self.characteristics)}; {kind}>"
        )

    def cells(self, by: Sequence[str]) -> CellTable:
        """Joint cells of these characteristics, strata or cohort.

        Raises
        ------
        ArgumentError
            Where a name was not counted, or only margins are held.
        """
        beside = ["cohort"] if "cohort" in self.tables[0].names else []
        possible = [*self.characteristics, *self.strata, *beside]
        by = names_in(by, argument="by")
        check_known(by, possible, argument="by", of="counted")
        wanted = tuple(dict.fromkeys((*by, *([WITHOUT] if self._routes else []))))
        for bare, whole in zip(self._bare, self.tables, strict=True):
            for table in (bare, whole):
                if set(wanted) <= set(table.names):
                    return self._margin(table, wanted) if len(by) == 1 else table.onto(wanted)
        raise ArgumentError(
            f"These counts hold each characteristic on its own, so {listed(by)} cannot be crossed. "
            "Count applicant records to cross characteristics."
        )

    @cached_property
    def _bare(self) -> tuple[CellTable, ...]:
        """The tables without cohort and strata, which are far smaller where there are many."""
        return tuple(
            table.onto([axis.name for axis in table.axes if axis.kind in ("characteristic", ROUTE)])
            for table in self.tables
        )

    @cached_property
    def sliced(self) -> dict[str, StageCounts]:
        """The slices by cohort that were asked for so far: nearly every question asks for one."""
        return {}

    @cached_property
    def _margins(self) -> dict[str, CellTable]:
        return {}

    def _margin(self, table: CellTable, wanted: tuple[str, ...]) -> CellTable:
        """One axis of a table, kept: nearly every question begins with it."""
        if wanted[0] not in self._margins:
            self._margins[wanted[0]] = table.onto(wanted)
        return self._margins[wanted[0]]

    def overall(self, *, where: Mapping[str, str] | None = None) -> Funnel:
        """Everybody together: one group, ``"All applicants"``."""
        check_labels(where, argument="where", such_as="{'cohort': '2010'}")
        every = (selected(one, where) for one in (self.tables if where or self._uneven else self._bare))
        table = max(every, key=lambda one: one.people)  # the first of equals
        codes = np.zeros(len(table.n), np.int64)
        group = (ALL_APPLICANTS,)
        found = self._funnel(table, codes, "all", group[0], "detailed", group, (None,), None, ordered=False)
        return replace(found, untold=np.array([some_untold(self.untold, self.tables, where, table)]))

    def funnel(
        self,
        by: str | Sequence[str],
        *,
        level: str | None = None,
        groups: Sequence[str] | None = None,
        not_stated: bool = False,
        where: Mapping[str, str] | None = None,
    ) -> Funnel:
        """People by group and stage.

        Parameters
        ----------
        by : str or sequence of str
            A characteristic, or several to be crossed; strata and ``"cohort"`` work too.
        level : str, optional
            ``"detailed"``, ``"broad"`` or a named level; by default the level the programme tests.
        groups : sequence of str, optional
            Only these, in this order.
        not_stated : bool
            Whether *Not stated* is the last group. Crossed, it is everyone with any answer missing.
        where : mapping, optional
            Only these people, such as ``{"cohort": "2010"}``.

        Returns
        -------
        Funnel
            A code list declares more groups than any cohort has, so only groups that occur are kept,
            and those asked for in `groups`. A published table keeps all its groups.

        Examples
        --------
        >>> import pandas as pd
        >>> counts = StageCounts.from_table(pd.DataFrame({
        ...     "characteristic": "gender", "group": ["Female", "Male"],
        ...     "applied": [80, 20], "appointed": [8, 1],
        ... }))
        >>> counts.funnel("gender").reached.tolist()
        [[80, 8], [20, 1]]
        """
        names = names_in(by, argument="by")
        check_labels(where, argument="where", such_as="{'cohort': '2010'}")
        if groups is not None:
            groups = names_in(groups, argument="groups")
        if not names:
            raise ArgumentError("by=() names nothing. Give a characteristic, or several to be crossed.")
        beside = (*(where or {}), *([COHORT] if self._uneven else []))
        axes_wanted = tuple(dict.fromkeys((*names, *beside)))
        table = selected(self.cells(axes_wanted), where)
        parts = [Grouping.of(self.programme, table.axis(name), level) for name in names]
        codes, stated = crossed([table.column(name) for name in names], parts)
        labels = product([part.labels for part in parts])
        label = " × ".join(part.label for part in parts)
        parents = parts[0].parents if len(parts) == 1 else (None,) * len(labels)
        references = [part.reference for part in parts]
        reference = None if None in references else " × ".join(str(r) for r in references)
        funnel = self._funnel(
            table,
            np.where(stated, codes, len(labels)),
            " × ".join(names),
            label,
            parts[0].level,
            (*labels, NOT_STATED),
            (*parents, None),
            reference,
            ordered=len(parts) == 1 and parts[0].ordered,
        )
        if self.untold and len(names) == 1:
            hides = untold_groups(self.untold, self.tables, where, table.axis(names[0]), parts[0])
            funnel = replace(funnel, untold=hides)
        keep_empty = groups is not None or (len(parts) == 1 and parts[0].show_empty)
        some = (funnel.reached[:, 0] > 0) | funnel.untold
        rows = [i for i in range(len(labels)) if keep_empty or some[i]]
        if not_stated and some[-1]:
            rows.append(len(labels))
        return funnel._take(rows).choose(groups)  # noqa: SLF001 - a funnel's own rows

    def _funnel(
        self,
        table: CellTable,
        codes: NDArray[np.int64],
        characteristic: str,
        label: str,
        level: str,
        groups: tuple[str, ...],
        parents: tuple[str | None, ...],
        reference: str | None,
        *,
        ordered: bool,
    ) -> Funnel:
        stages = self.process.stage_keys
        n_groups, n_stages = len(groups), len(stages)
        reasons = len(EXIT_REASONS)
        furthest, past = past_missing_gates(table, self.process.gate_keys, self.programme.cohorts.lacks)
        key = (codes * n_stages + furthest) * reasons + table.exit
        ended = add_up(key, table.n, n_groups * n_stages * reasons).reshape(n_groups, n_stages, reasons)
        reached = np.flip(np.cumsum(np.flip(ended.sum(2), 1), 1), 1)
        return Funnel(
            characteristic=characteristic,
            label=label,
            level=level,
            groups=groups,
            parents=parents,
            stages=stages,
            gates=self.process.gate_keys,
            reference=reference,
            ordered=ordered,
            reached=reached,
            exits=ended[:, :-1, :],
            stated=np.array([group != NOT_STATED for group in groups]),
            skipped=np.stack([add_up(codes, np.where(at, table.n, 0), n_groups) for at in past], axis=1),
            untold=np.zeros(n_groups, bool),
        )

    @cached_property
    def _uneven(self) -> bool:
        """Whether some cohort counted here had fewer gates than the process."""
        return any(self.programme.cohorts.lacks(cohort) for cohort in self.cohorts)

    @cached_property
    def _routes(self) -> bool:
        """Whether some people's version of the process had fewer gates than others'."""
        return WITHOUT in self.tables[0].names

    @cached_property
    def gates_some_lacked(self) -> tuple[str, ...]:
        """Keys of the gates that some people's version of the process did not have."""
        if not self._routes:
            return ()
        routes = [label.split(",") for label in self.tables[0].axis(WITHOUT).labels]
        return tuple(gate for gate in self.process.gate_keys if any(gate in route for route in routes))

    def decided(self) -> StageCounts:
        """The same counts with those who left by their own choice counted as waiting.

        A pass rate is then of those on whom the programme decided, wherever it is worked out from counts, in
        protected tables too; a note says so.
        """
        mine = [code for code, kind in enumerate(EXIT_REASONS.values()) if kind is ExitKind.WITHDREW]
        waits = exit_code("pending")
        tables = tuple(
            replace(table, exit=np.where(np.isin(table.exit, mine), waits, table.exit).astype(np.int8))
            for table in self.tables
        )
        notes, declared = (*self.notes, DECIDED_NOTE), (*self.declared, DECIDED_NOTE)
        each = None if self.each_person is None else self.each_person.decided()
        return replace(self, tables=tables, notes=notes, declared=declared, each_person=each)

    def only(self, where: Mapping[str, str]) -> StageCounts:
        """The same counts for some people only, such as ``{"cohort": "2010"}``."""
        each = None if self.each_person is None else self.each_person.only(where)
        return replace(self, tables=tuple(selected(table, where) for table in self.tables), each_person=each)

    def __add__(self, other: StageCounts) -> StageCounts:
        """Counts of two sets of people together; they must be counted by the same names.

        The programmes may differ in how they read files, not in stages and groups.
        """
        if not isinstance(other, StageCounts):
            return NotImplemented
        if other.programme.study != self.programme.study:
            raise ArgumentError(
                f"Counts of {self.programme.label!r} and of {other.programme.label!r} cannot be added: "
                "the programmes differ. Count both with the same programme."
            )
        mine, others = with_routes(self.tables, other.tables)
        refuse_other_names(mine, others)
        tables = tuple(merge_cells(pair) for pair in zip(mine, others, strict=True))
        return replace(
            self,
            tables=tables,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
            declared=tuple(dict.fromkeys((*self.declared, *other.declared))),
            each_person=None,
            untold=self.untold | other.untold,
        )

    def __eq__(self, other: object) -> bool:
        """Same stages and groups, and the same people in every cell."""
        if not isinstance(other, StageCounts):
            return NotImplemented
        return (
            self.programme.study == other.programme.study
            and (len(self.tables), self.untold) == (len(other.tables), other.untold)
            and all(same_cells(a, b) for a, b in zip(self.tables, other.tables, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]

    def write(self, path: str | Path) -> Path:
        """Write the counts to a Parquet file.

        The file is personal data: half the cells of such a table are single people.

        Raises
        ------
        ArgumentError
            Where a file is there that holds anything but counts.
        """
        path = path_in(path, argument="path", what="the path of a file to write")
        if path.is_file() and path.stat().st_size and not self.wrote(path):
            raise ArgumentError(f"{path.name} is there already and holds no counts. Give another name.")
        return write_file(path, stored(self.programme, self.tables, self.notes, self.declared, self.untold))

    @staticmethod
    def wrote(path: str | Path) -> bool:
        """Whether `write` wrote this file."""
        return is_stored(Path(path))

    @classmethod
    def read(cls, path: str | Path) -> StageCounts:
        """Counts that `write` wrote.

        Raises
        ------
        DataError
            Where the file is not one of those.
        """
        found = taken_out(path_in(path, argument="path", what="the path of counts that were written"))
        return cls(*found[:-1], untold=found[-1])

    @classmethod
    def from_table(
        cls, frame: pd.DataFrame, process: SelectionProcess | Programme | None = None
    ) -> StageCounts:
        """Counts typed in from a published table.

        Parameters
        ----------
        frame : DataFrame
            Tidy, with columns ``characteristic, group, stage, reached``; or wide, with one column for
            each stage in place of ``stage`` and ``reached``. ``cohort`` and ``parent`` are optional. Numbers
            that it hides (``*``, ``[c]``, ``<5``) are NaN in every result, and so is what they are part of.
        process : SelectionProcess or Programme, optional
            By default the stages are those of the frame, in order of first appearance, and the
            reference of each characteristic is its largest stated group.

        Raises
        ------
        DataError
            Where a stage has more people than the one before, a group stands twice, or the totals of
            two characteristics cannot agree.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({
        ...     "characteristic": "ethnicity", "group": ["White", "BME"],
        ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
        ... })
        >>> StageCounts.from_table(table)
        <StageCounts: 963 applicants, 119 appointed; ethnicity; joint>
        """
        from stepup_equity.counts.published import counts_from_table

        return counts_from_table(frame, process)
