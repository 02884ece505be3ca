"""Numbers that a published table hid before it was read: nobody knows them, and no zero stands for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.layout import ALL_COHORTS
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.errors import ArgumentError, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.counts.funnel import Funnel
    from stepup_equity.disclosure.layout import Row
    from stepup_equity.disclosure.release import Release


def refuse_hidden(counts: StageCounts, drop_stages: Sequence[str]) -> None:
    """Refuse to protect a table that hides numbers already: what is not known cannot be protected.

    Raises
    ------
    ArgumentError
        Where a stage that would be printed has hidden numbers.
    """
    stages = counts.process.stage_keys
    untold = np.zeros(len(stages), bool)
    for name in counts.characteristics:
        untold |= counts.funnel(name, level="detailed", not_stated=True).unknown.any(0)
    mixed = [stage for stage, here in zip(stages, untold, strict=True) if here and stage not in drop_stages]
    written = ", ".join(map(repr, mixed))
    if mixed:
        raise ArgumentError(
            f"The table hides numbers already, at {listed(mixed)}, and what is not known cannot be "
            f"protected. Leave these stages out with drop_stages=[{written}], or leave out the rows with "
            "hidden numbers."
        )


def with_hidden(release: Release, counts: StageCounts) -> Release:
    """The release, with numbers hidden that the counts do not know.

    Parameters
    ----------
    release : Release
        Of every count.
    counts : StageCounts
    """
    if not counts.overall().hidden.any() and not any(
        counts.funnel(name, level="detailed", not_stated=True).hidden.any() for name in counts.characteristics
    ):
        return release
    printed = release._printed.copy()  # noqa: SLF001 - a release of its own
    places = [counts.process.stage_keys.index(stage) for stage in release.layout.stages]
    for i, row in enumerate(release.layout.rows):
        unknown = _unknown(counts, row)[places]
        printed[i, : len(places)][unknown] = HIDDEN
    return replace(release, _printed=printed)


def _unknown(counts: StageCounts, row: Row) -> NDArray[np.bool_]:
    """At which stages a row's number is not known."""
    where = {"cohort": row.cohort} if row.cohort and row.cohort != ALL_COHORTS else None
    if row.is_total:
        return np.asarray(counts.overall(where=where).unknown[0])
    for level in ("detailed", *_coarser(counts, row.characteristic)):
        funnel = counts.funnel(row.characteristic, level=level, not_stated=True, where=where)
        found = _at(funnel, row)
        if found is not None:
            return np.asarray(funnel.unknown[found])
    whole = counts.funnel(row.characteristic, level="detailed", not_stated=True, where=where)
    return np.asarray(whole.unknown.any(0))


def _coarser(counts: StageCounts, name: str) -> tuple[str, ...]:
    characteristic = counts.programme.characteristic(name)
    broad = ("broad",) if characteristic.has_hierarchy else ()
    return (*broad, *(level.name for level in characteristic.levels))


def _at(funnel: Funnel, row: Row) -> int | None:
    pairs = [(group, parent or "") for group, parent in zip(funnel.groups, funnel.parents, strict=True)]
    return pairs.index((row.group, row.parent)) if (row.group, row.parent) in pairs else None
