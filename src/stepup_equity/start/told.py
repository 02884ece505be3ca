"""How far people got, as a draft tells it: stages in order, and what stands under ``[reading.progress]``."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.start.gates import GATES, GateWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stepup_equity.start.decisions import Decisions


EXITS: Final = {
    "reached": "got there",
    "rejected": "turned down",
    "withdrew": "withdrew",
    "did_not_attend": "did not attend",
    "declined": "declined the offer",
    "offer_withdrawn": "offer withdrawn",
    "no_place": "passed, but no place",
    "pending": "still waiting",
    "not_recorded": "nobody knows why",
}
"""Exit reason -> the same in words."""


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage of a drafted process, and its gate."""

    key: str
    label: str
    adjective: str = ""
    gate: str = ""
    owner: str = ""


@dataclass
class Told:
    """How a file tells progress.

    Attributes
    ----------
    stages : list of StageWords
        In order; the first is where everybody starts.
    table : dict
        What stands under ``[reading.progress]``; empty where it is not known yet.
    columns : set of str
        Columns that it reads.
    notes : dict of str to str
        Comments to stand behind words, by word.
    """

    stages: list[StageWords] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)


ATTENDED: Final = StageWords(
    "attended",
    "Attended the assessment centre",
    gate="attendance at the assessment centre",
    owner="The applicant",
)
INVITED: Final = StageWords("invited", "Invited to the next step", gate="the invitation")
_ORDER: Final = [gate.key for gate in GATES]
_RANK: Final[dict[str, float]] = {
    **{key: float(rank) for rank, key in enumerate(_ORDER)},
    "attended": _ORDER.index("passed_ac") - 0.5,
    "invited": _ORDER.index("shortlisted") + 0.5,
}
_LOOSE: Final = tuple(
    map(
        frozenset,
        (
            ("eligible", "screened"),
            ("eligible", "tested"),
            ("screened", "tested"),
            ("screened", "sifted"),
            ("screened", "shortlisted"),
            ("tested", "longlisted"),
            ("tested", "sifted"),
            ("tested", "shortlisted"),
            ("tested", "phoned"),
            ("tested", "interviewed"),
            ("tested", "passed_ac"),
            ("tested", "fit"),
            ("fit", "shortlisted"),
            ("fit", "sifted"),
            ("fit", "phoned"),
            ("fit", "interviewed"),
            ("fit", "passed_ac"),
            ("sifted", "longlisted"),
            ("passed_ac", "interviewed"),
            ("passed_ac", "final_interviewed"),
            ("passed_ac", "phoned"),
            ("offered", "cleared"),
            ("cleared", "accepted"),
            ("cleared", "interviewed"),
            ("cleared", "started"),
            ("fit", "cleared"),
        ),
    )
)
"""Gates that come in either order, from one selection to another."""


def stage_of(gate: GateWords) -> StageWords:
    """The stage behind a gate."""
    return StageWords(gate.key, gate.label, gate.adjective, gate.gate, gate.owner)


def in_words(place: str, stages: Sequence[StageWords]) -> str:
    """``"stage/exit"`` in words.

    >>> in_words("sifted/withdrew", [StageWords("sifted", "Passed the sift")])
    'Passed the sift: withdrew'
    """
    stage, _, exit_ = place.partition("/")
    label = next((one.label for one in stages if one.key == stage), stage)
    return f"{label}: {EXITS.get(exit_, exit_)}"


def _closed(seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs, and those that follow from them."""
    found = set(seen)
    while more := {(one, four) for one, two in found for three, four in found if two == three} - found:
        found |= more
    return found


def other_orders(
    ordered: Sequence[StageWords], doubts: Sequence[tuple[StageWords, StageWords]]
) -> list[list[StageWords]]:
    """For each pair in doubt the order with the two turned, where no other pair has to turn with them.

    Parameters
    ----------
    ordered : sequence of StageWords
        The order that is proposed.
    doubts : sequence of (StageWords, StageWords)
        Pairs of it that may come the other way round.
    """
    loose = {frozenset((one.key, two.key)) for one, two in doubts}
    found = []
    for one, two in doubts:
        start, end = ordered.index(one), ordered.index(two)
        between = ordered[start + 1 : end]
        if all(frozenset((other.key, two.key)) in loose for other in between):
            turned = [two, one, *between]
        elif all(frozenset((one.key, other.key)) in loose for other in between):
            turned = [*between, two, one]
        else:
            continue
        found.append([*ordered[:start], *turned, *ordered[end + 1 :]])
    return found


def decide_order(
    stages: Iterable[StageWords], seen: set[tuple[str, str]], decisions: Decisions, *, rows: int
) -> list[StageWords]:
    """Stages in the order that selections usually have, changed by what the file shows.

    Parameters
    ----------
    stages : iterable of StageWords
    seen : set of (str, str)
        Pairs of keys of which the file shows that the first comes before the second.
    """
    seen = _closed(seen)
    ordered = sorted(stages, key=lambda stage: _RANK.get(stage.key, 0))
    for _ in ordered:
        for at, (one, two) in enumerate(pairwise(ordered)):
            if (two.key, one.key) in seen and (one.key, two.key) not in seen:
                ordered[at], ordered[at + 1] = two, one
    doubts = [
        (one, two)
        for i, one in enumerate(ordered)
        for two in ordered[i + 1 :]
        if frozenset((one.key, two.key)) in _LOOSE and (one.key, two.key) not in seen
    ]
    against = [
        (one, two) for i, one in enumerate(ordered) for two in ordered[i + 1 :] if (two.key, one.key) in seen
    ]
    reason = "the order that selections usually have"
    if doubts:
        pairs = "; ".join(f"{one.label} or {two.label} first?" for one, two in doubts[:3])
        reason = f"{reason}, but nothing in the file shows it: {pairs}"
    elif seen:
        reason = f"{reason}; the file shows no other"
    value = decisions.decide(
        "stages",
        "stages",
        "the order of the stages",
        "Is this the order of the stages?",
        ", ".join(stage.key for stage in ordered),
        reason,
        choices=[
            (", ".join(stage.key for stage in order), ", ".join(stage.label for stage in order))
            for order in (ordered, *other_orders(ordered, doubts))
        ],
        safe=not doubts and not against,
        rows=rows,
    )
    by_key = {stage.key: stage for stage in ordered}
    wanted = [part.strip() for part in value.split(",")]
    if sorted(wanted) == sorted(by_key):
        return [by_key[key] for key in wanted]
    return ordered
