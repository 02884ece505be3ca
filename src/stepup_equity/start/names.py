"""Words by which people head their columns, and which characteristic, division or role they speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stepup_equity.process import normalise

__all__ = [
    "ADVERSE",
    "COHORT",
    "EVENT_TIME",
    "EXIT",
    "FURTHEST",
    "IDENTITY",
    "LISTS",
    "PERSONAL",
    "QUESTIONS",
    "SCORE",
    "STATUS",
    "STRATUM",
    "Question",
    "heading",
    "key_of",
]


def heading(name: str) -> str:
    """A column's name in the form in which names are compared.

    >>> heading("DateOfBirth_dd"), heading("Passed sift (Y/N)")
    ('date of birth dd', 'passed sift (y/n)')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return normalise(re.sub(r"[_\-.]+", " ", spaced))


def key_of(name: str) -> str:
    """A name as a key: letters, figures and underscores.

    >>> key_of("Preferred region (1st choice)")
    'preferred_region_1st_choice'
    """
    return re.sub(r"[^a-z0-9]+", "_", normalise(name)).strip("_") or "other"


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


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])({pattern})(?![^\W_])")


QUESTIONS: Final = (
    Question(
        "gender_identity",
        "Gender identity same as registered at birth",
        _words(
            r"gender identity.*(same|match|birth|assigned|registered).*|.*same.*(sex|gender).*birth.*"
            r"|trans(gender)?( status| identity| history)?|gender reassignment"
        ),
    ),
    Question(
        "ethnicity",
        "Ethnicity",
        _words(
            r"ethnic(ity| origin| group| background| category)?s?|race|racial.*|ethnie|origine ethnique"
            r"|etnia|origen [ée]tnico|ethnie|ethnische.*|ethnizität|tarddiad ethnig|ethnigrwydd|herkunft"
        ),
        ("ethnicity_19", "ethnicity_18", "ethnicity_16", "ethnicity_2"),
        "White British",
    ),
    Question(
        "orientation",
        "Sexual orientation",
        _words(
            r"(sexual )?orientation|sexuality|sexualit[ée]|orientaci[óo]n( sexual)?|sexuelle.*"
            r"|cyfeiriadedd.*"
        ),
        ("orientation",),
        "Heterosexual",
    ),
    Question(
        "religion",
        "Religion or belief",
        _words(
            r"religions?|religious.*|faith|beliefs?|religion/belief|religi[óo]n|konfession|crefydd"
            r"|creencia"
        ),
        ("religion",),
    ),
    Question(
        "disability",
        "Disability",
        _words(
            r"disab(ility|ilities|led|leds)?|handicap|handicapé|discapacidad|behinderung|behindert"
            r"|anabledd"
            r"|long term (health )?condition|health condition|equality act"
        ),
        ("disability",),
        "No disability",
    ),
    Question(
        "age_band",
        "Age",
        _words(
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
        _words(r"sex|legal sex|sex at birth|registered sex|sexe|sexo|geschlecht|rhyw|m/f|f/m"),
        ("sex",),
        "Female",
    ),
    Question(
        "gender",
        "Gender",
        _words(r"gender|genre|género|genero|geslacht|rhywedd|gender identity"),
        ("gender",),
        "Female",
    ),
    Question("school_type", "Type of school", _words(r"(type of )?school(ing)?( type| attended)?")),
    Question("free_school_meals", "Free school meals", _words(r"free school meals|fsm")),
    Question(
        "parental_occupation",
        "Parents' occupation",
        _words(
            r"(parent(al|s|'s)?s?'?|main earner|household|carer).*(occupation|job|earner)"
            r"|socio.?economic.*"
            r"|social (background|class)"
        ),
    ),
    Question(
        "parental_degree",
        "Parents with a degree",
        _words(r"(parent(al|s|'s)?s?'?).*(degree|university|qualification|education)|first in family.*"),
    ),
    Question("marital_status", "Marital status", _words(r"marital.*|civil (status|partnership)|married.*")),
    Question(
        "caring",
        "Caring responsibilities",
        _words(
            r"car(ing|er|ers) ?(responsibilit.*|status)?"
            "|dependants"
        ),
    ),
    Question("veteran", "Veteran", _words(r"veteran.*|armed forces.*|military.*")),
    Question("pregnancy", "Pregnancy or maternity", _words(r"pregnan.*|maternity.*")),
    Question(
        "first_language", "First language", _words(r"(first|main|home|preferred) language|welsh speaker")
    ),
    Question("nationality", "Nationality", _words(r"nationality|citizenship")),
    Question("care_leaver", "Care experience", _words(r"care (leaver|experience.*)|looked after.*")),
)
"""Characteristics in the order in which a name is tried."""

DISABILITY_LIST: Final = _words(
    r"impairments?( ?\(s\))?|impairment types?|disabilit(y|ies) types?|types? of (disability"
    r"|impairment)s?"
    r"|nature of (disability|impairment)|disability (details|description|category|nature)|conditions"
)
LISTS: Final = {"disability": DISABILITY_LIST}
"""Names of a second column that says more about a Yes."""

IDENTITY: Final = _words(
    r"(applicant|candidate|application|person|people|student|urn|unique|vacancy applicant|contact"
    r"|record|user"
    r"|applicants|candidates|kandidat|candidat|bewerber|aplicante|response|respondent)?"
    r" ?(id|ids|ref|reference|no(?=$| ?\()|number|num|urn|code|key|identifier|nummer|nr|numéro"
    r"|numero|uuid"
    r"|guid|#)"
    r"|urn|id|applicant|candidate|candidat|bewerber|ymgeisydd"
)
PERSONAL: Final = _words(
    r"(first|last|sur|fore|given|family|middle|full|known as|preferred|applicant|candidate)? ?names?"
    r"|surname|forename|e ?mail.*|telephone.*|phone.*|mobile.*|address.*|post ?code.*|ni number"
    r"|national insurance.*|passport.*|notes?|comments?|free text|url|link|cv|title|salutation|nom|prénom"
    r"|vorname|nachname|apellidos?|nombre"
)
COHORT: Final = _words(
    r"cohorts?|intakes?|(academic|recruitment|entry|campaign|application) ?years?|year( of entry)?"
    r"|campaigns?"
    r"|rounds?|cycles?|waves?|promotion|jahrgang|jahr|année|año|carfan"
)
STRATUM: Final = _words(
    r"(preferred |home )?(regions?|areas?|locations?|county|country|partnerships?|offices?|sites?"
    r"|district"
    r"|local authority|council|trust|directorates?|departments?|divisions?|business units?|teams?|faculty"
    r"|school of study|region)|centres?|centers?|venue|grades?|(job )?role|job ?titles?|posts?|positions?"
    r"|vacanc(y|ies)|requisition|(source|route|pathway|stream|track|scheme|specialism|profession"
    r"|subject|course)"
    r"( of .*)?|hear about.*|where did you.*|degree (class|classification)|région|región|abteilung"
    r"|standort"
    r"|rhanbarth|contract type|working pattern|internal/external|internal or external|applicant type"
)
SCORE: Final = _words(
    r"(.* )?(scores?|marks?|points?|percentiles?|results? %|total score|rating|ratings|note|punkte"
    r"|puntos)( .*)?"
)
STATUS: Final = _words(
    r"(.* )?(status|outcome|disposition|decision|state|stage|step|workflow|progress|result|résultat"
    r"|statut"
    r"|étape|estado|etapa|ergebnis|stufe|statws|cam)( .*)?"
)
FURTHEST: Final = _words(
    r"furthest.*|highest stage.*|(last|final|latest) stage( reached)?|stage reached|got to|reached"
)
EXIT: Final = _words(
    r"(exit|rejection|withdrawal|leaving|disposition|reject|decline|closure)? ?reasons?( .*)?|exit.*"
)
EVENT_TIME: Final = _words(
    r"(.* )?(date|time|timestamp|datetime|when|changed|created|at|on|datum|fecha|dyddiad)( .*)?"
)
ADVERSE: Final = _words(
    r"(interviewer|manager|assessor|recruiter|panel|partner|spouse|next of kin|referee|mother|father|line"
    r" manager|sponsor|agent)('?s)?"
)
"""Whose answer it is, where it is not the applicant's."""
