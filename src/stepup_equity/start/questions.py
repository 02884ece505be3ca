"""What will be asked, written down before anybody has seen a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.start.labels import code_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.start.asked import Drafted
    from stepup_equity.start.decisions import Decisions

__all__ = ["draft_questions"]


def draft_questions(drafted: Sequence[Drafted], decisions: Decisions) -> dict[str, Any]:
    """The questions of the programme: every characteristic, and its broad groups or its detailed ones."""
    table: dict[str, Any] = {"characteristics": [one.name for one in drafted]}
    nested = [one.table["label"] for one in drafted if _is_nested(one)]
    if nested:
        levels = decisions.decide(
            "levels",
            "questions",
            ", ".join(nested),
            f"Which groups will be compared, of {', '.join(map(str.lower, nested))}? Decide before you look.",
            "broad, detailed",
            "the more is asked, the stronger a gap must be to be flagged",
            choices=[
                ("broad, detailed", "Broad groups first, then the detailed ones"),
                ("broad", "Broad groups alone"),
                ("detailed", "Detailed groups alone"),
            ],
        )
        table["levels"] = levels.split(", ")
    return table


def _is_nested(one: Drafted) -> bool:
    name = str(one.table.get("codelist", "")).removesuffix(".csv")
    return bool(name) and code_list(name).has_hierarchy
