"""What will be asked, written down before anybody has seen a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stepup_equity.process.questions import Questions
from stepup_equity.start.labels import code_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.process import Programme
    from stepup_equity.start.asked import Drafted
    from stepup_equity.start.decisions import Decisions


def draft_questions(drafted: Sequence[Drafted], decisions: Decisions) -> dict[str, Any]:
    """The questions of the programme: every characteristic, and its broad groups or its detailed ones."""
    nested = [one.table["label"] for one in drafted if _is_nested(one)]
    return _asked([one.name for one in drafted], nested, decisions)


def with_questions(programme: Programme, decisions: Decisions) -> Programme:
    """The same of a programme that is there already; one that declares its questions stays as it is."""
    if programme.questions.declared:
        return programme
    nested = [one.label for one in programme.characteristics if one.has_hierarchy]
    table = _asked(programme.characteristic_names, nested, decisions)
    asked = Questions(tuple(table["characteristics"]), tuple(table.get("levels", ())))
    return replace(programme, questions=asked)


def _asked(names: Sequence[str], nested: Sequence[str], decisions: Decisions) -> dict[str, Any]:
    table: dict[str, Any] = {"characteristics": list(names)}
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
