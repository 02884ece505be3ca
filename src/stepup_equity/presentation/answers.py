"""Everything a report asks of the counts, asked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP
from stepup_equity.findings import (
    association_tests,
    cliff_edges,
    composition,
    detectable_gaps,
    gap_decomposition,
    impact_ratios,
    missingness,
    odds_ratios,
    rate_differences,
    selection_rates,
    trend_tests,
)
from stepup_equity.findings.compare_cohorts import compare_cohorts
from stepup_equity.findings.models.progression_model import progression_model
from stepup_equity.words.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.findings import (
        AssociationTests,
        CliffEdges,
        Composition,
        DetectableGaps,
        GapDecomposition,
        ImpactRatios,
        Missingness,
        OddsRatios,
        RateDifferences,
        SelectionRates,
        TrendTests,
    )
    from stepup_equity.findings.compare_cohorts import CohortComparison
    from stepup_equity.findings.models.crude_beside_adjusted import CrudeBesideAdjusted
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.findings.models.term_tests import TermTests

__all__ = ["SEED", "Answers", "Model", "ask"]

SEED: Final = 0
"""Of the tests that draw tables at random; it stands in the manifest."""


@dataclass(frozen=True, eq=False)
class Model:
    """The regression, with what the report takes from it."""

    fit: ProgressionModel
    terms: TermTests
    beside: CrudeBesideAdjusted


@dataclass(frozen=True, eq=False)
class Answers:
    """All results of a report.

    Attributes
    ----------
    counts : StageCounts
    names : Names
    asked : tuple of str
        The characteristics.
    references : dict of str to str
        Their references, as compared.
    cohorts : CohortComparison or None
        The last two cohorts; None where there is one.
    trends : TrendTests or None
        None where no characteristic has an order.
    model : Model or None
        None where no regression of several characteristics can be fitted; `no_model` says why.
    """

    counts: StageCounts
    names: Names
    asked: tuple[str, ...]
    references: dict[str, str]
    rates: SelectionRates
    ratios: ImpactRatios
    differences: RateDifferences
    odds: OddsRatios
    tests: AssociationTests
    trends: TrendTests | None
    gaps: GapDecomposition
    cliffs: CliffEdges
    detectable: DetectableGaps
    pool: Composition
    missing: Missingness
    cohorts: CohortComparison | None
    model: Model | None
    no_model: str

    @property
    def flags(self) -> frozenset[tuple[str, str, str]]:
        """The cliff edges."""
        edges = self.cliffs.flagged
        return frozenset(zip(edges[CHARACTERISTIC], edges[GROUP], edges[GATE], strict=True))

    @property
    def process_frame(self) -> pd.DataFrame:
        """What happened to everybody at each gate."""
        frame = self.counts.overall().frame
        at_risk = frame["entered"] - frame["pending"]
        rate = np.divide(frame["passed"], at_risk, out=np.full(len(frame), np.nan), where=at_risk > 0)
        return frame.assign(denominator=at_risk, rate=rate)


def ask(
    counts: StageCounts, asked: tuple[str, ...], step: Callable[[], None], *, regression: bool = True
) -> Answers:
    """Ask everything.

    Parameters
    ----------
    counts : StageCounts
    asked : tuple of str
        The characteristics; together they are one family of comparisons.
    step : callable
        Called after each part of the work.
    regression : bool
        Whether the characteristics are also modelled together.
    """
    chosen = list(asked)
    model, reason = _model(counts, asked) if regression else (None, "No regression was asked for.")
    step()
    cliffs = cliff_edges(counts, by=chosen, model=None if model is None else model.fit)
    step()
    rates = selection_rates(counts, by=chosen)
    ratios = impact_ratios(counts, by=chosen)
    differences = rate_differences(counts, by=chosen)
    odds = odds_ratios(counts, by=chosen)
    step()
    gaps = gap_decomposition(counts, by=chosen)
    detectable = detectable_gaps(counts, by=chosen)
    step()
    pool = composition(counts, by=chosen)
    missing = missingness(counts, by=chosen)
    step()
    tests = association_tests(counts, by=chosen, seed=SEED)
    step()
    last_two = counts.cohorts[-2:]
    cohorts = compare_cohorts(counts, cohorts=last_two, by=chosen) if len(last_two) == 2 else None
    ordered = [name for name in asked if counts.programme.characteristic(name).ordered]
    trends = trend_tests(counts, by=ordered) if ordered else None
    pairs = ratios.frame[[CHARACTERISTIC, "reference"]].drop_duplicates()
    return Answers(
        counts=counts,
        names=Names.of(counts.programme),
        asked=asked,
        references=dict(pairs.itertuples(index=False, name=None)),
        rates=rates,
        ratios=ratios,
        differences=differences,
        odds=odds,
        tests=tests,
        trends=trends,
        gaps=gaps,
        cliffs=cliffs,
        detectable=detectable,
        pool=pool,
        missing=missing,
        cohorts=cohorts,
        model=model,
        no_model=reason,
    )


def _model(counts: StageCounts, asked: tuple[str, ...]) -> tuple[Model | None, str]:
    """All characteristics together, gate by gate; Wald limits, which a report of many gates can wait for."""
    usable = [name for name in asked if len(counts.funnel(name).groups) > 1]
    if not counts.is_joint:
        return None, (
            "These counts hold each characteristic on its own, as published tables do. A regression of "
            "several "
            "together needs applicant records."
        )
    if len(usable) < 2:
        return (
            None,
            "A regression needs two characteristics with two groups each, so that one can be held equal.",
        )
    fit = progression_model(counts, " + ".join(usable), interval="wald")
    return Model(fit, fit.tests(), fit.crude_beside_adjusted()), ""
