"""The characteristics together, as a report asks of them: the regression, and beside it that of everybody."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.models.begun import begin_with_blanks
from stepup_equity.findings.models.progression_model import progression_model

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.models.complete_beside_em import CompleteBesideEm
    from stepup_equity.findings.models.crude_beside_adjusted import CrudeBesideAdjusted
    from stepup_equity.findings.models.em_gates import Begin
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.findings.models.term_tests import TermTests


@dataclass(frozen=True, eq=False)
class Model:
    """The regression, with what the report takes from it."""

    fit: ProgressionModel
    beside: CrudeBesideAdjusted

    @cached_property
    def terms(self) -> TermTests:
        """Joint tests of its terms."""
        return self.fit.tests()


@dataclass(frozen=True, eq=False)
class Together:
    """Models of several characteristics, each fitted once.

    Attributes
    ----------
    counts : StageCounts
    usable : tuple of str
        The characteristics that have groups to compare.
    denominator : {"entered", "decided"}
    elsewhere : callable
        Begins a fit.
    """

    counts: StageCounts
    usable: tuple[str, ...]
    denominator: Denominator
    elsewhere: Begin

    @property
    def why_not(self) -> str:
        """Why no model can be fitted; empty where one can."""
        if not self.counts.is_joint:
            return (
                "These counts hold each characteristic on its own, as published tables do. A regression of "
                "several together needs applicant records."
            )
        if len(self.usable) < 2:
            return (
                "A regression needs two characteristics with two groups each, so that one can be held equal."
            )
        return ""

    @property
    def formula(self) -> str:
        """Main effects of all."""
        return " + ".join(self.usable)

    @cached_property
    def model(self) -> Model:
        """The model of people who stated all of them."""
        fit = progression_model(self.counts, self.formula, denominator=self.denominator)
        return Model(fit, fit.crude_beside_adjusted())

    def begin(self) -> None:
        """Begin the model of everybody, where somebody left something blank: it takes long."""
        if not self.why_not and self._somebody_left_blank():
            with suppress(ArgumentError):  # it is said where the answer is asked for
                _ = self._everybody

    def beside_everybody(self, bounds: pd.DataFrame) -> CompleteBesideEm:
        """The model beside the one of everybody; `bounds` as in `missingness`."""
        return self.model.fit.beside_em(self._everybody(), bounds)

    @cached_property
    def _everybody(self) -> Callable[[], ProgressionModel]:
        return begin_with_blanks(
            self.counts, self.formula, denominator=self.denominator, begin=self.elsewhere
        )

    def _somebody_left_blank(self) -> bool:
        stated = (self.counts.funnel(name, not_stated=False).reached[:, 0].sum() for name in self.usable)
        return any(people < self.counts.people for people in stated)
