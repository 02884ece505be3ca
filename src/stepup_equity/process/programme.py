"""A programme: a process, the characteristics asked about, the strata, and how its files are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from stepup_equity.errors import ProgrammeError, listed, unknown_name
from stepup_equity.process.characteristic import Characteristic
from stepup_equity.process.reading import Reading
from stepup_equity.process.selection import SelectionProcess

__all__ = ["Programme", "Stratum"]


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
    """

    name: str
    label: str
    process: SelectionProcess
    characteristics: tuple[Characteristic, ...]
    strata: tuple[Stratum, ...] = ()
    reading: Reading = field(default_factory=Reading)
    description: str = ""

    def __post_init__(self) -> None:
        names = [*self.characteristic_names, *(stratum.name for stratum in self.strata)]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ProgrammeError(f"Programme {self.name!r} declares a name twice: {listed(twice)}.")

    @cached_property
    def characteristic_names(self) -> tuple[str, ...]:
        """Names of the characteristics, in order."""
        return tuple(characteristic.name for characteristic in self.characteristics)

    def characteristic(self, name: str) -> Characteristic:
        """The characteristic with this name."""
        for characteristic in self.characteristics:
            if characteristic.name == name:
                return characteristic
        raise unknown_name(
            name, self.characteristic_names, argument="characteristic", of=f"declared by {self.name!r}"
        )
