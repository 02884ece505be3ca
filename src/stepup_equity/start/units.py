"""What a row is: a person, or one application of several; and which columns are its id together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepup_equity.process.headings import heading
from stepup_equity.start.names import IDENTITY

if TYPE_CHECKING:
    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.roles import Roles
    from stepup_equity.start.told import Told
    from stepup_equity.start.view import Column, FileView


_PERSON: Final = re.compile(r"applicants?\b|candidat|person|people|student|contact|user|bewerber|aplicante")
_APPLICATION: Final = re.compile(
    r"vacanc|\bjobs?\b|posts?\b|requisition|campaign|position|\brole|application|advert"
)


def draft_unit(view: FileView, roles: Roles, told: Told, decisions: Decisions) -> None:
    """Find the columns that are the id of an application together, where people stand in several rows."""
    if roles.identity is None or told.table.get("kind") == "events":
        return
    pair = _pair(view, roles.identity)
    if pair is None:
        return
    person, application = pair
    several = _people_in_several(person)
    rows = decisions.made.get("rows")
    value = decisions.decide(
        "unit",
        "column",
        person.name,
        f"{several:,} of the ids in {person.name!r} stand in several rows, each with another "
        f"{application.name!r}. What is a row?",
        "applications",
        "no two rows have both the same",
        choices=[
            ("applications", "One application; a person may make several"),
            ("people", "One person; whoever stands in two rows is a mistake"),
        ],
        safe=rows is not None and rows.value == "application" and not rows.open,
        meanwhile="people",
        rows=view.rows,
    )
    if value == "applications":
        roles.identity, roles.parts = person, (person, application)


def _pair(view: FileView, identity: Column) -> tuple[Column, Column] | None:
    """The columns of the person and of the application; None where every row is one person."""
    others = [column for column in view.columns if column is not identity]
    if not _people_in_several(identity):
        people = [column for column in others if _names_people(column) and _people_in_several(column)]
        return (people[0], identity) if people and not _PERSON.search(heading(identity.name)) else None
    named = [column for column in others if _APPLICATION.search(heading(column.name))]
    return next(((identity, column) for column in named if _one_row_each(identity, column)), None)


def _names_people(column: Column) -> bool:
    name = heading(column.name)
    return bool(IDENTITY.search(name) and _PERSON.search(name) and column.filled.all())


def _people_in_several(column: Column) -> int:
    """How many of a column's values stand in more than one row."""
    return int((column.counts > 1).sum())


def _one_row_each(person: Column, application: Column) -> bool:
    both = zip(person.codes.tolist(), application.codes.tolist(), strict=True)
    return bool(application.filled.all()) and len(set(both)) == len(person.codes)
