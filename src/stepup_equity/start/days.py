"""The day on which ages count, in a file and in the one after it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from stepup_equity.process import Characteristic
    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column, FileView


_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def latest_year(birth: Column, view: FileView, cohort: Column | None) -> tuple[int, bool]:
    """The latest year that the file speaks of, and whether it does: else that in which the youngest is 18."""
    said = (*view.titles, view.name, *(() if cohort is None else cohort.values))
    found = [int(year) for text in said for year in _YEAR.findall(text)]
    for column in view.columns:
        if column is not birth and (forms := column.date_forms):
            days = [column.day(value, forms[0]) for value in list(column.stated)[:300]]
            found += [day.year for day in days if day is not None and day.year < 2100]
    if found:
        return max(found), True
    forms = birth.birth_forms
    born = [day.year for value in list(birth.stated)[:2000] if (day := birth.day(value, forms[0]))]
    return max(born, default=2000) + 18, False


def day_this_time(
    one: Characteristic, birth: Column, view: FileView, cohort: Column | None, decisions: Decisions
) -> Characteristic:
    """The characteristic with the day on which ages count now.

    A day with its year is that of the last cohort, and a year later it takes everybody for a year younger.
    So a file that speaks of a later year is asked about; where it speaks of none, the day is said.
    """
    try:
        last = dt.date.fromisoformat(one.reference_date)
    except ValueError:  # a day of each cohort's own year
        return one
    key = f"day:{one.name}"
    year, told = latest_year(birth, view, cohort) if birth.birth_forms else (0, False)
    if not told or year <= last.year:
        decisions.decide(
            key,
            "date",
            one.label,
            f"Ages count on {one.reference_date}, as last time. Where it is another day now, write it as "
            "reference_date in the programme.",
            one.reference_date,
            "the programme names the day",
        )
        return one
    later = f"{year}{one.reference_date[4:]}"
    day = decisions.decide(
        key,
        "date",
        one.label,
        f"Last time ages counted on {_in_words(one.reference_date)}. On which day now?",
        later,
        f"this file speaks of {year}",
        choices=[
            (later, _in_words(later)),
            (one.reference_date, f"{_in_words(one.reference_date)}, as last time"),
        ],
        safe=False,
        meanwhile=one.reference_date,
    )
    return replace(one, reference_date=day)


def _in_words(day: str) -> str:
    """A day as people write it; of a 29 February where there is none, as it stands.

    >>> _in_words("2025-09-01")
    '1 September 2025'
    """
    try:
        found = dt.date.fromisoformat(day)
    except ValueError:
        return day
    return f"{found.day} {found:%B %Y}"
