"""Everything a report may ask of the counts: each question is asked when its answer is first looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, REFERENCE
from stepup_equity.counts import only_cohorts, upto
from stepup_equity.counts.funnel import known, largest_of
from stepup_equity.errors import ArgumentError
from stepup_equity.findings import (
    association_tests,
    cliff_edges,
    detectable_gaps,
    exits,
    gap_decomposition,
    impact_ratios,
    missingness,
    odds_ratios,
    rate_differences,
    selection_rates,
    trend_tests,
)
from stepup_equity.findings.benchmark import benchmark
from stepup_equity.findings.cohort_trend import cohort_trend
from stepup_equity.findings.compare_cohorts import compare_cohorts
from stepup_equity.findings.composition import composition_beside
from stepup_equity.findings.held_equal import stated_labels
from stepup_equity.findings.models.em_gates import here
from stepup_equity.findings.places import places
from stepup_equity.findings.stratified import stratified_tests
from stepup_equity.presentation.charts.people import people_as_printed
from stepup_equity.presentation.charts.process import process_words
from stepup_equity.presentation.charts.rates import rates_as_printed
from stepup_equity.presentation.source import Through, deepest_of, ends_in_words
from stepup_equity.presentation.together import Together
from stepup_equity.words.names import Names
from stepup_equity.words.numbers import percent
from stepup_equity.words.sentences import change_words, waiting_words

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings import (
        AssociationTests,
        CliffEdges,
        Composition,
        DetectableGaps,
        Exits,
        GapDecomposition,
        ImpactRatios,
        Missingness,
        OddsRatios,
        RateDifferences,
        SelectionRates,
        TrendTests,
    )
    from stepup_equity.findings.benchmark import BenchmarkComparison
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.cohort_trend import CohortTrend
    from stepup_equity.findings.compare_cohorts import CohortComparison
    from stepup_equity.findings.models.complete_beside_em import CompleteBesideEm
    from stepup_equity.findings.models.em_gates import Begin
    from stepup_equity.findings.places import Places
    from stepup_equity.findings.stratified import StratifiedTests
    from stepup_equity.presentation.together import Model


Answer = TypeVar("Answer")

SEED: Final = 0
"""Of the tests that draw tables at random; it stands in the manifest."""


def _no_step() -> None:
    """Nobody waits to be told."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The results of a report, each computed once, when it is first needed.

    Attributes
    ----------
    counts : StageCounts
        Of one cohort, where there are several.
    asked : tuple of str
        The characteristics; together they are one family of comparisons.
    regression : bool
        Whether cliff edges are also judged with the characteristics held equal.
    denominator : {"entered", "decided"}
        As in `selection_rates`; the same for every question that has a rate in it.
    step : callable
        Called after each question.
    benchmarks : tuple
        Outside figures, as `benchmark` takes them.
    every : StageCounts or None
        All cohorts, to be set beside each other; by default as `counts`.
    level : str or None
        How coarse the groups are; by default as the programme has it.
    elsewhere : callable
        Begins a fit; by default it is made here, when it is asked for.
    """

    counts: StageCounts
    asked: tuple[str, ...]
    regression: bool = True
    denominator: Denominator = "entered"
    step: Callable[[], None] = field(default=_no_step)
    every: StageCounts | None = None
    benchmarks: tuple[Any, ...] = ()
    level: str | None = None
    targets: Any = None
    elsewhere: Begin = here

    @cached_property
    def names(self) -> Names:
        """What the programme calls its gates and characteristics."""
        return Names.of(self.counts.programme)

    def _ask(self, question: Callable[..., Answer], **choices: Any) -> Answer:
        level = {} if self.level is None else {"level": self.level}
        answer = question(self.counts, by=list(self.asked), **level, **choices)
        self.step()
        return answer

    @cached_property
    def rates(self) -> SelectionRates:
        """Pass rates."""
        return self._ask(selection_rates, denominator=self.denominator)

    @cached_property
    def ratios(self) -> ImpactRatios:
        """Impact ratios."""
        return self._ask(impact_ratios, denominator=self.denominator)

    @cached_property
    def differences(self) -> RateDifferences:
        """Rate differences."""
        return self._ask(rate_differences, denominator=self.denominator)

    @cached_property
    def odds(self) -> OddsRatios:
        """Odds ratios."""
        return self._ask(odds_ratios, denominator=self.denominator)

    @cached_property
    def tests(self) -> AssociationTests:
        """Tests of passing against group."""
        return self._ask(association_tests, seed=SEED, denominator=self.denominator)

    @cached_property
    def trends(self) -> TrendTests | None:
        """Trends along ordered groups; None where no characteristic has an order."""
        ordered = [name for name in self.asked if self.counts.programme.characteristic(name).ordered]
        if not ordered:
            return None
        return trend_tests(self.counts, by=ordered, denominator=self.denominator)

    @cached_property
    def gaps(self) -> GapDecomposition:
        """Where the gap opens."""
        return self._ask(gap_decomposition, denominator=self.denominator)

    @cached_property
    def judged(self) -> CliffEdges:
        """Every group at every gate, with a verdict, as counted."""
        return self._ask(cliff_edges, denominator=self.denominator)

    @cached_property
    def cliffs(self) -> CliffEdges:
        """The same; with the model beside it where there is one."""
        model = self.model if self.regression else None
        return self.judged if model is None else self.judged.beside_model(model.fit)

    @cached_property
    def detectable(self) -> DetectableGaps:
        """What each comparison could have shown."""
        return self._ask(detectable_gaps, denominator=self.denominator)

    @cached_property
    def leaving(self) -> Exits:
        """Why everybody left, gate by gate."""
        return exits(self.counts)

    @cached_property
    def leaving_by(self) -> Exits:
        """Why people of each group left."""
        return self._ask(exits)

    @cached_property
    def pool(self) -> Composition:
        """Who is left at each stage."""
        return self._ask(partial(composition_beside, self.judged), denominator=self.denominator)

    @cached_property
    def missing(self) -> Missingness:
        """Who stated a group."""
        return self._ask(missingness, denominator=self.denominator)

    @cached_property
    def cohorts(self) -> CohortComparison | None:
        """The cohort beside the one before it; None where there is none before it."""
        every = self.every or self.counts
        pair = upto(self.counts, every)[-2:]
        if len(pair) < 2:
            return None
        found = compare_cohorts(
            every, cohorts=pair, by=list(self.asked), denominator=self.denominator, level=self.level
        )
        self.step()
        return found

    @cached_property
    def trend(self) -> CohortTrend | None:
        """All cohorts up to this one, where they are three or more."""
        every = self.every or self.counts
        cohorts = upto(self.counts, every)
        if len(cohorts) < 3:
            return None
        return cohort_trend(
            only_cohorts(every, cohorts),
            by=list(self.asked),
            denominator=self.denominator,
            level=self.level,
        )

    @cached_property
    def strata(self) -> StratifiedTests | None:
        """Ratios with each declared stratum held equal; None where there is none."""
        held = [name for name in self.counts.strata if len(stated_labels(self.counts, name)) > 1]
        if not held or not self.counts.is_joint:
            return None
        return stratified_tests(self.counts, by=list(self.asked), stratum=held, denominator=self.denominator)

    @cached_property
    def places(self) -> Places | None:
        """Places of the first stratum, where the process makes offers or targets are given."""
        offers = self.strata is not None and "offered" in self.counts.process.gate_keys
        if self.targets is None and not offers:
            return None
        first = None if self.strata is None else self.strata.strata[0]
        return places(self.counts, self.targets, stratum=first, by=list(self.asked))

    @cached_property
    def outside(self) -> tuple[BenchmarkComparison, ...]:
        """Each outside figure beside the cohort's own."""
        return tuple(benchmark(self.counts, against) for against in self.benchmarks)

    @cached_property
    def _together(self) -> Together:
        usable = tuple(name for name in self.asked if len(self.counts.funnel(name).groups) > 1)
        return Together(self.counts, usable, self.denominator, self.elsewhere)

    def begin(self) -> None:
        """Begin elsewhere what takes long and is asked for last."""
        self._together.begin()

    @property
    def no_model(self) -> str:
        """Why no regression of several characteristics can be fitted; empty where one can."""
        return self._together.why_not

    @cached_property
    def model(self) -> Model | None:
        """All characteristics together, gate by gate; None where `no_model` says why not."""
        if self.no_model:
            return None
        found = self._together.model
        self.step()
        return found

    @property
    def blanks(self) -> CompleteBesideEm | None:
        """The model beside one of everybody; None without blanks, or where `no_blanks` says why."""
        return self._everybody[0]

    @property
    def no_blanks(self) -> str:
        """Why blanks cannot be shared out; empty where they can, or where there are none."""
        return self._everybody[1]

    @cached_property
    def _everybody(self) -> tuple[CompleteBesideEm | None, str]:
        if self.model is None or not self.model.fit.left_out["left_out"].any():
            return None, ""
        try:
            found = self._together.beside_everybody(self.missing.bounds)
        except ArgumentError as refused:  # more combinations of groups than can be gone through
            return None, str(refused)
        self.step()
        return found, ""

    @cached_property
    def references(self) -> dict[str, str]:
        """The reference of each characteristic, as compared."""
        pairs = self.judged.frame[[CHARACTERISTIC, REFERENCE]].drop_duplicates()
        return dict(pairs.itertuples(index=False, name=None))

    @cached_property
    def process_frame(self) -> pd.DataFrame:
        """What happened to everybody at each gate."""
        everybody = self.counts.overall()
        at_risk = known(everybody.denominator(self.denominator)[0], everybody.unknown[0, 1:])
        frame = everybody.frame
        passed = frame["passed"].to_numpy(float)
        rate = np.divide(passed, at_risk, out=np.full(len(frame), np.nan), where=at_risk > 0)
        return frame.assign(denominator=at_risk, rate=rate)

    @property
    def rule(self) -> CliffRule:
        """The thresholds behind the verdicts."""
        return self.judged.rule

    @property
    def comparisons(self) -> pd.DataFrame:
        """Every group against its reference at every gate, judged."""
        return self.judged.frame

    @cached_property
    def deepest(self) -> dict[str, Any]:
        """The widest cliff edge of each characteristic that has one."""
        return deepest_of(self.comparisons)

    @property
    def broad(self) -> pd.DataFrame:
        """The same between broad groups, a family of its own; empty where there are none."""
        return self.judged.broad

    @property
    def notes(self) -> tuple[str, ...]:
        """What every output must carry."""
        return self.counts.notes

    @property
    def cliff_notes(self) -> tuple[str, ...]:
        """What belongs beside comparisons."""
        return self.judged.notes

    @cached_property
    def mix(self) -> tuple[str, ...]:
        """Differences that are no cliff edges, since a stratum held equal does not bear them out."""
        return tuple(self.judged.held_back["sentence"])

    @property
    def unheld(self) -> tuple[str, ...]:
        """Nothing: strata are held equal."""
        return ()

    @cached_property
    def through(self) -> Through:
        """How many applied and how many got to the end."""
        counts = self.counts
        everybody = counts.overall()
        end = int(everybody.reached[0, -1])
        shown = not everybody.unknown[0, -1]
        return Through(
            f"{'At least ' if everybody.unknown[0, 0] else ''}{counts.people:,}",
            f"{end:,}" if shown else "",
            percent(end / counts.people) if shown and counts.people else "",
            counts.process.stages[-1].label,
            shown=shown,
            waiting=waiting_words(int(everybody.pending.sum())),
        )

    @property
    def whole_way(self) -> tuple[str, ...]:
        """What stands out over the whole way, in people."""
        return ends_in_words(self.broad_ends, self.ends)

    @property
    def ends(self) -> pd.DataFrame:
        """Every group from the first stage to the last."""
        return self.judged.whole_way

    @property
    def broad_ends(self) -> pd.DataFrame:
        """The same between broad groups."""
        return self.judged.broad_whole_way

    @cached_property
    def change(self) -> str:
        """How many ratios changed since the cohort before; empty where there is none."""
        return "" if self.cohorts is None else change_words(self.cohorts.frame)

    @property
    def covered(self) -> str:
        """Nothing is hidden."""
        return ""

    @cached_property
    def process_printed(self) -> pd.DataFrame:
        """Everybody at each gate, as printed."""
        return process_words(self.process_frame)

    def rates_printed(self, name: str) -> pd.DataFrame:
        """Pass rates of the groups of a characteristic, as printed."""
        frame = self.rates.frame
        return rates_as_printed(frame[frame[CHARACTERISTIC] == name])

    def people_printed(self, name: str) -> pd.DataFrame:
        """People of its broadest groups at every gate, and over the whole way."""
        funnel = self.counts.funnel(name, level="broad", not_stated=False)
        against = funnel.reference or funnel.groups[largest_of(funnel.groups, funnel.reached[:, 0])]
        rates = selection_rates(self.counts, by=name, level="broad", denominator=self.denominator)
        return people_as_printed(rates).assign(reference=against)

    @cached_property
    def edges(self) -> pd.DataFrame:
        """The cliff edges, those between broad groups among them."""
        import pandas as pd

        broad = self.judged.broad
        edges = self.judged.flagged
        return pd.concat([edges, broad[broad["flagged"]]]) if len(broad) else edges

    def symbols(self, name: str) -> str:  # noqa: ARG002 - a release has some
        """No shorthand is printed."""
        return ""

    def label(self, name: str) -> str:
        """A characteristic's name in print."""
        return self.names.characteristic(name)
