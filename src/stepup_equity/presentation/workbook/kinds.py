"""The tables that every characteristic has, in the order in which they are lettered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Kind", "kinds"]

_RATE_NOTE: Final = "[note 1]"
_INTERVAL_NOTE: Final = "[note 2]"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the tables every characteristic has.

    ``columns`` holds for each column of numbers its header, measure, stage and decimals.
    """

    name: str
    title: str
    what: str
    columns: tuple[tuple[str, str, int, int], ...]


def kinds(stages: Sequence[str]) -> tuple[Kind, ...]:
    """The tables of one characteristic, in the order they are lettered."""
    whole = range(len(stages))
    onward = whole[:-1]
    return (
        Kind(
            "reached",
            "How many applicants reached each stage",
            "how many applicants of each group reached each stage",
            tuple((stages[s], "reached", s, 0) for s in whole),
        ),
        Kind(
            "pass_rate",
            "Pass rate at each gate",
            f"for each stage, the share of those at the stage before it who went on to it {_RATE_NOTE}",
            tuple((f"{stages[s + 1]}, of the stage before (%)", "pass_rate", s, 1) for s in onward),
        ),
        Kind(
            "interval",
            "95% intervals of the pass rates",
            f"the interval of each pass rate, which is wide where a group is small {_INTERVAL_NOTE}",
            tuple(
                (f"{stages[s + 1]}: {end} end (%)", measure, s, 1)
                for s in onward
                for end, measure in (("lower", "wilson_low"), ("upper", "wilson_high"))
            ),
        ),
        Kind(
            "cumulative",
            "How far applicants got",
            "the share of each group's applicants that reached each stage, of all of the group who applied",
            tuple((f"{stages[s]}, of all who applied (%)", "cum_rate", s, 1) for s in whole[1:]),
        ),
        Kind(
            "share",
            "Who is at each stage",
            "the share of each group among those who reached a stage and stated a group; of those who stated "
            "none, among everybody",
            tuple((f"{stages[s]}, share of those who stated (%)", "share", s, 1) for s in whole),
        ),
    )
