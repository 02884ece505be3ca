"""Cohorts of a programme: their order, what each is called in print, when it began, and gates it had not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ProgrammeError, listed
from stepup_equity.process.cohort_order import natural_order, year_in
from stepup_equity.process.labels import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepup_equity.process.selection import SelectionProcess


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What a programme says about its cohorts. All of it may be left out.

    Attributes
    ----------
    order : tuple of str
        Labels, the earliest first, as in the file or as in print. Cohorts that it does not name come after
        them, in the order of their dates where these are given, else in natural order.
    labels : tuple of (str, str)
        Label in the file, and label in print.
    dates : tuple of (str, str)
        Label, and the day it began, as ``"2010-09-01"``.
    without : tuple of (str, tuple of str)
        Label, and the keys of the gates that this cohort did not go through: everybody went past them, and
        nobody is counted there.
    changes : tuple of (str, tuple of (str, str))
        Label, and for some gates what changed there with this cohort, in words. It stands beside numbers and
        changes none.
    """

    order: tuple[str, ...] = ()
    labels: Pairs = ()
    dates: Pairs = ()
    without: tuple[tuple[str, tuple[str, ...]], ...] = ()
    changes: tuple[tuple[str, Pairs], ...] = ()

    def check(self, process: SelectionProcess) -> None:
        """Refuse what contradicts itself or the process."""
        names = [self.printed(label) for label in self.order]
        for where, printed in (
            ("order", names),
            ("dates", [self.printed(label) for label, _ in self.dates]),
            ("without", [self.printed(label) for label, _ in self.without]),
            ("changes", [self.printed(label) for label, _ in self.changes]),
        ):
            spelt = [normalise(name) for name in printed]
            twice = [name for i, name in enumerate(printed) if spelt[i] in spelt[:i]]
            if twice:
                raise ProgrammeError(f"[cohorts] {where} names {listed(twice)} more than once. Keep one.")
        if any(normalise(label) == normalise(NOT_STATED) for label in names):
            raise ProgrammeError(
                f"[cohorts] order names {NOT_STATED!r}, which stands for people without a cohort. "
                "Leave it out."
            )
        for label, date in self.dates:
            try:
                dt.date.fromisoformat(date)
            except ValueError:
                raise ProgrammeError(
                    f"[cohorts] dates gives {label!r} the day {date!r}. Write it as 2010-09-01."
                ) from None
        named = [("without", label, gate) for label, gates in self.without for gate in gates]
        named += [("changes", label, gate) for label, pairs in self.changes for gate, _ in pairs]
        for where, label, gate in named:
            if gate not in process.gate_keys:
                raise ProgrammeError(
                    f"[cohorts] {where} names the gate {gate!r} for {label!r}, which {process.name!r} "
                    f"does not have. Its gates: {listed(process.gate_keys)}."
                )
        for label, gates in self.without:
            for gate in gates:
                if gate == process.gate_keys[-1]:
                    raise ProgrammeError(
                        f"[cohorts] without names the last gate, {gate!r}, for {label!r}: everybody who "
                        "came so "
                        "far would have arrived. Only gates before it can be missing."
                    )

    def printed(self, label: str) -> str:
        """What a label of the file is called in print."""
        wanted = normalise(label)
        return next((own for raw, own in self.labels if normalise(raw) == wanted), label)

    def ordered(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Labels in print, the earliest cohort first; *Not stated* is the last.

        Examples
        --------
        >>> Cohorts(order=("Pilot", "Main")).ordered(["Main", "Later", "Pilot", "Not stated"])
        ('Pilot', 'Main', 'Later', 'Not stated')
        """
        natural = {label: i for i, label in enumerate(natural_order(labels))}
        place = {normalise(self.printed(label)): i for i, label in enumerate(self.order)}
        dates = {normalise(self.printed(label)): date for label, date in self.dates}
        all_dated = all(normalise(label) in {*dates, *place} for label in natural if label != NOT_STATED)

        def key(label: str) -> tuple[bool, int, str, int]:
            name = normalise(label)
            date = dates.get(name, "") if all_dated else ""
            return label == NOT_STATED, place.get(name, len(place)), date, natural[label]

        return tuple(sorted(natural, key=key))

    def beyond(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Cohorts that a declared order does not name, in their order."""
        named = {normalise(self.printed(label)) for label in self.order} | {normalise(NOT_STATED)}
        return tuple(label for label in self.ordered(labels) if self.order and normalise(label) not in named)

    def year_of(self, label: str) -> int | None:
        """The year of a cohort: of its date where one is declared, else the one its label names."""
        name = normalise(self.printed(label))
        for dated, date in self.dates:
            if normalise(self.printed(dated)) == name:
                return int(date[:4])
        return year_in(label)

    def changed(self, earlier: str, later: str) -> dict[str, str]:
        """What was declared to have changed at each gate after one cohort and up to another.

        >>> Cohorts(changes=(("9", (("b", "names are hidden"),)),)).changed("8", "10")
        {'b': 'names are hidden'}
        """
        said = {normalise(self.printed(label)): dict(pairs) for label, pairs in self.changes}
        between = self.ordered([earlier, later, *(self.printed(label) for label, _ in self.changes)])
        found: dict[str, str] = {}
        if earlier in between and later in between:
            for label in between[between.index(earlier) + 1 : between.index(later) + 1]:
                for gate, words in said.get(normalise(label), {}).items():
                    found[gate] = f"{found[gate]}; {words}" if gate in found else words
        return found

    def lacks(self, label: str) -> tuple[str, ...]:
        """Keys of the gates that a cohort did not go through."""
        name = normalise(self.printed(label))
        return next((gates for own, gates in self.without if normalise(self.printed(own)) == name), ())

    @property
    def meaning(self) -> Cohorts:
        """The part that counts depend on: which gates cohorts went through."""
        return Cohorts(without=tuple((self.printed(label), gates) for label, gates in self.without))
