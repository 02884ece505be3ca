"""What a release says, as frames to be drawn and laid out: printed numbers, and functions of printed numbers.

Nothing here sees a count that is not printed. A comparison is made where all four of its counts are printed
and both groups have people enough for a percentage; everywhere else stands the symbol that is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from stepup_equity.columns import UNJUDGED
from stepup_equity.disclosure.printed import Measure
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.presentation.printed_change import change_frame, earlier_tables, printed_change_words
from stepup_equity.presentation.printed_comparisons import judged
from stepup_equity.presentation.source import Through, deepest_of, ends_in_words
from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated, percent_of
from stepup_equity.words.sentences import waiting_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stepup_equity.disclosure import Ledger, PrintedTable, Release
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.words.names import Names


@dataclass(frozen=True, eq=False)
class Published:
    """A release and the names of its gates.

    Attributes
    ----------
    release : Release
    names : Names
        Of the programme; they say nothing of anybody's counts.
    past : tuple of Ledger
        Of earlier releases: the cohort before may stand there.
    """

    release: Release
    names: Names
    past: tuple[Ledger, ...] = ()

    @cached_property
    def tables(self) -> dict[str, PrintedTable]:
        """The printed table of each characteristic; of the last cohort where there are several."""
        return self.release.compared

    @cached_property
    def tests(self) -> pd.DataFrame:
        """Tests of association on the printed counts."""
        return self.release.tests

    @cached_property
    def references(self) -> dict[str, str]:
        """The group others are compared with: the declared one, else the largest whose size is printed."""
        families = {name: table.families for name, table in self.tables.items()}
        return {name: self.tables[name].groups[found[0][1]] for name, found in families.items() if found}

    @cached_property
    def process_printed(self) -> pd.DataFrame:
        """Everybody at each gate, as printed."""
        table = next(iter(self.tables.values()))
        total, decided = table.total, table.total_decided[0]
        stages = self.release.layout.stages
        reached, rate, pending = total["reached"], total["pass_rate"], total["pending"]
        waits = pending.value[0, :-1] != 0  # also where it is hidden
        passed = reached.text[0, 1:]
        return pd.DataFrame(
            {
                "gate": stages[1:],
                "rate": rate.value[0, :-1],
                "entered": reached.value[0, :-1],
                "denominator": decided,
                "passed": reached.value[0, 1:],
                "word": [_percent(text) for text in rate.text[0, :-1]],
                "start_word": reached.text[0, :-1],
                "passed_word": passed,
                "people_word": [
                    f"{text} of {of:,.0f} with an outcome" if waiting and np.isfinite(of) else text
                    for text, of, waiting in zip(passed, decided, waits, strict=True)
                ],
                "waiting": pending.value[0, :-1],
                "waiting_word": np.where(waits, pending.text[0, :-1], "0"),
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
        meanings = {
            symbols.hidden: "hidden to protect people",
            symbols.unreliable: "too few people for a percentage",
            symbols.not_applicable: "a percentage of nobody",
        }
        return "".join(f" {symbol}: {means}." for symbol, means in meanings.items() if symbol in words)

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
        return ("Every number here is made from printed counts alone.", *self.release.notes)

    @property
    def mix(self) -> tuple[str, ...]:
        """Nothing: what a stratum held equal would say is not in a publication."""
        return ()

    @property
    def unheld(self) -> tuple[str, ...]:
        """What is not held equal in the printed tables, though it was declared."""
        return self.release.unheld

    @cached_property
    def through(self) -> Through:
        """How many applied and how many got to the end, where both are printed."""
        total = next(iter(self.tables.values())).total
        reached, share = total["reached"].text[0], str(_of_applicants(total).text[0, -1])
        shown = reached[0][:1].isdigit() and reached[-1][:1].isdigit()
        alone = self.release.alone
        return Through(
            str(reached[0]),
            str(reached[-1]),
            _percent(share) if share[-1:].isdigit() else "",
            self.release.stage_labels[-1],
            about=self.release.policy.rounds,
            shown=shown,
            waiting=waiting_words(self._waiting),
            cohorts=f"That is {alone[-1]}, the last of {len(alone)} cohorts, as is what is compared here."
            if len(alone) > 1
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

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The cohort beside the one before it, broad groups last; empty where none is printed."""
        earlier = earlier_tables(self.release, self.past)
        if earlier is None:
            return pd.DataFrame()
        parts = [
            change_frame(
                self.tables, earlier, level, self.names, self.release.policy, told, edges=self._edges_are_told
            ).assign(groups=words)
            for level, (told, words) in enumerate(
                ((self._judged, "all groups"), (self._judged_broad, "broad groups"))
            )
            if len(told[0])
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    @property
    def _edges_are_told(self) -> bool:
        """Whether differences are called cliff edges here."""
        return not self.unheld

    @property
    def change(self) -> str:
        """How many printed ratios changed since the cohort before, and what became of cliff edges."""
        return "" if self.changes.empty else printed_change_words(self.changes)

    @property
    def covered(self) -> str:
        """What a comparison says whose numbers are hidden."""
        symbols = self.release.policy.symbols
        return f"{symbols.hidden} or {symbols.unreliable}: not shown, to protect people"

    @cached_property
    def _judged(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self._told(0)

    @cached_property
    def _judged_broad(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self._told(1)

    def _told(self, level: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Comparisons of the groups, or of the broad ones: of gates, and of the whole way."""
        families = [
            (table, *table.families[level]) for table in self.tables.values() if len(table.families) > level
        ]
        gates, ends = judged(families, self.names, self.release.policy)
        if not self.unheld or gates.empty:
            return gates, ends
        return self._unjudged(gates), self._unjudged(ends).assign(behind="")

    def _unjudged(self, made: pd.DataFrame) -> pd.DataFrame:
        """Comparisons without the verdicts that would have to be there with a stratum held equal too."""
        evident = made["verdict"].isin(["cliff edge", "behind", "ahead"]).to_numpy(bool)
        not_held = f"This is without {enumerated(map(within, self.unheld))} held equal."
        return made.assign(
            verdict=made["verdict"].where(~evident, UNJUDGED),
            flagged=False,
            sentence=[
                f"{said} {not_held}" if seen and said else said
                for said, seen in zip(made["sentence"], evident, strict=True)
            ],
        )

    @property
    def broad(self) -> pd.DataFrame:
        """Comparisons between broad groups, a family of their own; empty where there are none."""
        return self._judged_broad[0]

    @property
    def comparisons(self) -> pd.DataFrame:
        """Each group against the reference at each gate, where printed: ratio, interval, p and verdict."""
        return self._judged[0]

    @cached_property
    def deepest(self) -> dict[str, Any]:
        """The widest cliff edge of each characteristic that has one."""
        return deepest_of(self.comparisons)

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


def _rates(table: PrintedTable) -> pd.DataFrame:
    rows = table.leaves
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
        for row, parent in enumerate(table.parents)
        if parent not in broad  # a detailed group may bear its broad group's name
    ]
    gates = len(table.stages) - 1
    rate, reached = table.measures["pass_rate"], table.measures["reached"]
    left, pending = table.measures["left"], table.measures["pending"]
    through = _of_applicants(table.measures)
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
            "denominator": table.decided[rows].ravel(),
            "passed": reached.value[rows, 1:].ravel(),
            "estimate": rate.value[rows, :-1].ravel(),
            "left_word": _counted(left, rows),
            "waiting_word": _counted(pending, rows),
            "word": [_percent(str(text)) for text in rate.text[rows, :-1].ravel()],
            "people_word": reached.text[rows, 1:].ravel(),
            "start_word": reached.text[rows, :-1].ravel(),
            "through": through.value[rows, 1:].ravel(),
            "through_word": [_percent(str(text)) for text in through.text[rows, 1:].ravel()],
        }
    )


def _counted(measure: Measure, rows: list[int]) -> list[str]:
    """How many there are at each gate, as printed; empty for nobody, and where it is hidden."""
    values, texts = measure.value[rows, :-1].ravel(), measure.text[rows, :-1].ravel()
    return [str(text) if n > 0 else "" for n, text in zip(values, texts, strict=True)]


def _of_applicants(measures: Mapping[str, Measure]) -> Measure:
    """The share of those who applied that reached each stage, where a rate is printed there.

    Who waits is among those who applied, while ``cum_rate`` leaves them out.
    """
    rate, reached = measures["cum_rate"], measures["reached"].value
    before = np.cumsum(measures["pending"].value[:, :-1], axis=1)
    waits = np.hstack([np.zeros((len(before), 1)), before]) > 0
    value, text = rate.value.copy(), rate.text.copy()
    for row, stage in np.argwhere(np.isfinite(rate.value) & waits & (reached > 0)):
        through, applied = int(reached[row, stage]), int(reached[row, 0])
        decimals = len(str(rate.text[row, stage]).partition(".")[2])
        value[row, stage] = through / applied
        text[row, stage] = percent_of(through, applied, decimals).removesuffix("%")
    return Measure(value, text)


def _percent(text: str) -> str:
    """A percentage as printed, with its sign; shorthand as it is."""
    return f"{text}%" if text.lstrip("<>")[:1].isdigit() else text
