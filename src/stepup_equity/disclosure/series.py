"""One release after another: whether an earlier ledger speaks of these people, under this name or another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL
from stepup_equity.errors import ArgumentError, did_you_mean, listed
from stepup_equity.given import check_known

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.ledger import Ledger


_CROSS: Final = " × "
"""Stands between the two characteristics of a crossing."""

Renamed = Mapping[str, str | None]
"""Cohort or characteristic of a ledger -> its name now; itself, or None, where it is another one."""


class ContradictedError(ArgumentError):
    """A ledger says a number that the counts contradict: records were corrected, or are others."""


def with_names(ledgers: Sequence[Ledger], renamed: Renamed) -> tuple[Ledger, ...]:
    """Ledgers that call cohorts and characteristics as they are called now.

    Parameters
    ----------
    ledgers : sequence of Ledger
    renamed : mapping
        Name in a ledger -> name now.

    Raises
    ------
    ArgumentError
        Where no ledger has a name.
    """
    cohorts = dict.fromkeys(label for ledger in ledgers for label in cohorts_of(ledger))
    asked = dict.fromkeys(
        name for ledger in ledgers for name in (*_names(ledger), *characteristics_of(ledger))
    )
    known = [label for label in (*cohorts, *asked) if label]
    check_known(renamed, known, argument="renamed", of="a cohort or characteristic of a ledger")
    return tuple(_with_names(ledger, renamed) for ledger in ledgers)


def characteristics_of(ledger: Ledger, counted: Collection[str] = ()) -> list[str]:
    """Characteristics that a ledger speaks of, each of a crossing by itself."""
    return list(dict.fromkeys(part for name in _names(ledger) for part in crossed_in(name, counted)))


def crossed_in(name: str, counted: Collection[str]) -> tuple[str, ...]:
    """The characteristics that a table is of; one that is counted may itself be written with ×.

    >>> crossed_in("sex × age", ("sex", "age")), crossed_in("sex × age", ("sex × age",))
    (('sex', 'age'), ('sex × age',))
    """
    return (name,) if name in counted else tuple(name.split(_CROSS))


def _names(ledger: Ledger) -> dict[str, None]:
    return dict.fromkeys(row.characteristic for row in ledger.rows if row.characteristic != ALL)


def refuse_unfound(cube: Cube, ledger: Ledger, renamed: Renamed, counted: Collection[str]) -> None:
    """A ledger of which nothing is found here protects nothing, and would be taken in silence.

    Raises
    ------
    ArgumentError
        With the nearest names, and with what to say where they are other people or another question.
    """
    here = [row.cohort for row in cube.rows if row.is_total and row.cohort != ALL_COHORTS]
    there = cohorts_of(ledger)
    if not set(there) & {*here, *_settled(renamed)}:
        raise ArgumentError(
            f"The ledger of {ledger.title!r} is of {listed(there, most=6)}, and these counts are of "
            f"{listed(here, most=6)}: nothing of it is found here.{did_you_mean(there[0], here)} If they are "
            f"the same people under another name, link them: renamed={{{there[0]!r}: {here[0]!r}}}, or "
            f"--same-cohort '{there[0]}={here[0]}'. If they are others, say that: "
            f"renamed={{{there[0]!r}: {there[0]!r}}}, or --same-cohort '{there[0]}={there[0]}'."
        )
    for name in characteristics_of(ledger, counted):
        if name not in counted and name not in _settled(renamed):
            raise ArgumentError(
                f"The ledger of {ledger.title!r} has the characteristic {name!r}, which these counts do not "
                f"have. They have {listed(counted, most=12)}.{did_you_mean(name, counted)} Two tables of one "
                "question under two names are not audited together. Count it too, under the name it had; or "
                f"link it: renamed={{{name!r}: 'its name now'}}, or --same-characteristic '{name}=its name "
                "now'. If nothing that is counted here tells of it, say that: "
                f"renamed={{{name!r}: {name!r}}}, or --same-characteristic '{name}={name}'."
            )


def _settled(renamed: Renamed) -> set[str]:
    """Names of which somebody has said what they are."""
    return {old if new is None else new for old, new in renamed.items()}


def cohorts_of(ledger: Ledger) -> list[str]:
    """Labels of the single cohorts that a ledger speaks of."""
    return [label for label in dict.fromkeys(row.cohort for row in ledger.rows) if ledger.is_single(label)]


def _with_names(ledger: Ledger, renamed: Renamed) -> Ledger:
    if not renamed:
        return ledger
    single = cohorts_of(ledger)
    together = f"{ALL_COHORTS} ({', '.join(single)})"
    now = {label: renamed.get(label) or label for label in single}
    now[together] = f"{ALL_COHORTS} ({', '.join(now[label] for label in single)})"
    rows = (
        replace(
            row,
            cohort=now.get(row.cohort, row.cohort),
            characteristic=renamed.get(row.characteristic)
            or _CROSS.join(renamed.get(part) or part for part in row.characteristic.split(_CROSS)),
        )
        for row in ledger.rows
    )
    return replace(ledger, rows=tuple(rows))


def refuse_same_people(cube: Cube, ledger: Ledger, renamed: Renamed) -> None:
    """A cohort that has another name here and as many people at every stage is hardly another cohort.

    Raises
    ------
    ArgumentError
        With both names.
    """
    here = {row.cohort: i for i, row in enumerate(cube.rows) if row.is_total and row.cohort != ALL_COHORTS}
    settled = {new for new in renamed.values() if new is not None}
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
                told = len(said) == len(cube.stages) and all(a == b for a, b in said.values())
                where = "at every stage" if told else "at every stage, as far as its print can tell,"
                raise ArgumentError(
                    f"The ledger of {title!r} has a cohort {old!r} with as many people {where} as "
                    f"{label!r} has here. If they are the same people under another name, link them: "
                    f"renamed={{{old!r}: {label!r}}}, or --same-cohort '{old}={label}'. If they are others, "
                    f"say that too: renamed={{{old!r}: {old!r}}}, or --same-cohort '{old}={old}'."
                )


def refuse_other_groups(cube: Cube, ledger: Ledger, found: Mapping[int, int]) -> None:
    """A group that was printed of these people and is not known now: the difference would be somebody.

    Raises
    ------
    ContradictedError
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
        raise ContradictedError(
            f"An earlier release ({ledger.title!r}) printed {row.group!r} of {row.characteristic!r}, which "
            f"these counts do not have. They have {listed(known, most=12)}.{did_you_mean(row.group, known)} "
            "Where groups are cut otherwise, one release less the other is the people between the cuts. Keep "
            "the earlier cuts; or count cuts of which the earlier bands are sums, which are linked by their "
            "bounds; or leave the characteristic out (by=)."
        )
