"""All comparisons of a run: its characteristics, and their groups beside their references."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import NOT_STATED, OVERALL
from stepup_equity.counts.funnel import largest_of
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.comparison import Groups, column_of, joined
from stepup_equity.findings.references import refuse_two_meanings
from stepup_equity.given import check_known, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.comparison import Comparison


@dataclass(frozen=True, eq=False)
class Family:
    """All comparisons of a run end to end: characteristics one after another, groups, then gates."""

    parts: tuple[Comparison, ...]

    def at(self, gates: slice) -> Family:
        """The same at `SINGLE_GATES` or over the `WHOLE_WAY`."""
        return Family(tuple(part.at(gates) for part in self.parts))

    def once(self) -> Family:
        """Each comparison once, also where two groups are each other's everyone else."""
        return Family(tuple(part.once() for part in self.parts))

    @property
    def counts(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Passed and at risk of the groups, and of their references, shape (n_rows,)."""
        four = [part.flat for part in self.parts]
        passed, at_risk, ref_passed, ref_at_risk = (joined([counts[i] for counts in four]) for i in range(4))
        return passed, at_risk, ref_passed, ref_at_risk

    @property
    def compared(self) -> Bools:
        """False where a group would be compared with itself, shape (n_rows,)."""
        return joined([part.compared.ravel() for part in self.parts]).astype(bool)

    @property
    def each(self) -> list[slice]:
        """Where the rows of each characteristic lie."""
        ends = np.cumsum([0] + [part.passed.size for part in self.parts]).tolist()
        return [slice(start, stop) for start, stop in pairwise(ends)]

    def told(self, values: Floats) -> Floats:
        """Numbers of each row, NaN where a published table hides what they are made of."""
        hidden = joined([part.either_hidden.ravel() for part in self.parts]).astype(bool)
        return np.where(hidden, np.nan, values)

    def columns(self) -> dict[str, NDArray[Any]]:
        """What each row is about, and its counts."""
        parts = [part.columns() for part in self.parts]
        return {name: joined([part[name] for part in parts]) for name in parts[0]} if parts else {}

    def reasons(self) -> list[tuple[Bools, str]]:
        """Why a row has no comparison, in the order in which it is said."""
        parts = [part.reasons() for part in self.parts]
        return [
            (joined([where.ravel() for where, _ in every]), every[0][1]) for every in zip(*parts, strict=True)
        ]


def one_frame(parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The same columns of several parts end to end; what is one value stands on every row of its part."""
    import pandas as pd

    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in parts[0]}
    for part in parts:
        held = {name: column_of(value) for name, value in part.items() if not np.isscalar(value)}
        rows = len(next(iter(held.values())))
        for name, value in part.items():
            kind = object if isinstance(value, str) else None
            columns[name].append(held[name] if name in held else np.full(rows, value, kind))
    nothing = [name for name, held in columns.items() if any((part == None).all() for part in held)]  # noqa: E711
    frame = {name: joined(column) for name, column in columns.items()}
    return pd.DataFrame(frame | {name: pd.Series(frame[name], dtype=object) for name in nothing})


def comparisons_of(
    counts: StageCounts,
    by: str | Sequence[str | tuple[str, ...]] | None,
    *,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
) -> Family:
    """A comparison for each characteristic asked about, the reference itself left out.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        One characteristic; a tuple to be crossed; a list of several; None for all.
    reference : str or mapping, optional
        As in `Groups.against`, or one for each characteristic by name.
    level, where, denominator
        As in `selection_rates`.
    groups : sequence of str, optional
        Only these are compared; the reference, and what it is picked from, stays as it is.
    """
    funnels = [counts.funnel(name, level=level, where=where) for name in chosen_characteristics(counts, by)]
    known = [funnel.characteristic for funnel in funnels]
    check_known(
        () if reference is None or isinstance(reference, str) else reference,
        known,
        argument="reference",
        of="a characteristic of this call",
    )
    every = tuple(
        Groups.of(funnel, denominator, counts.process).against(
            reference_for(funnel.characteristic, reference)
        )
        for funnel in funnels
    )
    if groups is not None:
        one_for_groups(groups, funnels)
        funnels[0].choose(groups)  # refuses a name that is not a group
    return Family(tuple(part.others(groups) for part in every))


def one_for_groups(groups: Sequence[str] | None, asked: Sequence[object]) -> None:
    """Refuse groups of one characteristic where a call is about several."""
    if groups is not None and len(asked) > 1:
        raise ArgumentError(
            f"groups= names groups of one characteristic, but this call is about {len(asked)}. "
            "Give by= as well."
        )


def with_broad(counts: StageCounts, names: Iterable[str]) -> list[str]:
    """Those of some characteristics that have broad groups beside their detailed ones."""
    declared = [name for name in names if name in counts.programme.characteristic_names]
    known = [counts.programme.characteristic(name) for name in declared]
    return [one.name for one in known if one.has_hierarchy and len(one.broad_labels) != len(one.groups)]


def chosen_gates(counts: StageCounts, gates: Sequence[str] | None) -> tuple[str, ...]:
    """The gates a call is about; by default every gate and the whole way."""
    possible = (*counts.process.gate_keys, OVERALL)
    chosen = possible if gates is None else names_in(gates, argument="gates")
    check_known(chosen, possible, argument="gates", of="a gate of these counts")
    return tuple(chosen) or possible


def chosen_characteristics(
    counts: StageCounts, by: str | Sequence[str | tuple[str, ...]] | None
) -> tuple[str | tuple[str, ...], ...]:
    """What a call is about: one characteristic, a tuple to be crossed, a list of several, or all counted."""
    if by is None:
        return counts.characteristics
    if isinstance(by, list):
        return tuple(by)
    return (by,) if isinstance(by, str) else (tuple(str(name) for name in by),)


def reference_for(characteristic: str, reference: str | Mapping[str, str] | None) -> str | None:
    """The reference asked for, where one may be given for each characteristic by name."""
    if reference is None or isinstance(reference, str):
        return reference
    return reference.get(characteristic)


def reference_among(
    groups: Sequence[str], sizes: Ints | Floats, reference: str | None, declared: str | None, *, of: str
) -> str:
    """The group that is asked for, else the declared one, else the largest."""
    if reference is None and declared in groups:
        return str(declared)
    refuse_two_meanings(reference if reference == "largest" else None, groups, of)
    if reference in (None, "largest"):
        return groups[largest_of(groups, sizes)]
    check_known([reference], (*groups, "largest"), argument="reference", of=of)
    return str(reference)


def refuse_changing(reference: str | None) -> None:
    """Refuse a reference that is no group, or may be another group in each cohort."""
    if reference in (NOT_STATED, "highest"):
        why = "is not a group" if reference == NOT_STATED else "may be another group in each cohort"
        raise ArgumentError(f"reference={reference!r} cannot be a reference here: it {why}. Name a group.")
