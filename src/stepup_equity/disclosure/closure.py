"""Whether every printed number is a function of printed counts: the audit's own arithmetic.

A rate of true counts beside rounded ones, or beside a hidden one, gives counts away. Here each rate, interval
and test is worked out again from the counts that stand in print; what differs is a breach, and a breaching
rate also goes to the audit as an inequality.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from stepup_equity.disclosure.layout import ALL, TOTAL
from stepup_equity.disclosure.ledger import Ledger, Said, number_of

if TYPE_CHECKING:
    from stepup_equity.disclosure.policy import Policy


_Z: Final = 1.959963984540054
_RATES: Final = ("pass_rate", "left_rate", "cum_rate", "share")

Terms = dict[tuple[int, int, Literal["reached", "pending"]], int]
"""(row, stage, measure) -> sign."""


@dataclass(frozen=True)
class Ratio:
    """A rate: signed counts of the part and of the whole."""

    part: Terms
    whole: Terms


@dataclass(frozen=True)
class Breach:
    """A printed value that may not stand.

    Attributes
    ----------
    said : Said
        What was printed.
    why : str
        A sentence.
    ratio : Ratio or None
        Of what it is a rate, where it is one.
    """

    said: Said
    why: str
    ratio: Ratio | None = None


def breaches_of(ledger: Ledger, policy: Policy | None) -> list[Breach]:
    """Every printed value of a release that is not a function of its printed counts.

    Parameters
    ----------
    ledger : Ledger
    policy : Policy, optional
        Whose smallest base of a percentage is checked too; not that of an earlier release.
    """
    check = _Check(ledger, 0.0 if policy is None else policy.min_denominator)
    found = (check.breach(said) for said in ledger.said)
    return [breach for breach in found if breach is not None]


@dataclass(frozen=True)
class _Check:
    ledger: Ledger
    min_denominator: float

    @cached_property
    def printed(self) -> dict[tuple[int, int, str], int]:
        """Counts as they stand in print."""
        counts = (said for said in self.ledger.said if said.measure in ("reached", "pending"))
        pairs = ((said, number_of(said.text)) for said in counts)
        return {
            (said.row, said.stage, said.measure): int(number) for said, number in pairs if number is not None
        }

    @cached_property
    def waiting(self) -> frozenset[int]:
        """Stages after which somebody waits."""
        return frozenset(self.ledger.stages.index(stage) for stage in self.ledger.waiting)

    def decided(self, row: int, first: int, stage: int) -> Terms:
        """Whom a rate is of: those at the first of some stages, less those who wait at it or between."""
        terms: Terms = {(row, first, "reached"): 1}
        for gate in sorted(self.waiting):
            if first <= gate < stage:
                terms[row, gate, "pending"] = -1
        return terms

    @cached_property
    def totals(self) -> dict[str, int]:
        """Cohort -> the row of everybody."""
        return {row.cohort: i for i, row in enumerate(self.ledger.rows) if row.characteristic == ALL}

    @cached_property
    def finest(self) -> dict[tuple[str, str], list[int]]:
        """(cohort, characteristic) -> its stated groups that are not sums of other printed ones."""
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        shown = {said.row for said in self.ledger.said}
        above = {
            (row.cohort, row.characteristic, row.parent)
            for i, row in enumerate(self.ledger.rows)
            if i in shown
        }
        for i, row in enumerate(self.ledger.rows):
            top = not row.parent and (row.cohort, row.characteristic, row.group) in above
            if i in shown and row.stated and row.characteristic != ALL and row.group != TOTAL and not top:
                groups[row.cohort, row.characteristic].append(i)
        return groups

    def breach(self, said: Said) -> Breach | None:
        number = number_of(said.text)
        if number is None or said.measure in ("reached", "pending"):
            return None
        if said.measure == "left":
            return self._left(said, number)
        if said.measure in _RATES:
            return self._rate(said, number)
        if said.measure in ("wilson_low", "wilson_high"):
            return self._interval(said, number)
        if said.measure == "chi2":
            return self._test(said, number)
        return Breach(said, f"nobody knows what {said.measure!r} is a function of")

    def _left(self, said: Said, number: float) -> Breach | None:
        terms = self.decided(said.row, said.stage, said.stage + 1)
        left = self._counted({**terms, (said.row, said.stage + 1, "reached"): -1})
        if left is None or max(left, 0) == number:
            return None
        return Breach(said, "it is not the difference of the printed counts")

    def _ratio(self, said: Said) -> Ratio | None:
        row, stage = said.row, said.stage
        here: Terms = {(row, stage, "reached"): 1}
        if said.measure == "cum_rate":
            return Ratio(here, self.decided(row, 0, stage))
        if said.measure == "share":
            total = self.totals.get(self.ledger.rows[row].cohort)
            return None if total is None else Ratio(here, self._stated(row, total, stage))
        if stage + 1 >= len(self.ledger.stages):
            return None
        whole = self.decided(row, stage, stage + 1)
        onward: Terms = {(row, stage + 1, "reached"): 1}
        if said.measure == "pass_rate":
            return Ratio(onward, whole)
        return Ratio({**whole, (row, stage + 1, "reached"): -1}, whole)

    def _stated(self, row: int, total: int, stage: int) -> Terms:
        """Whom a share is of: those who stated a group; everybody, for those who did not."""
        terms: Terms = {(total, stage, "reached"): 1}
        own = self.ledger.rows[row]
        if own.stated and own.characteristic != ALL and own.group != TOTAL:
            for i in self.unstated[own.cohort, own.characteristic]:
                terms[i, stage, "reached"] = -1
        return terms

    @cached_property
    def unstated(self) -> dict[tuple[str, str], list[int]]:
        """(cohort, characteristic) -> its rows of those who stated no group."""
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for i, row in enumerate(self.ledger.rows):
            if not row.stated:
                rows[row.cohort, row.characteristic].append(i)
        return rows

    def _counted(self, terms: Terms) -> int | None:
        if any(cell not in self.printed for cell in terms):
            return None
        return sum(sign * self.printed[cell] for cell, sign in terms.items())

    def _rate(self, said: Said, number: float) -> Breach | None:
        ratio = self._ratio(said)
        if ratio is None:
            return Breach(said, "it is a rate of nothing that is printed")
        part, whole = self._counted(ratio.part), self._counted(ratio.whole)
        if part is None or whole is None:
            return Breach(said, "one of its counts is hidden", ratio)
        if whole <= 0 or abs(100 * part / whole - number) > 0.05 + 1e-9:
            return Breach(said, "it is not the rate of the printed counts", ratio)
        if whole < self.min_denominator:
            return Breach(said, "it is a percentage of too few people")
        return None

    def _interval(self, said: Said, number: float) -> Breach | None:
        part = self.printed.get((said.row, said.stage + 1, "reached"))
        whole = self._counted(self.decided(said.row, said.stage, said.stage + 1))
        if part is None or not whole or whole < part:
            return Breach(said, "one of its counts is hidden")
        middle = part + _Z**2 / 2
        half = _Z * math.sqrt(part * (whole - part) / whole + _Z**2 / 4)
        limit = (middle - half if said.measure == "wilson_low" else middle + half) / (whole + _Z**2)
        if abs(100 * limit - number) > 0.05 + 1e-6:
            return Breach(said, "it is not the interval of the printed counts")
        return None

    def _test(self, said: Said, number: float) -> Breach | None:
        row = self.ledger.rows[said.row]
        pairs = [
            (
                self._counted(self.decided(i, said.stage, said.stage + 1)),
                self.printed.get((i, said.stage + 1, "reached")),
            )
            for i in self.finest[row.cohort, row.characteristic]
        ]
        known = [(max(n, x), x) for n, x in pairs if n is not None and x is not None]
        if len(known) < len(pairs):
            return Breach(said, "one of its counts is hidden")
        entered, passed = sum(n for n, _ in known), sum(x for _, x in known)
        statistic = math.nan
        if entered and 0 < passed < entered:
            rate = passed / entered
            statistic = sum((x - n * rate) ** 2 / (n * rate * (1 - rate)) for n, x in known if n)
        if not abs(statistic - number) <= 0.005 + 1e-6:
            return Breach(said, "it is not the chi-squared of the printed counts")
        return None
