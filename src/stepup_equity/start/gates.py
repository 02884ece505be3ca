"""Gates that selections have, in the order in which they usually come, and the words that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stepup_equity.process.headings import heading


@dataclass(frozen=True, slots=True)
class GateWords:
    """A gate as people speak of it.

    Attributes
    ----------
    key : str
        Key of the stage behind it.
    label, adjective, gate, owner : str
        As in a programme.
    words : re.Pattern
        What names it in a status or a heading.
    done : re.Pattern
        Words that alone say that it was passed, such as ``"Shortlisted"``.
    """

    key: str
    label: str
    adjective: str
    gate: str
    owner: str
    words: re.Pattern[str]
    done: re.Pattern[str]


def _gate(
    key: str, label: str, adjective: str, gate: str, owner: str, words: str, done: str = r"(?!)"
) -> GateWords:
    around = r"(?<![^\W_])({})(?![^\W_])"
    return GateWords(
        key, label, adjective, gate, owner, re.compile(around.format(words)), re.compile(around.format(done))
    )


GATES: Final = (
    _gate(
        "applied",
        "Applied",
        "",
        "",
        "",
        r"appli(ed|cations?|cants?)|apply|submi(tted|ssion)s?|candidatures?|bewerbung(en)?|solicitud(es)?"
        r"|cais|ceisiadau|dossiers?",
        r"applied|submitted|application (submitted|received|complete(d)?)|submission received",
    ),
    _gate(
        "eligible",
        "Eligible",
        "eligible",
        "the eligibility check",
        "",
        r"(in)?eligib(le|ility)( check(s|ed)?)?|essential criteria|minimum (criteria|requirements?)"
        r"|right to work|éligib(le|ilité)|knock ?out questions?",
        r"eligible",
    ),
    _gate(
        "screened",
        "Passed screening",
        "screened",
        "screening",
        "",
        r"(pre)?screen(ing|ed|s)?|triage|(application|initial|resume|résumé) review",
    ),
    _gate(
        "tested",
        "Passed the tests",
        "tested",
        "the tests",
        "",
        r"((online|aptitude|ability|written|psychometric|situational judg(e)?ment|numerical|verbal"
        r"|skills?"
        r"|literacy|numeracy|cognitive|on ?line)( and | )?)*(tests?|testing|tested|assessments?|exams?"
        r"|examination)"
        r"|sjts?|psychometrics?|prueba|épreuves?",
    ),
    _gate(
        "longlisted",
        "Longlisted",
        "longlisted",
        "the long list",
        "",
        r"long ?list(ed"
        "|ing)?",
        r"long ?listed",
    ),
    _gate(
        "sifted",
        "Passed the sift",
        "sifted",
        "the sift",
        "",
        r"(paper |cv |initial |application )?sift(ed|ing)?|cv (review|screen)|paper assessment",
    ),
    _gate(
        "shortlisted",
        "Shortlisted",
        "shortlisted",
        "shortlisting",
        "",
        r"short ?list(ed|ing)?|pré ?sélection(né|née|nés)?|preselecci[óo]n(ado|ada)?|vorauswahl",
        r"short ?listed|présélectionnée?|preseleccionad[oa]",
    ),
    _gate(
        "phoned",
        "Passed the first interview",
        "",
        "the first interview",
        "",
        r"entretiens? (téléphonique|vidéo|visio)s?|telefoninterview|entrevista telef[óo]nica"
        r"|(tele)?phone (interview|screen|call)s?|video interview(s|ed)?|(first|1st|initial|screening)"
        r"( stage| round)? interviews?|recorded interview|interview 1",
    ),
    _gate(
        "fit",
        "Passed the fitness test",
        "",
        "the fitness test",
        "",
        r"(physical )?fitness( tests?)?|physical tests?|bleep test|practical tests?",
    ),
    _gate(
        "passed_ac",
        "Passed the assessment centre",
        "",
        "the assessment centre",
        "",
        r"assessment (cent(re|er)|day)s?|selection (centre|center|day|event)s?|ac|development centre",
    ),
    _gate(
        "interviewed",
        "Passed the interview",
        "",
        "the interview",
        "",
        r"interview(s|ed|ing)?|(interview |selection )?(panel|board)|entretiens?|entrevistas?"
        r"|vorstellungsgespräch|gespräch|cyfweliad",
    ),
    _gate(
        "final_interviewed",
        "Passed the final interview",
        "",
        "the final interview",
        "",
        r"(final|second|2nd)( stage| round)? (interview|panel|board)s?|final (stage|round)|interview 2",
    ),
    _gate(
        "offered",
        "Offered a place",
        "offered",
        "the offer",
        "",
        r"((conditional|provisional|verbal|job|formal|unconditional|firm) )?offer(s"
        r"|ed)?( of (a )?(place|post|job"
        r"|employment))?|offres?|angebot|oferta|cynnig",
        r"(conditional(ly)? |provisional(ly)? )?offered( a)?( place| post| job)?|offer(s)? (made"
        r"|extended|issued|sent|out)",
    ),
    _gate(
        "cleared",
        "Passed the checks",
        "cleared",
        "the checks",
        "",
        r"(pre ?employment|background|reference|security|dbs|vetting|pre ?appointment)( checks?"
        r"| screening"
        r"| clearance)?|pecs?|vetting|references|clearance|medicals?|occupational health|checks",
    ),
    _gate(
        "accepted",
        "Accepted the offer",
        "accepting",
        "acceptance",
        "The applicant",
        r"(offer )?accept(ed|ance|s)?|offre acceptée|firm(ed|ly accepted)?( choice)?",
        r"(offer |place |post )?accepted( offer| place)?",
    ),
    _gate(
        "started",
        "Started",
        "starting",
        "the start",
        "",
        r"start(ed|er|ers|s|ing)?|new starters?|hire(d|s)?|appoint(ed|ment|ments)?|joined|in post"
        r"|enrol(led|ment|s)?"
        r"|employed|recruited|onboard(ed|ing)?|placed|commenced|embauch(é|ée|e)s?|recrutée?s?"
        r"|contratad[oa]s?"
        r"|eingestellt|ready for work|on ?boarded|penodwyd",
        r"started|new starter|hired|appointed|joined|in post|enrolled|employed|recruited|onboarded"
        r"|placed|commenced"
        r"|embauchée?s?|recrutée?|contratad[oa]|eingestellt|penodwyd",
    ),
)
"""In the order in which selections usually have them; a file may show another."""

_APPLIED: Final = GATES[0]


def gates_in(text: str) -> list[tuple[int, GateWords]]:
    """Gates that a text names, with where; a longer name hides a shorter one inside it.

    >>> [gate.key for _, gate in gates_in("sift passed - invited to assessment centre")]
    ['sifted', 'passed_ac']
    """
    found: list[tuple[int, int, GateWords]] = []
    matches = [(m.start(), m.end(), gate) for gate in GATES for m in gate.words.finditer(text)]
    for start, end, gate in sorted(matches, key=lambda one: (one[0] - one[1], one[0])):
        if all(end <= other or start >= stop for other, stop, _ in found):
            found.append((start, end, gate))
    by_place = [(start, gate) for start, _, gate in sorted(found, key=lambda one: one[0])]
    others = [(start, gate) for start, gate in by_place if gate is not _APPLIED]
    kept = others or by_place
    return [(start, gate) for i, (start, gate) in enumerate(kept) if gate not in [g for _, g in kept[:i]]]


def gate_named(name: str) -> GateWords | None:
    """The gate that a column's heading names; None where it names none, or more than one.

    >>> gate_named("Passed sift (Y/N)").key
    'sifted'
    >>> gate_named("Offer accepted").key
    'accepted'
    """
    gates = [gate for _, gate in gates_in(heading(name))]
    keys = [gate.key for gate in gates]
    if keys in (["offered", "accepted"], ["accepted", "offered"]):
        return next(gate for gate in gates if gate.key == "accepted")
    return gates[0] if len(gates) == 1 else None
