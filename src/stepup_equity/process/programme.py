"""A programme: a process, the characteristics asked about, the strata, and how its files are read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from stepup_equity.errors import ArgumentError, ProgrammeError, listed, unknown_name
from stepup_equity.process.cohorts import Cohorts
from stepup_equity.process.questions import Questions
from stepup_equity.process.reading import Reading

if TYPE_CHECKING:
    from stepup_equity.process.characteristic import Characteristic
    from stepup_equity.process.selection import SelectionProcess


@dataclass(frozen=True, slots=True)
class Stratum:
    """A way applicants are divided that is not about who they are: partnership, region, centre.

    Attributes
    ----------
    name : str
        Column name and ``strata=`` name.
    label : str
        Name in print.
    column : str
        Column of the input; by default the name.
    """

    name: str
    label: str
    column: str = ""

    def __post_init__(self) -> None:
        if not self.column:
            object.__setattr__(self, "column", self.name)


@dataclass(frozen=True, slots=True)
class Covariate:
    """A number known of each applicant that a model may adjust for: a score, a degree mark.

    It is never counted, charted or printed; it is read again from the source when a model asks for it.

    Attributes
    ----------
    name : str
        Name in a model's formula.
    label : str
        Name in print.
    column : str
        Column of the input; by default the name.
    missing : tuple of str
        Raw values that mean *not known*, beside blanks: ``"absent"``, ``"-9"``.
    decimal : {".", ","}
        The sign before decimals in text; a file that writes 62,5 has a comma.
    """

    name: str
    label: str
    column: str = ""
    missing: tuple[str, ...] = ()
    decimal: str = "."

    def __post_init__(self) -> None:
        if not self.column:
            object.__setattr__(self, "column", self.name)


@dataclass(frozen=True)
class Programme:
    """Everything that is declared before a file is read.

    Attributes
    ----------
    name : str
        Short name, such as ``"step_up_to_social_work"``.
    label : str
        Name in print.
    process : SelectionProcess
        Stages and gates.
    characteristics : tuple of Characteristic
        In display order.
    strata : tuple of Stratum
        Optional divisions.
    reading : Reading
        How files are laid out.
    description : str
        A sentence for the report.
    covariates : tuple of Covariate
        Numbers that models may adjust for.
    cohorts : Cohorts
        Their order, labels, dates, and gates that some had not.
    questions : Questions
        What is asked by default: which characteristics, at which levels, against whom.

    Raises
    ------
    ProgrammeError
        Where a name is declared twice, or the reading contradicts the process.
    """

    name: str
    label: str
    process: SelectionProcess
    characteristics: tuple[Characteristic, ...]
    strata: tuple[Stratum, ...] = ()
    reading: Reading = field(default_factory=Reading)
    description: str = ""
    covariates: tuple[Covariate, ...] = ()
    cohorts: Cohorts = field(default_factory=Cohorts)
    questions: Questions = field(default_factory=Questions)

    def __post_init__(self) -> None:
        others = [*(one.name for one in self.strata), *(one.name for one in self.covariates)]
        names = [*self.characteristic_names, *others, "cohort"]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ProgrammeError(f"Programme {self.name!r} declares a name twice: {listed(twice)}.")
        self.reading.check(self.process)
        self.cohorts.check(self.process)
        self.questions.check(self.characteristics)

    @cached_property
    def characteristic_names(self) -> tuple[str, ...]:
        """Names of the characteristics, in order."""
        return tuple(characteristic.name for characteristic in self.characteristics)

    @cached_property
    def study(self) -> Programme:
        """The same programme without how its files are read and spelt: what its counts mean.

        Two exports of one selection may need two programmes to be read; their counts can be added where the
        studies are equal.
        """
        return replace(
            self,
            characteristics=tuple(characteristic.meaning for characteristic in self.characteristics),
            strata=tuple(Stratum(stratum.name, stratum.label) for stratum in self.strata),
            reading=Reading(),
            covariates=(),
            cohorts=self.cohorts.meaning,
            questions=Questions(),
        )

    def characteristic(self, name: str) -> Characteristic:
        """The characteristic with this name."""
        for characteristic in self.characteristics:
            if characteristic.name == name:
                return characteristic
        raise unknown_name(
            name, self.characteristic_names, argument="characteristic", of=f"declared by {self.name!r}"
        )

    def covariate(self, name: str) -> Covariate:
        """The covariate with this name."""
        for covariate in self.covariates:
            if covariate.name == name:
                return covariate
        if not self.covariates:
            raise ArgumentError(
                f"{name!r} is not a covariate: {self.name!r} declares none. "
                f"Declare it under [covariates.{name}] in the programme."
            )
        names = [covariate.name for covariate in self.covariates]
        raise unknown_name(name, names, argument="covariates", of=f"a covariate declared by {self.name!r}")
