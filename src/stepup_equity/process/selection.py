"""Stages in order and the gates between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from stepup_equity.errors import ProgrammeError, listed, unknown_name
from stepup_equity.process.labels import normalise

_OFFER: Final = re.compile(
    r"(?<![a-z])(offer|accept|appoint|hire|join|start|enrol|recruit|admit|admission|in post)"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A point an applicant can reach.

    Attributes
    ----------
    key : str
        Name in frames and files, such as ``"screened"``.
    label : str
        Name in print, such as ``"Passed screening"``.
    adjective : str
        How someone there is called in a sentence: "the 105 *eligible* applicants".
    fills_place : bool
        Whether reaching it fills a place; of one stage at most.
    """

    key: str
    label: str
    adjective: str = ""
    fills_place: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """A decision between two stages. It has the key of the stage it leads to.

    Attributes
    ----------
    key : str
        Key of the stage behind the gate.
    label : str
        What happens there, such as ``"screening"``; it completes "At ...".
    owner : str
        Who decides; empty where not known.
    """

    key: str
    label: str
    owner: str = ""


@dataclass(frozen=True)
class SelectionProcess:
    """Ordered stages with a gate between each two.

    Parameters
    ----------
    name : str
        Name in print.
    stages : tuple of Stage
        At least two, in order; the first is where everybody starts.
    gates : tuple of Gate
        One for each stage but the first, with that stage's key.

    Raises
    ------
    ProgrammeError
        Where keys repeat or gates do not follow the stages.

    Examples
    --------
    >>> process = SelectionProcess.from_keys(["applied", "shortlisted", "appointed"])
    >>> [gate.key for gate in process.gates]
    ['shortlisted', 'appointed']
    """

    name: str
    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]

    def __post_init__(self) -> None:
        keys = self.stage_keys
        if len(keys) < 2:
            raise ProgrammeError(
                f"Process {self.name!r} has {len(keys)} stage(s). A selection needs two or more."
            )
        if len(set(keys)) != len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise ProgrammeError(f"Process {self.name!r} has stage keys that repeat: {listed(twice)}.")
        if "overall" in keys:
            raise ProgrammeError("A stage cannot have the key 'overall': it names the whole way.")
        filling = [stage.key for stage in self.stages if stage.fills_place]
        if len(filling) > 1:
            raise ProgrammeError(
                f"Process {self.name!r}: {listed(filling)} each fill a place. Keep fills_place at one stage."
            )
        self._refuse_shared_words()
        if self.gate_keys != keys[1:]:
            raise ProgrammeError(
                f"Process {self.name!r}: the gates are {listed(self.gate_keys)}, "
                f"but the stages after the first are {listed(keys[1:])}. Each stage but the first has one "
                f"gate."
            )

    def _refuse_shared_words(self) -> None:
        """A word that is the key or the label of one stage is not that of another: files say either."""
        meant: dict[str, Stage] = {}
        for stage in self.stages:
            for word in (stage.key, stage.key.replace("_", " "), stage.label):
                known = meant.setdefault(normalise(word), stage)
                if known is not stage:
                    raise ProgrammeError(
                        f"Process {self.name!r}: {word!r} may be the stage {known.key!r} or the stage "
                        f"{stage.key!r}, by its key or by its label. Give one of them another label under "
                        "[[stages]]."
                    )

    @classmethod
    def from_keys(cls, keys: list[str] | tuple[str, ...], *, name: str = "Selection") -> SelectionProcess:
        """A process whose stages are known by their keys alone."""
        stages = tuple(Stage(key, _in_words(key)) for key in keys)
        gates = tuple(Gate(stage.key, stage.key.replace("_", " ")) for stage in stages[1:])
        return cls(name, stages, gates)

    @cached_property
    def stage_keys(self) -> tuple[str, ...]:
        """Keys of the stages, in order."""
        return tuple(stage.key for stage in self.stages)

    @cached_property
    def gate_keys(self) -> tuple[str, ...]:
        """Keys of the gates, in order."""
        return tuple(gate.key for gate in self.gates)

    @cached_property
    def fills_place(self) -> str:
        """Key of the stage that fills a place.

        The one that is declared to; else the last that speaks of an offer, of taking it up or of starting,
        since a process may go on to completion and award; else the last of all.

        Examples
        --------
        >>> SelectionProcess.from_keys(["applied", "offered", "joined", "completed"]).fills_place
        'joined'
        """
        declared = [stage.key for stage in self.stages if stage.fills_place]
        offers = [
            stage.key for stage in self.stages[1:] if _OFFER.search(f"{stage.key} {stage.label}".lower())
        ]
        return (declared or offers or [self.stage_keys[-1]])[-1]

    def gate(self, key: str) -> Gate:
        """The gate with this key."""
        for gate in self.gates:
            if gate.key == key:
                return gate
        raise unknown_name(key, self.gate_keys, argument="gate", of=f"a gate of {self.name!r}")

    def stage(self, key: str) -> Stage:
        """The stage with this key."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise unknown_name(key, self.stage_keys, argument="stage", of=f"a stage of {self.name!r}")


def _in_words(key: str) -> str:
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
