"""One release after another: whether an earlier ledger speaks of these people, under this name or another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL
from stepup_equity.errors import ArgumentError, did_you_mean, listed, unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.ledger import Ledger

__all__ = ["refuse_other_groups", "refuse_same_people", "with_names"]


def with_names(ledgers: Sequence[Ledger], renamed: Mapping[str, str]) -> tuple[Ledger, ...]:
    """Ledgers that call cohorts as they are called now.

    Parameters
    ----------
    ledgers : sequence of Ledger
    renamed : mapping
        Label in a ledger -> label now.

    Raises
    ------
    ArgumentError
        Where no ledger has a label.
    """
    known = list(dict.fromkeys(label for ledger in ledgers for label in cohorts_of(ledger)))
    for label in renamed:
        if label not in known:
            raise unknown_name(label, known, argument="renamed", of="a cohort of a ledger")
    return tuple(_with_names(ledger, renamed) for ledger in ledgers)


def cohorts_of(ledger: Ledger) -> list[str]:
    """Labels of the single cohorts that a ledger speaks of."""
    labels = dict.fromkeys(row.cohort for row in ledger.rows)
    return [label for label in labels if not label.startswith(f"{ALL_COHORTS} (")]


def _with_names(ledger: Ledger, renamed: Mapping[str, str]) -> Ledger:
    if not renamed:
        return ledger
    single = cohorts_of(ledger)
    together = f"{ALL_COHORTS} ({', '.join(single)})"
    now = {label: renamed.get(label, label) for label in single}
    now[together] = f"{ALL_COHORTS} ({', '.join(now[label] for label in single)})"
    rows = (replace(row, cohort=now.get(row.cohort, row.cohort)) for row in ledger.rows)
    return replace(ledger, rows=tuple(rows))


def refuse_same_people(cube: Cube, ledger: Ledger, renamed: Mapping[str, str]) -> None:
    """A cohort that has another name here and as many people at every stage is hardly another cohort.

    Raises
    ------
    ArgumentError
        With both names.
    """
    here = {row.cohort: i for i, row in enumerate(cube.rows) if row.is_total and row.cohort != ALL_COHORTS}
    settled = set(renamed.values())
    for at, row in enumerate(ledger.rows):
        new = row.cohort not in here and row.cohort not in settled and row.cohort in cohorts_of(ledger)
        if row.characteristic != ALL or not new:
            continue
        said = {
            cube.stages.index(ledger.stages[stage]): ends
            for (number, stage, measure), ends in ledger.counts.items()
            if number == at and measure == "reached"
        }
        for label, place in here.items():
            if len(said) > 1 and all(a <= cube.counts[place, s] <= b for s, (a, b) in said.items()):
                old, title = row.cohort, ledger.title
                raise ArgumentError(
                    f"The ledger of {title!r} has a cohort {old!r} with as many people at every stage as "
                    f"{label!r} has here. If they are the same people under another name, link them: "
                    f"renamed={{{old!r}: {label!r}}}, or --same-cohort '{old}={label}'. If they are others, "
                    f"say that too: renamed={{{old!r}: {old!r}}}, or --same-cohort '{old}={old}'."
                )


def refuse_other_groups(cube: Cube, ledger: Ledger, found: Mapping[int, int]) -> None:
    """A group that was printed of these people and is not known now: the difference would be somebody.

    Raises
    ------
    ArgumentError
        With the group and the nearest names.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for row in cube.rows:
        groups.setdefault((row.cohort, row.characteristic), []).append(row.group)
    printed = {said.row for said in ledger.said}
    for at, row in enumerate(ledger.rows):
        now = groups.get((row.cohort, row.characteristic))
        if now is None or at in found or at not in printed or row.group == TOTAL:
            continue
        known = list(dict.fromkeys(now))
        raise ArgumentError(
            f"An earlier release ({ledger.title!r}) printed {row.group!r} of {row.characteristic!r}, which "
            f"these counts do not have. They have {listed(known, most=12)}.{did_you_mean(row.group, known)} "
            "Where groups are cut otherwise, one release less the other is the people between the cuts. Keep "
            "the earlier cuts, or leave the characteristic out (by=)."
        )
