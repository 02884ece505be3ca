"""Words by which people head their columns, and which characteristic, division or role they speak of."""

from __future__ import annotations

import re
from typing import Final

from stepup_equity.process import normalise
from stepup_equity.process.headings import spoken


def key_of(name: str) -> str:
    """A name as a key: letters, figures and underscores.

    >>> key_of("Preferred region (1st choice)")
    'preferred_region_1st_choice'
    """
    return re.sub(r"[^a-z0-9]+", "_", normalise(name)).strip("_") or "other"


_COHORT_IN_TEXT: Final = re.compile(
    r"(?<![^\W_])(cohort|intake)[\s_-]*(\d+[a-z]?(?:[/-]\d+)?)(?![^\W_])", re.IGNORECASE
)


def cohort_named(text: str) -> str:
    """The cohort that a title or the name of a file speaks of; empty where it speaks of none.

    >>> cohort_named("Programme: Step Up, Cohort 5"), cohort_named("cohort5_export.xlsx"), cohort_named("all")
    ('Cohort 5', 'Cohort 5', '')
    """
    found = _COHORT_IN_TEXT.search(text)
    return "" if found is None else f"{found[1].capitalize()} {found[2]}"


def without_cohort(text: str) -> str:
    """A title without the cohort in it: what a programme is called serves the next cohort too.

    >>> without_cohort("Step Up, Cohort 5"), without_cohort("Cohort 5 export"), without_cohort("Cohort4")
    ('Step Up', 'export', 'Cohort4')
    """
    return _COHORT_IN_TEXT.sub("", text).strip(" ,;:|-_()") or text


DISABILITY_LIST: Final = spoken(
    r"impairments?( ?\(s\))?|impairment types?|disabilit(y|ies) types?|types? of (disability"
    r"|impairment)s?"
    r"|nature of (disability|impairment)|disability (details|description|category|nature)|conditions"
)
LISTS: Final = {"disability": DISABILITY_LIST}
"""Names of a second column that says more about a Yes."""

IDENTITY: Final = spoken(
    r"(applicant|candidate|application|person|people|student|urn|unique|vacancy applicant|contact"
    r"|record|user"
    r"|applicants|candidates|kandidat|candidat|bewerber|aplicante|response|respondent)?"
    r" ?(id|ids|ref|reference|no(?=$| ?\()|number|num|urn|code|key|identifier|nummer|nr|numéro"
    r"|numero|uuid"
    r"|guid|#)"
    r"|ownstu|husid"
    r"|urn|id|applicant|candidate|candidat|bewerber|ymgeisydd|person|n° (candidat|dossier)|n°"
)
PERSONAL: Final = spoken(
    r"(first|last|sur|fore|given|family|middle|full|known as|preferred|applicant|candidate)? ?names?"
    r"|surname|forename|e ?mail.*|telephone.*|phone.*|mobile.*|address.*|post ?code.*|ni number"
    r"|national insurance.*|passport.*|notes?|comments?|free text|url|link|cv|title|salutation|nom|prénom"
    r"|vorname|nachname|apellidos?|nombre"
)
COHORT: Final = spoken(
    r"cohorts?|intakes?|(academic|recruitment|entry|campaign|application) ?years?|year( of entry)?"
    r"|campaigns?"
    r"|rounds?|cycles?|waves?|promotion|jahrgang|jahr|année|año|carfan"
)
STRATUM: Final = spoken(
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
SCORE: Final = spoken(
    r"(.* )?(scores?|marks?|points?|percentiles?|results? %|total score|rating|ratings|note|punkte"
    r"|punktzahl|testergebnis|bewertung|puntos|nota)( .*)?"
)
STATUS: Final = spoken(
    r"(.* )?(status|outcome|disposition|decision|state|stage|step|workflow|progress|result|résultat"
    r"|statut"
    r"|étape|estado|etapa|ergebnis|stufe|statws|cam)( .*)?"
)
FURTHEST: Final = spoken(
    r"furthest.*|highest stage.*|(last|final|latest) stage( reached)?|stage reached|got to|reached"
)
EXIT: Final = spoken(
    r"(exit|rejection|withdrawal|leaving|disposition|reject|decline|closure)? ?reasons?( .*)?|exit.*"
)
EVENT_TIME: Final = spoken(
    r"(.* )?(date|time|timestamp|datetime|when|changed|created|at|on|datum|fecha|dyddiad)( .*)?"
)
ADVERSE: Final = spoken(
    r"(interviewer|manager|assessor|recruiter|panel|partner|spouse|next of kin|referee|mother|father|line"
    r" manager|sponsor|agent)('?s)?"
)
"""Whose answer it is, where it is not the applicant's."""
