"""Numbers that a published table hid before it was read: nobody knows them, and no zero stands for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import COHORT
from stepup_equity.disclosure.layout import ALL_COHORTS
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.errors import ArgumentError, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.counts.funnel import Funnel
    from stepup_equity.disclosure.layout import Row
    from stepup_equity.disclosure.release import Release


_ROWS: Final = "rows with hidden numbers"


def refuse_hidden(
    counts: StageCounts, by: Iterable[str | tuple[str, ...]], drop_stages: Sequence[str]
) -> None:
    """Refuse to protect a table that hides numbers already: what is not known cannot be protected.

    Parameters
    ----------
    counts : StageCounts
    by : iterable of str or tuple
        What would be printed; everybody is printed beside it.
    drop_stages : sequence of str

    Raises
    ------
    ArgumentError
        Where a stage that would be printed has hidden numbers.
    """
    asked = {part for name in by for part in ([name] if isinstance(name, str) else name)}
    mixed = _untold(counts, asked, drop_stages)
    if not mixed:
        return
    several = len(counts.cohorts) > 1 or counts.untold  # without its row a group would have nobody there
    ways = [f"leave out the {'groups with hidden numbers, in every cohort' if several else _ROWS}"]
    whole = [name for name in counts.characteristics if not _untold(counts, [name], drop_stages)]
    if whole:
        ways.insert(0, f"publish what hides nothing, with by=[{', '.join(map(repr, whole))}]")
    whole_cohorts = [
        one for one in counts.cohorts if not _untold(counts.only({COHORT: one}), asked, drop_stages)
    ]
    if whole_cohorts:
        last = whole_cohorts[-1]
        ways.insert(
            0, f"publish a cohort that hides nothing, with cohort={last!r} (counts.only, for protect)"
        )
    if len(set(counts.process.stage_keys) - set(drop_stages) - set(mixed)) > 1:
        written = ", ".join(map(repr, mixed))
        ways.insert(0, f"leave these stages out with drop_stages=[{written}]")
    said = ", or ".join(ways)
    raise ArgumentError(
        f"The table hides numbers already, at {listed(mixed)}, and what is not known cannot be protected. "
        f"{said[0].upper()}{said[1:]}."
    )


def _untold(counts: StageCounts, by: Iterable[str], drop_stages: Sequence[str]) -> list[str]:
    """Stages at which a number of everybody, or of a group, is hidden."""
    untold = counts.overall().unknown[0].copy()
    for name in by:
        untold |= counts.funnel(name, level="detailed", not_stated=True).unknown.any(0)
    stages = zip(counts.process.stage_keys, untold.tolist(), strict=True)
    return [stage for stage, here in stages if here and stage not in drop_stages]


def with_hidden(release: Release, counts: StageCounts) -> Release:
    """The release, with numbers hidden that the counts do not know, and everybody as the counts have them.

    Tables of which one hides numbers add up to different people: the release took those of the first. Only
    where nothing is protected: a publication is of tables that hide nothing, and its totals are protected.

    Parameters
    ----------
    release : Release
        Of every count.
    counts : StageCounts
    """
    if release.publishable or (counts.is_joint and not _untold(counts, counts.characteristics, ())):
        return release
    printed = release._printed.copy()  # noqa: SLF001 - a release of its own
    places = [counts.process.stage_keys.index(stage) for stage in release.layout.stages]
    for i, row in enumerate(release.layout.rows):
        if row.is_total:
            everybody = counts.overall(where=_where(row)).reached[0, places]
            kept = printed[i, : len(places)] != HIDDEN  # a stage may be left out of one cohort
            printed[i, : len(places)][kept] = everybody[kept]
        unknown = _unknown(counts, row)[places]
        printed[i, : len(places)][unknown] = HIDDEN
    return replace(release, _printed=printed)


def _unknown(counts: StageCounts, row: Row) -> NDArray[np.bool_]:
    """At which stages a row's number is not known."""
    where = _where(row)
    if row.is_total:
        return np.asarray(counts.overall(where=where).unknown[0])
    for level in ("detailed", *_coarser(counts, row.characteristic)):
        funnel = counts.funnel(row.characteristic, level=level, not_stated=True, where=where)
        found = _at(funnel, row)
        if found is not None:
            return np.asarray(funnel.unknown[found])
    whole = counts.funnel(row.characteristic, level="detailed", not_stated=True, where=where)
    return np.asarray(whole.unknown.any(0))


def _where(row: Row) -> dict[str, str] | None:
    return {"cohort": row.cohort} if row.cohort and row.cohort != ALL_COHORTS else None


def _coarser(counts: StageCounts, name: str) -> tuple[str, ...]:
    characteristic = counts.programme.characteristic(name)
    broad = ("broad",) if characteristic.has_hierarchy else ()
    return (*broad, *(level.name for level in characteristic.levels))


def _at(funnel: Funnel, row: Row) -> int | None:
    pairs = [(group, parent or "") for group, parent in zip(funnel.groups, funnel.parents, strict=True)]
    return pairs.index((row.group, row.parent)) if (row.group, row.parent) in pairs else None
