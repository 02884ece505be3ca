"""What is counted, in words: people, or applications of which a person may have made several.

Sentences are made of people. Where a programme counts applications, whatever goes out passes through here:
the page, the sheets, the charts, the data files, the terminal and the notebook. Labels of the programme stay
as they are, whatever words they hold.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stepup_equity.process import Programme


_PHRASES: Final = (
    (r"(?P<kept>[\d,]+ applications? of [\d,]+ (?:people|person))", None),
    (r"(?:people|applicants) applied", "applications were made"),
    (r"(?:applicant|person) applied", "application was made"),
    (r"(?:people|applicants) aged", "applications from those aged"),
    (r"(?:people|applicants) with(?= )", "applications from those with"),
    (r"(?:people|applicants) whose", "applications from those whose"),
    (r"(?:people|applicants) who", "applications that"),
    (r"applicants", "applications"),
    (r"applicant's", "application's"),
    (r"applicant", "application"),
    (r"people's", "applications'"),
    (r"people", "applications"),
)
_TARGET: Final = re.compile(r"people|applicant", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """What a text counts.

    Attributes
    ----------
    applications : bool
    labels : frozenset of str
        Labels that stay as they are.
    """

    applications: bool = False
    labels: frozenset[str] = frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        kept = sorted((one for one in self.labels if _TARGET.search(one)), key=len, reverse=True)
        parts = [*(re.escape(one) for one in kept), *(pattern for pattern, _ in _PHRASES)]
        joined = "|".join(f"(?P<p{i}>{part})" for i, part in enumerate(parts))
        return re.compile(rf"(?<![\w/#.-])(?:{joined})(?![\w-])", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text with what is counted in the place of people.

        >>> Unit(applications=True)("40 people applied; 3 Indian applicants passed.")
        '40 applications were made; 3 Indian applications passed.'
        >>> Unit()("40 people applied")
        '40 people applied'
        """
        if not self.applications or not _TARGET.search(text):
            return text
        first = sum(1 for one in self.labels if _TARGET.search(one))

        def said(found: re.Match[str]) -> str:
            at = next(i for i in range(first + len(_PHRASES)) if found[f"p{i}"] is not None)
            words = None if at < first else _PHRASES[at - first][1]
            if words is None:
                return found[0]
            return words[:1].upper() + words[1:] if found[0][:1].isupper() else words

        return self._pattern.sub(said, text)


PEOPLE: Final = Unit()
"""Texts as they are."""

_NOW: ContextVar[Unit] = ContextVar("unit", default=PEOPLE)


def unit_of(programme: Programme) -> Unit:
    """What the counts of a programme count."""
    if programme.reading.unit != "applications":
        return PEOPLE
    process = programme.process
    labels = {programme.label, programme.description, process.name}
    labels |= {text for stage in process.stages for text in (stage.key, stage.label, stage.adjective)}
    labels |= {text for gate in process.gates for text in (gate.key, gate.label, gate.owner)}
    labels |= {text for stratum in programme.strata for text in (stratum.name, stratum.label)}
    labels |= {text for number in programme.covariates for text in (number.name, number.label)}
    for one in programme.characteristics:
        labels |= {one.name, one.label, one.column, *one.labels}
        labels |= {group.parent for group in one.groups if group.parent}
        labels |= {label for level in one.levels for label, _ in level.members}
    return Unit(applications=True, labels=frozenset(labels - {""}))


@contextmanager
def speaking(unit: Unit) -> Iterator[None]:
    """Everything that goes out within says what is counted."""
    before = _NOW.set(unit)
    try:
        yield
    finally:
        _NOW.reset(before)


def unit_now() -> Unit:
    """What is counted in what goes out now."""
    return _NOW.get()


def in_unit(text: str) -> str:
    """A text as it goes out now."""
    return _NOW.get()(text)
