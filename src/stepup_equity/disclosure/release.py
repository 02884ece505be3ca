"""What may be published: printed counts, what follows from them, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.audit import audit
from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL
from stepup_equity.disclosure.ledger import count_range, ledger_of_table, number_of
from stepup_equity.disclosure.printed import HIDDEN, printed_table, printed_values
from stepup_equity.disclosure.printed_tests import test_rows
from stepup_equity.given import check_known
from stepup_equity.output import csv_bytes, write_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.disclosure.audit import Audit
    from stepup_equity.disclosure.layout import Layout
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.printed import PrintedTable

COLUMNS = ("cohort", "characteristic", "group", "parent", "stage", "measure", "value", "number")
"""Columns of the tidy long file of everything printed."""


@dataclass(frozen=True, eq=False, repr=False)
class Release:
    """Protected tables, ready to be published. Made by `protect`.

    It holds printed counts and no others: a hidden count is not in it. Every rate, interval, share and test
    is worked out from the printed counts, so two data sets with the same release give the same publication,
    byte for byte.

    Attributes
    ----------
    policy : Policy
        What has been promised.
    layout : Layout
        Rows, stages, and which rows add up to which.
    title : str
        What the counts are of.
    stage_labels : tuple of str
        Names of the stages in print.
    labels : dict
        Characteristic -> name in print.
    references : dict
        Characteristic -> declared reference group, where it is printed.
    ordered : frozenset of str
        Characteristics whose groups are in an order.
    notes : tuple of str
        Sentences that every output must carry.
    unheld : tuple of str
        Names in print of what was declared to be held equal where groups are compared, and is not in these
        tables: strata that the records have a column of, and cohorts that are added up. Nothing here says
        what they would say, so no difference is called a cliff edge.
    gap : float
        How far the total weight of what is hidden may lie above the least possible, as a share rounded up to
        a whole per cent; 0 is a proven optimum. Not for print: it is the one thing here that depends on true
        counts.
    """

    policy: Policy
    layout: Layout
    title: str
    stage_labels: tuple[str, ...]
    labels: dict[str, str]
    references: dict[str, str]
    ordered: frozenset[str]
    notes: tuple[str, ...]
    gap: float
    _printed: NDArray[np.int64]
    unheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        own = self._printed.copy()
        own.flags.writeable = False
        object.__setattr__(self, "_printed", own)

    def __repr__(self) -> str:
        many = f"{len(self.cohorts)} cohorts, " if len(self.cohorts) > 1 else ""
        return (
            f"<Release: policy {self.policy.name}; {many}{', '.join(self.characteristics)}; {self.in_words}>"
        )

    @property
    def in_words(self) -> str:
        """How the counts were protected, and how near to the least that must be hidden; not for print."""
        if not self.publishable:
            return "nothing hidden, not for publication"
        if self.policy.shows_all:
            each = "each " if self.policy.mode == "nearest" else ""
            return f"{each}rounded to {self.policy.round_base}"
        hidden, cells = self.hidden
        proof = "proven optimal" if self.gap == 0 else f"within {self.gap:.0%} of the least possible"
        return f"{hidden} of {cells} counts hidden, {proof}"

    @property
    def cohorts(self) -> tuple[str, ...]:
        """Labels of the cohorts, ``"All"`` last; one empty label where the records name none."""
        return self.layout.cohorts

    @property
    def characteristics(self) -> tuple[str, ...]:
        """Names of the characteristics, in order."""
        return self.layout.characteristics

    @property
    def alone(self) -> tuple[str, ...]:
        """Cohorts that are printed each by itself, by their labels."""
        return tuple(label for label in self.cohorts if label and label != ALL_COHORTS)

    @property
    def compared(self) -> dict[str, PrintedTable]:
        """The table of each characteristic that comparisons are made in: of the last cohort, if of several.

        Cohorts added up may show a gap that none of them has.
        """
        cohort = self.alone[-1] if self.alone else None
        return {name: self.table(name, cohort=cohort) for name in self.characteristics}

    @property
    def publishable(self) -> bool:
        """Whether this may leave the house."""
        return self.policy.publishable

    @property
    def hidden(self) -> tuple[int, int]:
        """Counts hidden, and all counts of people who reached a stage or wait there.

        Everybody's own funnel counts once for each cohort.
        """
        return int((self._printed == HIDDEN).sum()), self._printed.size

    @property
    def legend(self) -> dict[str, str]:
        """What each piece of shorthand means, for the notes of a publication."""
        policy = self.policy
        if not self.publishable and self.hides.any():
            hidden = "hidden in the published table that was read, or made of a number that is"
        else:
            hidden = self._hidden_to_protect
        return {
            policy.symbols.hidden: hidden,
            policy.symbols.not_applicable: "not applicable: a rate of nobody",
            policy.symbols.unreliable: "low reliability: a percentage of fewer than "
            f"{policy.min_denominator:g} people, not shown",
            policy.symbols.not_available: "not available: it could not be computed",
        }

    @property
    def _hidden_to_protect(self) -> str:
        policy = self.policy
        small = f"fewer than {policy.threshold} people"
        if policy.zeros == "print":
            small += " (but at least one)"
        if policy.protect_left:
            small += ", or so many left at that stage"
        if self.layout.waiting:
            small += ", or so many wait there"
        return (
            f"hidden to protect people: {small}, or hidden so that such a number cannot be worked out from "
            "others"
        )

    @property
    def hides(self) -> NDArray[np.bool_]:
        """Which counts are hidden, shape (n_rows, n_counts)."""
        return np.asarray(self._printed == HIDDEN)

    def prints_as(self, other: Release) -> bool:
        """Whether two releases of the same rows print the same counts."""
        return bool(np.array_equal(self._printed, other._printed))

    @property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Smallest and largest count behind each printed one; 0 and −1 where it is hidden."""
        ranges = [
            (0, -1) if count == HIDDEN else count_range(count, self.policy.mode, self.policy.round_base)
            for count in self._printed.ravel().tolist()
        ]
        low, high = np.array(ranges, np.int64).T
        return low.reshape(self._printed.shape), high.reshape(self._printed.shape)

    def moves_from(self, other: Release) -> dict[int, int]:
        """Rows that another release of the same rows prints otherwise, and by how much at most."""
        shown = (self._printed != HIDDEN) & (other._printed != HIDDEN)
        apart = np.where(shown, np.abs(self._printed - other._printed), 0).max(axis=1)
        changed = (self._printed != other._printed).any(axis=1)
        return {int(i): int(apart[i]) for i in np.flatnonzero(changed)}

    def without_rows(self, rows: Collection[int]) -> Release:
        """The same with every count of some rows hidden."""
        hidden = np.isin(np.arange(len(self.layout.rows)), list(rows))
        return replace(self, _printed=np.where(hidden[:, None], HIDDEN, self._printed))

    def with_rows_of(self, other: Release, rows: Collection[int]) -> Release:
        """The same with some rows as another release of these rows prints them.

        Rows of the two need not add up, so only sums inside one of them are kept.
        """
        taken = np.isin(np.arange(len(self.layout.rows)), list(rows))
        kept = [
            (row, parts)
            for row, parts in self.layout.sums
            if len({bool(taken[i]) for i in (row, *parts)}) == 1
        ]
        return replace(
            self,
            layout=replace(self.layout, sums=tuple(kept)),
            _printed=np.where(taken[:, None], other._printed, self._printed),
        )

    def table(self, characteristic: str, *, cohort: str | None = None) -> PrintedTable:
        """One characteristic of one cohort, with every measure as number and as text.

        Parameters
        ----------
        characteristic : str
            One of `characteristics`.
        cohort : str, optional
            One of `cohorts`; by default the last, which is all of them where there are several.

        Examples
        --------
        >>> import stepup_equity as su
        >>> from stepup_equity.shipped import shipped
        >>> applicants = su.read_applicants(shipped("examples/cohort_one.csv"))
        >>> release = su.protect(su.count_stages(applicants), "suppress10", by=["gender"])
        >>> release.table("gender").measures["pass_rate"].text[:, 0].tolist()
        ['86.4', '84.8', '79.1']
        """
        check_known([characteristic], self.characteristics, argument="characteristic", of="in this release")
        cohort = self.cohorts[-1] if cohort is None else cohort
        check_known([cohort], self.cohorts, argument="cohort", of="in this release")
        return printed_table(
            self.layout,
            self._printed,
            self.policy,
            cohort,
            characteristic,
            label=self.labels[characteristic],
            stage_labels=self.stage_labels,
            reference=self.references.get(characteristic),
            ordered=characteristic in self.ordered,
        )

    @property
    def tests(self) -> pd.DataFrame:
        """Tests of passing against group, on the printed counts.

        Pearson's chi-squared, exact where an expected count is below 5, adjusted by Holm over the gates of a
        cohort and apart over its whole ways. ``band`` is of the adjusted p: ``"p < .05"``, ``"p < .01"``,
        ``"p < .001"`` or ``"p ≥ .05"``. Hidden groups are merged into one where the printed counts say how
        many they are together; then only the band is given. Where rounded counts are
        evident, p is that of the counts nearest to equal rates that they may stand for; where those are not,
        the band is a symbol and p NaN.
        """
        import pandas as pd

        columns = [
            "cohort",
            "characteristic",
            "gate",
            "groups",
            "merged",
            "statistic",
            "df",
            "p_value",
            "p_adjusted",
            "band",
            "method",
            "status",
        ]
        return pd.DataFrame(test_rows(self.layout, self._printed, self.policy), columns=columns)

    def _lines(self) -> Iterator[tuple[str, ...]]:
        for row, stage, measure, text in printed_values(self.layout, self._printed, self.policy):
            number = text.replace(",", "") if number_of(text) is not None else ""
            yield row.cohort, row.characteristic, row.group, row.parent, stage, measure, text, number

    @property
    def frame(self) -> pd.DataFrame:
        """Everything printed, as text; columns as in `to_csv`."""
        import pandas as pd

        return pd.DataFrame(list(self._lines()), columns=list(COLUMNS), dtype=object)

    def to_csv(self, path: str | Path) -> Path:
        """Write the tidy long file of everything printed.

        Columns ``cohort, characteristic, group, parent, stage, measure, value, number``: the value as it is
        printed (``1,234``, ``[c]``) and as a number (``1234``), empty where no number is printed. Measures
        are ``reached, left, pass_rate, left_rate, cum_rate, share, wilson_low, wilson_high``; where somebody
        waits for a decision ``pending``; and, beside a characteristic's total, ``chi2``. Rates are in per
        cent, of those who are not waiting; a rate of those who reached a stage stands in the row of that
        stage, ``cum_rate`` and ``share`` in the row of the stage that was reached. At every stage ``reached``
        is ``left``, ``pending`` and the next stage's ``reached`` together. Everybody's funnel is the
        characteristic ``All``, group ``Total``.
        """
        return write_file(path, csv_bytes(self.frame))

    def ledger(self) -> Ledger:
        """Everything this release says, to be kept: the next release is audited together with it."""
        said = (
            line
            for line in printed_values(self.layout, self._printed, self.policy)
            if line[0].characteristic == ALL or line[0].group != TOTAL
        )
        return ledger_of_table(self.title, self.policy, self.layout, said)

    def audit(self, ledgers: Sequence[Ledger] = (), *, exact: bool = True) -> Audit:
        """What an outsider can work out from this release, alone or together with earlier ones.

        Nobody tells the outsider which hidden counts are small, so a cell that might be small must be safe.
        That asks for more than `protect` promised: a hidden count that is not small may turn out to be known
        too closely.

        Parameters
        ----------
        ledgers : sequence of Ledger
            Of earlier releases.
        exact : bool
            Whether to find the whole interval of every cell, or only whether it is safe.
        """
        return audit([*ledgers, self.ledger()], self.policy, exact=exact)
