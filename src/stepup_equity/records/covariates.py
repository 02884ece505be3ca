"""Declared numbers beside groups: what a model adjusts for, read again from the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import ArgumentError, DataError, listed
from stepup_equity.given import check_known
from stepup_equity.process import Covariate, common_not_stated, normalise
from stepup_equity.records.batches import Batch, coded_values, side_by_side, text_of
from stepup_equity.records.cells import (
    Axis,
    PeopleByAxes,
    exits_of,
    furthest_of,
    in_print_order,
    outcome_codes,
    places_of,
)
from stepup_equity.records.header import Header
from stepup_equity.records.labels import bad_rows, labels_found
from stepup_equity.records.layout import Layout, resolve_layout
from stepup_equity.records.problems import Problems
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.reading import without_empty_rows
from stepup_equity.records.routes import RouteEncoder, decided_routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.applicants import Applicants


@dataclass(frozen=True, eq=False, repr=False)
class CovariateTable(PeopleByAxes):
    """Distinct records with numeric covariates. It is never printed and never leaves the machine.

    Attributes
    ----------
    axes, codes, furthest, exit, n
        As of `PeopleByAxes`, a row for each record.
    covariates : tuple of str
        Names of the numbers.
    values : ndarray of float64, shape (n_records, n_covariates)
        The numbers; NaN where not known.
    """

    covariates: tuple[str, ...]
    values: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"<CovariateTable: {', '.join(self.covariates)} of {int(self.n.sum()):,} people>"


def read_covariates(
    applicants: Applicants, names: Sequence[str], *, by: Sequence[str] | None = None
) -> CovariateTable:
    """Read declared covariates beside the axes of records; see `Applicants.with_covariates`."""
    programme = applicants.programme
    covariates = [programme.covariate(name) for name in names]
    if not covariates:
        raise ArgumentError("names is empty. Name at least one covariate of the programme.")
    check_known(by or (), applicants.cells.names, argument="by", of="an axis that was read")
    keep = [axis for axis in applicants.cells.axes if by is None or axis.name in by]
    problems = Problems()
    layout = resolve_layout(
        applicants.source.columns,
        programme,
        problems,
        by=[axis.name for axis in keep if axis.kind == "characteristic"],
        strata=[axis.name for axis in keep if axis.kind in ("cohort", "stratum")],
        check_ids=False,
    )
    header = Header(applicants.source.columns, programme, problems, sure=True)
    columns = [header.need(one.column, f"Add it, or leave {one.name!r} out.") for one in covariates]
    if layout is None or problems.has_errors:
        raise DataError(problems.refusal(applicants.source_name), problems.frame())
    if isinstance(layout.progress, (EventCollector, PeopleCountsDecoder)):
        raise ArgumentError(
            f"{listed(names)} cannot be read from {applicants.source_name}: an event log, or numbers of "
            f"people, "
            "has no row for each applicant."
        )
    readers = [_Numbers(one, str(column), problems) for one, column in zip(covariates, columns, strict=True)]
    table = _collected(applicants, layout, readers, problems)
    if problems.has_errors:
        raise DataError(problems.refusal(applicants.source_name), problems.frame())
    return table


def _collected(
    applicants: Applicants, layout: Layout, readers: Sequence[_Numbers], problems: Problems
) -> CovariateTable:
    codes, outcomes, values = [], [], []
    numbers = [reader.column for reader in readers]
    for whole in applicants.source.batches((*layout.columns, *numbers), many=numbers):
        for batch in without_empty_rows(whole, problems):
            columns = [coding.encoder.encode(batch) for coding in layout.codings]
            codes.append(side_by_side(columns, len(batch)))
            outcomes.append(layout.progress.decode(batch).rows())  # type: ignore[union-attr]
            values.append(np.column_stack([reader.read(batch) for reader in readers]))
    all_codes, all_values = np.concatenate(codes), np.concatenate(values)
    outcome = np.concatenate(outcomes)
    axes = []
    for i, coding in enumerate(layout.codings):
        labels = coding.encoder.labels
        if isinstance(coding.encoder, RouteEncoder):
            labels, place, further, _ = decided_routes(labels, coding.encoder.keys)
            outcome = outcome_codes(furthest_of(outcome) + further[all_codes[:, i]], exits_of(outcome))
            all_codes[:, i] = place[all_codes[:, i]]
        elif coding.kind != "characteristic":
            ordered = in_print_order(labels, coding.kind)
            all_codes[:, i] = places_of(labels, ordered)[all_codes[:, i]]
            labels = ordered
        axes.append(Axis(coding.name, labels, coding.kind))
    filled = np.nan_to_num(all_values, nan=np.inf)
    order = np.lexsort((*filled.T, outcome, *reversed(all_codes.T)))
    changes = np.ones(len(order), bool)
    changes[1:] = (
        (all_codes[order][1:] != all_codes[order][:-1]).any(1)
        | (outcome[order][1:] != outcome[order][:-1])
        | (filled[order][1:] != filled[order][:-1]).any(1)
    )
    first = order[changes]
    return CovariateTable(
        axes=tuple(axes),
        codes=all_codes[first],
        furthest=furthest_of(outcome[first]).astype(np.int8),
        exit=exits_of(outcome[first]).astype(np.int8),
        covariates=tuple(reader.name for reader in readers),
        values=all_values[first],
        n=np.diff(np.flatnonzero(changes), append=len(order)).astype(np.int64),
    )


class _Numbers:
    """One covariate's column as numbers."""

    def __init__(self, covariate: Covariate, column: str, problems: Problems) -> None:
        self.name, self.column, self._problems = covariate.name, column, problems
        self._decimal = covariate.decimal
        self._missing = common_not_stated() | {"", *map(normalise, covariate.missing)}

    def read(self, batch: Batch) -> NDArray[np.float64]:
        """Value of each row; NaN where it is not known."""
        values, positions = coded_values(batch.column(self.column))
        numbers = [self._number(value) for value in values]
        known = np.array([-1 if number is None else 0 for number in numbers], np.int32)
        if (bad := bad_rows(known, positions)).size:
            self._problems.add(
                "error",
                "not_a_number",
                self.column,
                "values that are no numbers.",
                **batch.place(bad),
                found=labels_found(batch, values, positions, bad),
                possible=f"numbers such as 62{self._decimal}5, or blank",
                remedy=f"Correct them, or declare them under missing in [covariates.{self.name}]."
                + self._other_sign(values),
            )
        known_numbers = np.array([np.nan if number is None else number for number in numbers], np.float64)
        return known_numbers.take(positions)

    def _other_sign(self, values: Sequence[object]) -> str:
        """What to do where the file writes decimals with the other sign."""
        other = "." if self._decimal == "," else ","
        written = re.compile(rf"[-+]?\d+{re.escape(other)}\d+")
        if not any(isinstance(value, str) and written.fullmatch(value.strip()) for value in values):
            return ""
        return f' Where "{other}" stands before decimals, write decimal = "{other}" there.'

    def _number(self, value: object) -> float | None:
        text = text_of(value).strip()
        if normalise(text) in self._missing:
            return float("nan")
        if self._decimal == "," and isinstance(value, str):
            text = "" if "." in text else text.replace(",", ".", 1)  # 1.234,5 may be 1.234 or 1234
        try:
            number = float(text)
        except ValueError:
            return None
        return number if np.isfinite(number) else None
