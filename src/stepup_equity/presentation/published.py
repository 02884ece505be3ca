"""What a release says, as frames to be drawn and laid out: printed numbers, and functions of printed numbers.

Nothing here sees a count that is not printed. A comparison is made where all four of its counts are printed
and both groups have people enough for a percentage; everywhere else stands the symbol that is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stepup_equity.disclosure.layout import ALL_COHORTS
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.printed_comparisons import judged, leaves, tops
from stepup_equity.presentation.source import Through, ends_in_words
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import small_at, waiting_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.disclosure import PrintedTable, Release
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.words.names import Names

    Floats = NDArray[np.float64]

__all__ = ["Published"]


@dataclass(frozen=True, eq=False)
class Published:
    """A release and the names of its gates.

    Attributes
    ----------
    release : Release
    names : Names
        Of the programme; they say nothing of anybody's counts.
    held_back : frozenset of (characteristic, group, gate)
        Comparisons that are no cliff edge with a stratum held equal, whatever the printed numbers show
        together.
    """

    release: Release
    names: Names
    held_back: frozenset[tuple[str, str, str]] = frozenset()

    @cached_property
    def tables(self) -> dict[str, PrintedTable]:
        """The printed table of each characteristic; of the last cohort where there are several.

        Cohorts added up may show a gap that none of them has.
        """
        if not self._single:
            return {name: self.release.table(name) for name in self.release.characteristics}
        return {
            name: self.release.table(name, cohort=self._single[-1]) for name in self.release.characteristics
        }

    @cached_property
    def tests(self) -> pd.DataFrame:
        """Tests of association on the printed counts."""
        return self.release.tests

    @cached_property
    def references(self) -> dict[str, str]:
        """The group others are compared with: the declared one, else the largest whose size is printed."""
        found = {}
        for name, table in self.tables.items():
            rows = leaves(table)
            labels = [table.groups[row] for row in rows]
            if table.reference in labels:
                found[name] = str(table.reference)
                continue
            start = np.array([table.measures["reached"].value[row, 0] for row in rows])
            if np.isfinite(start).any():
                found[name] = labels[int(np.nanargmax(start))]
        return found

    @cached_property
    def process_printed(self) -> pd.DataFrame:
        """Everybody at each gate, as printed."""
        total = next(iter(self.tables.values())).total
        stages = self.release.layout.stages
        reached, rate = total["reached"], total["pass_rate"]
        return pd.DataFrame(
            {
                "gate": stages[1:],
                "rate": rate.value[0, :-1],
                "denominator": next(iter(self.tables.values())).total_decided[0],
                "passed": reached.value[0, 1:],
                "word": [_percent(text) for text in rate.text[0, :-1]],
                "start_word": reached.text[0, :-1],
                "people_word": reached.text[0, 1:],
            }
        )

    def rates_printed(self, name: str) -> pd.DataFrame:
        """Pass rates of the groups of a characteristic: numbers where printed, and all as printed."""
        return _rates(self.tables[name])

    def people_printed(self, name: str) -> pd.DataFrame:
        """The people of its broadest groups at every gate: numbers where printed, and all as printed."""
        return _people(self.tables[name], self.references.get(name, ""))

    def symbols(self, name: str) -> str:
        """What the shorthand among those rates means."""
        words, symbols = set(self.rates_printed(name)["word"]), self.release.policy.symbols
        hidden = f" {symbols.hidden}: hidden to protect people." if symbols.hidden in words else ""
        low = (
            f" {symbols.unreliable}: too few people for a percentage." if symbols.unreliable in words else ""
        )
        return f"{hidden}{low}"

    def label(self, name: str) -> str:
        """A characteristic's name in print."""
        return self.tables[name].label

    @property
    def asked(self) -> tuple[str, ...]:
        """The characteristics."""
        return self.release.characteristics

    @property
    def rule(self) -> CliffRule:
        """The thresholds behind the verdicts."""
        return DEFAULT_RULE

    @property
    def notes(self) -> tuple[str, ...]:
        """What every output must carry."""
        return self.release.notes

    @property
    def cliff_notes(self) -> tuple[str, ...]:
        """What belongs beside comparisons."""
        return ("Made from printed counts alone.", *self.mix, *self.release.notes)

    @cached_property
    def mix(self) -> tuple[str, ...]:
        """Differences that are no cliff edges, since a stratum held equal does not bear them out."""
        made = self.comparisons
        if not self.held_back or made.empty:
            return ()
        held = made[[key in self.held_back for key in zip(*(made[k] for k in _KEYS), strict=True)]]
        return tuple(
            f"{row.group} {small_at(row.gate, self.names)}: within the places people applied to, the rate is "
            f"not below {self.rule.material:g} times the other's, so this is no cliff edge."
            for row in records(held[held["verdict"] != HIDDEN])
        )

    @cached_property
    def _single(self) -> tuple[str, ...]:
        """Cohorts that are printed each by itself."""
        return tuple(label for label in self.release.cohorts if label and label != ALL_COHORTS)

    @cached_property
    def through(self) -> Through:
        """How many applied and how many got to the end, where both are printed."""
        total = next(iter(self.tables.values())).total
        reached, share = total["reached"].text[0], str(total["cum_rate"].text[0, -1])
        return Through(
            str(reached[0]),
            str(reached[-1]),
            f"{share}%" if share[:1].isdigit() else "",
            self.release.stage_labels[-1],
            about=self.release.policy.rounds,
            shown=reached[0][:1].isdigit() and reached[-1][:1].isdigit(),
            waiting=waiting_words(self._waiting),
            cohorts=f"That is {self._single[-1]}, the last of {len(self._single)} cohorts, as is what "
            "is compared here."
            if len(self._single) > 1
            else "",
        )

    @property
    def _waiting(self) -> int:
        """How many still wait, where all of that is printed; none where it is hidden, which a table shows."""
        waiting = next(iter(self.tables.values())).total["pending"].value[0, :-1].sum()
        return int(waiting) if np.isfinite(waiting) else 0

    @property
    def whole_way(self) -> tuple[str, ...]:
        """What stands out over the whole way, in people."""
        return ends_in_words(self.broad_ends, self.ends)

    @property
    def change(self) -> str:
        """Nothing: printed cohorts are not set beside each other."""
        return ""

    @property
    def covered(self) -> str:
        """What a comparison says whose numbers are hidden."""
        symbols = self.release.policy.symbols
        return f"{symbols.hidden} or {symbols.unreliable}: not shown, to protect people"

    @cached_property
    def _judged(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        found = judged(self.tables, self.references, self.names, self.release.policy, leaves)
        return self._borne_out(found[0]), self._borne_out(found[1])

    @cached_property
    def _judged_broad(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        tables = {name: table for name, table in self.tables.items() if tops(table)}
        above = {name: self._parent(table) for name, table in tables.items() if name in self.references}
        found = judged(tables, above, self.names, self.release.policy, tops)
        return self._borne_out(found[0]), self._borne_out(found[1])

    def _borne_out(self, made: pd.DataFrame) -> pd.DataFrame:
        """Comparisons without the gaps that a stratum, held equal, does not bear out."""
        if made.empty or not self.held_back:
            return made
        keys = zip(*(made[key] for key in _KEYS), strict=True)
        seen = made["verdict"].isin(["cliff edge", "behind", "ahead"])
        held = np.array([key in self.held_back for key in keys], bool) & seen.to_numpy(bool)
        made = made.copy()
        made.loc[held, "verdict"] = "no material gap"
        made.loc[held, "behind"] = ""
        made.loc[held, "flagged"] = False
        made.loc[held, "sentence"] += f" {WITHIN_PLACES}"
        return made

    def _parent(self, table: PrintedTable) -> str:
        """The broad group of the reference."""
        row = next(i for i in leaves(table) if table.groups[i] == self.references[table.characteristic])
        return table.parents[row] or table.groups[row]

    @property
    def broad(self) -> pd.DataFrame:
        """Comparisons between broad groups, a family of their own; empty where there are none."""
        return self._judged_broad[0]

    @property
    def comparisons(self) -> pd.DataFrame:
        """Each group against the reference at each gate, where printed: ratio, interval, p and verdict."""
        return self._judged[0]

    @property
    def ends(self) -> pd.DataFrame:
        """The same from the first stage to the last."""
        return self._judged[1]

    @property
    def broad_ends(self) -> pd.DataFrame:
        """The same between broad groups."""
        return self._judged_broad[1]

    @property
    def edges(self) -> pd.DataFrame:
        """The cliff edges among the comparisons that are printed."""
        found = self.comparisons
        return found[found["flagged"].astype(bool)] if "flagged" in found else found.iloc[:0]

    @property
    def flags(self) -> frozenset[tuple[str, str, str]]:
        """The cliff edges among the comparisons that are printed."""
        edges = self.comparisons
        if "flagged" not in edges:
            return frozenset()
        edges = edges[edges["flagged"].astype(bool)]
        return frozenset(zip(edges["characteristic"], edges["group"], edges["gate"], strict=True))


_KEYS = ("characteristic", "group", "gate")
WITHIN_PLACES = (
    "Within the places people applied to, the rate is not below 0.8 times the other's: no cliff edge."
)


def _rates(table: PrintedTable) -> pd.DataFrame:
    rows = leaves(table)
    gates = len(table.stages) - 1
    rate, reached = table.measures["pass_rate"], table.measures["reached"]

    def flat(values: NDArray[np.generic]) -> list[object]:
        return values[rows].ravel().tolist()

    return pd.DataFrame(
        {
            "characteristic": table.characteristic,
            "group": np.repeat(np.array([table.groups[row] for row in rows], object), gates),
            "stated": np.repeat([table.stated[row] for row in rows], gates),
            "gate": list(table.stages[1:]) * len(rows),
            "estimate": flat(rate.value[:, :-1]),
            "word": [_percent(str(text)) for text in flat(rate.text[:, :-1])],
            "people_word": flat(reached.text[:, 1:]),
            "start_word": flat(reached.text[:, :-1]),
        }
    )


def _people(table: PrintedTable, against: str) -> pd.DataFrame:
    """The people of the broadest groups there are at every gate, in numbers where printed, all as printed."""
    broad = set(table.parents) & set(table.groups)
    rows = [
        row
        for row, (group, parent) in enumerate(zip(table.groups, table.parents, strict=True))
        if group in broad or parent not in broad
    ]
    gates = len(table.stages) - 1
    rate, reached = table.measures["pass_rate"], table.measures["reached"]
    through = table.measures["cum_rate"]
    up = dict(zip(table.groups, table.parents, strict=True))
    names = [table.groups[row] for row in rows]
    return pd.DataFrame(
        {
            "characteristic": table.characteristic,
            "reference": against if against in names else up.get(against) or "",
            "group": np.repeat(np.array(names, object), gates),
            "stated": np.repeat([table.stated[row] for row in rows], gates),
            "gate": list(table.stages[1:]) * len(rows),
            "entered": reached.value[rows, :-1].ravel(),
            "denominator": np.nan,
            "passed": reached.value[rows, 1:].ravel(),
            "estimate": rate.value[rows, :-1].ravel(),
            "word": [_percent(str(text)) for text in rate.text[rows, :-1].ravel()],
            "people_word": reached.text[rows, 1:].ravel(),
            "start_word": reached.text[rows, :-1].ravel(),
            "through": through.value[rows, 1:].ravel(),
            "through_word": [_percent(str(text)) for text in through.text[rows, 1:].ravel()],
        }
    )


def _percent(text: str) -> str:
    """A percentage as printed, with its sign; shorthand as it is."""
    return f"{text}%" if text[:1].isdigit() else text
