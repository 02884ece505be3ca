"""Words by which people head the columns of a characteristic, whatever the programme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stepup_equity.process.labels import normalise


def heading(name: str) -> str:
    """A column's name in the form in which names are compared.

    >>> heading("DateOfBirth_dd"), heading("Passed sift (Y/N)")
    ('date of birth dd', 'passed sift (y/n)')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return normalise(re.sub(r"[_\-.]+", " ", spaced))


@dataclass(frozen=True, slots=True)
class Question:
    """A characteristic as people ask for it.

    Attributes
    ----------
    name, label : str
        As in a programme.
    headings : re.Pattern
        Names of columns that ask for it.
    lists : tuple of str
        Shipped code lists, the one to prefer first.
    reference : str
        Group that others are compared with; empty for the largest.
    """

    name: str
    label: str
    headings: re.Pattern[str]
    lists: tuple[str, ...] = ()
    reference: str = ""


def spoken(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words within a heading."""
    return re.compile(rf"(?<![^\W_])({pattern})(?![^\W_])")


QUESTIONS: Final = (
    Question(
        "gender_identity",
        "Gender identity same as registered at birth",
        spoken(
            r"gender identity.*(same|match|birth|assigned|registered).*|.*same.*(sex|gender).*birth.*"
            r"|trans(gender)?( status| identity| history)?|gender reassignment"
        ),
    ),
    Question(
        "ethnicity",
        "Ethnicity",
        spoken(
            r"ethnic(ity| origin| group| background| category)?s?|race|racial.*|ethnie|origine ethnique"
            r"|etnia|origen [ée]tnico|ethnie|ethnische.*|ethnizität|tarddiad ethnig|ethnigrwydd|herkunft"
        ),
        ("ethnicity_19", "ethnicity_18", "ethnicity_16", "ethnicity_2"),
        "White British",
    ),
    Question(
        "orientation",
        "Sexual orientation",
        spoken(
            r"(sexual )?orientation|sexort|sexuality|sexualit[ée]|orientaci[óo]n( sexual)?|sexuelle.*"
            r"|cyfeiriadedd.*"
        ),
        ("orientation",),
        "Heterosexual",
    ),
    Question(
        "religion",
        "Religion or belief",
        spoken(
            r"religions?|relblf|religious.*|faith|beliefs?|religion/belief|religi[óo]n|konfession|crefydd"
            r"|creencia"
        ),
        ("religion",),
    ),
    Question(
        "disability",
        "Disability",
        spoken(
            r"disab(ility|ilities|le|led|leds)?|handicap|handicapé|discapacidad|(schwer)?behinder(ung|t|te)"
            r"|anabledd"
            r"|long term (health )?condition|health condition|equality act"
        ),
        ("disability",),
        "No disability",
    ),
    Question(
        "age_band",
        "Age",
        spoken(
            r"age|ages|age (group|band|range|bracket|category)|ageband|agegroup|âge|tranche d'âge"
            r"|edad|alter"
            r"|altersgruppe|oedran"
        ),
        ("age_band",),
        "20-24",
    ),
    Question(
        "sex",
        "Sex",
        spoken(r"sex|sexid|legal sex|sex at birth|registered sex|sexe|sexo|geschlecht|rhyw|m/f|f/m"),
        ("sex",),
        "Female",
    ),
    Question(
        "gender",
        "Gender",
        spoken(r"gender|genre|género|genero|geslacht|rhywedd|gender identity"),
        ("gender",),
        "Female",
    ),
    Question("school_type", "Type of school", spoken(r"(type of )?school(ing)?( type| attended)?")),
    Question("free_school_meals", "Free school meals", spoken(r"free school meals|fsm")),
    Question(
        "parental_occupation",
        "Parents' occupation",
        spoken(
            r"(parent(al|s|'s)?s?'?|main earner|household|carer).*(occupation|job|earner)"
            r"|socio.?economic.*"
            r"|social (background|class)"
        ),
    ),
    Question(
        "parental_degree",
        "Parents with a degree",
        spoken(r"(parent(al|s|'s)?s?'?).*(degree|university|qualification|education)|first in family.*"),
    ),
    Question("marital_status", "Marital status", spoken(r"marital.*|civil (status|partnership)|married.*")),
    Question(
        "caring",
        "Caring responsibilities",
        spoken(
            r"car(ing|er|ers) ?(responsibilit.*|status)?"
            "|dependants"
        ),
    ),
    Question("veteran", "Veteran", spoken(r"veteran.*|armed forces.*|military.*")),
    Question("pregnancy", "Pregnancy or maternity", spoken(r"pregnan.*|maternity.*")),
    Question(
        "first_language", "First language", spoken(r"(first|main|home|preferred) language|welsh speaker")
    ),
    Question("nationality", "Nationality", spoken(r"nationality|citizenship")),
    Question("care_leaver", "Care experience", spoken(r"care (leaver|experience.*)|looked after.*")),
)
"""Characteristics in the order in which a name is tried."""


def question_of(name: str) -> str:
    """The characteristic that a column's name as a whole asks for; empty where it is none that is known.

    >>> question_of("Faith"), question_of("Ethnic origin"), question_of("Religion"), question_of("Postcode")
    ('religion', 'ethnicity', 'religion', '')
    """
    words = heading(name)
    return next((one.name for one in QUESTIONS if one.headings.fullmatch(words)), "")
