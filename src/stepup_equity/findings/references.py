"""References that a word picks, and those that no word may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence


_MEANING: Final = {
    "largest": "the largest group",
    "highest": "the group with the highest rate",
    "rest": "everyone else stated",
}

PICKED: Final = tuple(_MEANING)
"""References that are no group by name."""


def refuse_not_stated(reference: str | None) -> None:
    """Refuse those without a group as a reference."""
    if reference == NOT_STATED:
        raise ArgumentError(
            f"reference={reference!r} cannot be a reference: it is not a group. Name a group."
        )


def refuse_two_meanings(reference: str | None, groups: Sequence[str], of: str) -> None:
    """Refuse a word that picks a reference where a group bears it as its name."""
    if reference in PICKED and reference in groups:
        raise ArgumentError(
            f"reference={reference!r} has two meanings: {of} is called so, and it stands for "
            f"{_MEANING[reference]}. Write the group otherwise ({reference.capitalize()!r}) where it is "
            "counted; it can then be named, and the word picks."
        )


def refuse_rest_by_name(chosen: Sequence[str], characteristic: str) -> None:
    """Refuse a group called as everyone else is: nobody could tell which of the two a row is about."""
    if "rest" in chosen:
        raise ArgumentError(
            f"The reference of {characteristic!r} would be its group 'rest', and beside a comparison that "
            "word stands for everyone else. Name another group as reference, or write this one otherwise "
            "('Rest') where it is counted."
        )
