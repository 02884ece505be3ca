"""Why someone left before the end, and what each reason counts as."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class ExitKind(IntEnum):
    """What an exit counts as at its gate."""

    NONE = 0
    REJECTED = 1
    WITHDREW = 2
    PENDING = 3
    NOT_RECORDED = 4
    HIDDEN = 5


EXIT_REASONS: Final[dict[str, ExitKind]] = {
    "": ExitKind.NONE,
    "rejected": ExitKind.REJECTED,
    "withdrew": ExitKind.WITHDREW,
    "did_not_attend": ExitKind.WITHDREW,
    "declined": ExitKind.WITHDREW,
    "offer_withdrawn": ExitKind.REJECTED,
    "no_place": ExitKind.REJECTED,
    "not_recorded": ExitKind.NOT_RECORDED,
    "pending": ExitKind.PENDING,
    "hidden": ExitKind.HIDDEN,
}
"""Exit reason -> kind. The position is the code stored in cells; those who got to the end have the empty one.

``no_place`` (passed, reserve list) and ``offer_withdrawn`` are the programme's decision, so they count as
rejected;
``did_not_attend`` and ``declined`` are the applicant's, so they count as withdrew. ``hidden`` are people of a
published table that does not show how many of them went on: no record has it.
"""

RECORDED_REASONS: Final = tuple(reason for reason in EXIT_REASONS if reason not in ("", "hidden"))
"""What a record may give as a reason."""

EXIT_WORDS: Final[dict[str, str]] = {
    "": "No reason given",
    "rejected": "Rejected",
    "withdrew": "Withdrew",
    "did_not_attend": "Did not attend",
    "declined": "Declined",
    "offer_withdrawn": "Offer withdrawn",
    "no_place": "Passed, no place",
    "not_recorded": "Not recorded",
    "pending": "Still waiting",
    "hidden": "Hidden in the table",
}
"""Exit reason -> what a reader calls it."""

_CODES: Final = {reason: code for code, reason in enumerate(EXIT_REASONS)}


def exit_code(reason: str) -> int:
    """Code of an exit reason in cell tables.

    >>> exit_code("rejected")
    1
    """
    return _CODES[reason]
