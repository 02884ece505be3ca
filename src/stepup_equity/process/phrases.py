"""Phrases that people print, whatever the question: refusals to answer, totals, hidden cells, no stages.

Pure functions of one label. What is certain has one function, what only looks like it another: the first
is acted upon (and said), the second is asked about.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from stepup_equity.process.codelists import common_not_stated
from stepup_equity.process.labels import normalise

NoStage = Literal["percentage", "average", "exit", "total"]
"""What a column may hold besides people who reached a stage."""

_MARK: Final = re.compile(
    r"\s*(\[(note|notes|footnote|fn|r|p|e|z|u|x|b|\d+|[ivx]+)[^\]]{0,12}\]"
    r"|\((note|footnote|fn)?\s*[\d,]{1,3}\)|[*†‡§¹²³⁰⁴-⁹]+|\bnote \d+)\s*$",
    re.IGNORECASE,
)
"""Footnote marks at the end of a label: ``[note 2]``, ``(1)``, ``²``, ``*``, ``†``."""


def plain_label(label: str) -> str:
    """A label without the footnote marks and the colon behind it.

    >>> plain_label("Identify in another way [note 2]")
    'Identify in another way'
    >>> plain_label("TOTAL²:")
    'TOTAL'
    >>> plain_label("*")
    '*'
    """
    text = " ".join(label.split())
    while True:
        shorter = _MARK.sub("", text.rstrip(":").rstrip())
        if not shorter or shorter == text:
            return shorter or text
        text = shorter


# Refusals to answer -----------------------------------------------------------------------------------

_SAYING: Final = (
    r"(say|answer|disclose|declare|state|specify|provide|share|respond|reply|tell|reveal|divulge|indicate"
    r"|complete|report|self[ -]?(identify|disclose|declare|report)|identify|give|be (identified|asked))"
)
_ABOUT: Final = (
    r"( (it|this|that|these|any|anything|my|our|your|their|his|her|the|which|what|whether|if|about|on|at"
    r"|for|here"
    r"|information|details|an? answer|an? response|gender|sex|ethnicity|race|religion|disability|age)\b.*)?"
)
_WANTING: Final = r"(wish|want|like|choose|care|intend|consent|agree|feel comfortable)"
_WHAT: Final = (
    r"(gender|sex|ethnic(ity)?|ethnic (origin|group|background)|race|religion|religion or belief|belief|faith"
    r"|sexual orientation|orientation|disability|disability status|age|age group|status|nationality"
    r"|marital status|background|information|data|details|answer|response|value|question|category|group)"
)
_NOT_GIVEN: Final = (
    r"(stated|disclosed|declared|known|given|provided|recorded|specified|reported|answered|obtained"
    r"|available|collected|supplied|identified|indicated|completed|sought|asked|shared|held|entered|selected"
    r"|determined|assigned|applicable|captured|returned|filled in)"
)
_REFUSALS: Final = re.compile(
    "|".join(
        (
            # I do not wish to disclose ..., don't want to answer, did not choose to say
            (
                rf"(i |we |they |s?he )?(do|does|did|would|had|am|is|are)( not|n't|nt) {_WANTING}(ing)?"
                rf"( to)? {_SAYING}{_ABOUT}"
            ),
            # prefer not to say, would rather not answer, chose not to declare, declines to self-identify
            (
                r"(i |we )?('d |would |have |has |had )?(prefer(red|s)?|rather|choose|chooses"
                r"|chose|chosen|opt(ed)?"
                r"|elect(ed)?|wish(ed)?|ask(ed)?|decide(d)?)"
                rf"( not)( to)? {_SAYING}{_ABOUT}"
            ),
            (
                rf"(i |we )?(have |has |applicants? |candidates? )?(decline(d|s)?|refuse(d|s)?"
                rf"|unwilling|unable)"
                rf"( to {_SAYING}{_ABOUT})?"
            ),
            # they did not answer, did not respond
            (
                rf"(applicant |candidate |respondent |they |i )?(did|does|do|has|have)( not"
                rf"|n't) {_SAYING}{_ABOUT}"
            ),
            # not stated, not yet known, undeclared, gender not known, information refused
            rf"({_WHAT} )?(is |was |were |are )?not (yet )?(been )?{_NOT_GIVEN}( by .*)?",
            (
                rf"({_WHAT} )?(is |was )?(unknown|undefined|undisclosed|undeclared|unspecified"
                rf"|unreported|unstated"
                r"|unanswered|unrecorded|unidentified|undetermined|unassigned|unavailable|missing"
                r"|withheld|refused"
                r"|blank|null|nil response|declined|empty|tbc|to be confirmed|incomplete)"
            ),
            (
                rf"no(ne)? (answer|response|reply|data|information|info|record|declaration|value"
                rf"|selection|entry"
                rf"|{_WHAT} (given|stated|recorded|provided|declared|disclosed))( (given|stated"
                rf"|recorded|provided"
                r"|selected|available|received|held|declared))?"
            ),
            r"none (given|stated|recorded|provided|declared|disclosed|selected|specified)",
            rf"(unknown|missing|undisclosed|undeclared|withheld|undefined|unspecified) {_WHAT}",
            r"(i )?(do( not|n't) know|can(not|'t) say)",
            # French
            (
                r"(je )?(ne |n')(souhaite|souhaitent|veux|veut|desire|préfère|prefere|désire)( pas)?"
                r" (le |la |y )?(répondre|repondre|dire|préciser|preciser|déclarer|declarer"
                r"|communiquer|indiquer"
                r"|se prononcer|divulguer).*"
            ),
            (
                r"(je )?(préf[èe]re|prefere|préférerais) ne pas (le |la )?(répondre|repondre|dire"
                r"|préciser|preciser"
                r"|déclarer|declarer|communiquer|indiquer|divulguer).*"
            ),
            (
                r"non[ -](renseigné|renseigne|précisé|precise|communiqué|communique|déclaré"
                r"|declare|disponible"
                r"|connu|indiqué|indique|répondu|repondu|réponse|reponse)e?s?"
            ),
            (
                r"(sans (réponse|reponse)|inconnue?s?|refus de (répondre|repondre)|ne sait pas"
                r"|ne se prononce pas|aucune réponse)"
            ),
            # Spanish, Portuguese, Italian
            (
                r"(prefiero|prefiere|prefieren|prefer[ie]u?|prefiro|preferisco) (no|não|nao|non) "
                r"(decir|decirlo|responder|contestar|indicar|declarar|informar|dizer|dirlo|rispondere).*"
            ),
            r"no (consta|especificado|declarado|informado|indicado|contesta|sabe|responde|disponible)a?",
            (
                r"(no sabe( / |/| o )no contesta|ns/nc|ns / nc|sin (datos|respuesta|especificar|informar)"
                r"|desconocid[oa]s?|não (informado|declarado|sabe|respondeu)|non (dichiarato"
                r"|specificato|noto))"
            ),
            # German, Dutch
            (
                r"(keine|ohne) (angaben?|antwort|auskunft)( gemacht)?|k\. ?a\.?|unbekannt"
                r"|nicht (angegeben|bekannt"
                r"|erfasst|beantwortet)|möchte (ich )?nicht (angeben|sagen|beantworten).*"
                r"|(wil|zeg) (ik )?(liever )?niet (zeggen|zegge|antwoorden).*|onbekend"
                r"|niet (bekend|opgegeven)"
            ),
            # Welsh
            r"(mae'n )?well gen+yf( i)? beidio (â|a) dweud|ddim yn gwybod|anhysbys|heb (ei )?(nodi|ddatgan)",
        )
    )
)
_JOINTS: Final = re.compile(r"\s*(?:/|\||;|,| - | or | and | ou | o | oder |\(|\))\s*")
_HINTS: Final = re.compile(
    r"\b(unknown|undefined|undisclosed|missing|refus\w+|declin\w+|withheld|unspecified|undeclared|not stated"
    r"|not known|not declared|not disclosed|not given|not provided|not specified|not recorded|prefer not"
    r"|wish(es)? to|disclos\w+|(do|did|does)( not|n't) (wish|want|know|answer|say)|rather not"
    r"|no (answer|response|reply|data)|inconnue?|souhaite\w*|renseign\w+|keine angabe|unbekannt|prefiero"
    r"|consta|contesta)\b"
)
_STATEMENTS: Final = re.compile(
    r"\b(none|no|not|do not have|don't have|never|other|self[- ]?describe)\b.*"
    r"\b(disab|impair|condition|religion|belief|veteran|protected)"
)


def is_refusal(label: str) -> bool:
    """Whether a label says that the question was not answered: it is *Not stated*.

    Declared spellings come first: ask this only of labels that no code list knows.

    Examples
    --------
    >>> is_refusal("Missing/Unknown"), is_refusal("I do not wish to disclose my religion/belief")
    (True, True)
    >>> is_refusal("Decline To Self Identify"), is_refusal("Ne souhaite pas répondre")
    (True, True)
    >>> is_refusal("I do not wish to disclose whether or not I have a disability")
    True
    >>> is_refusal("prefer-not-to-say"), is_refusal("do-not-have-one")
    (True, False)
    >>> is_refusal("I do not have a disability"), is_refusal("Prefer to self-describe")
    (False, False)
    >>> is_refusal("Other or unknown")
    False
    """
    return _is_refusal(normalise(plain_label(label)))


@cache
def _is_refusal(text: str) -> bool:
    text = text.strip(" .:;-")
    if text.count("-") > 1 and " " not in text:
        text = text.replace("-", " ")
    if text in common_not_stated() or _REFUSALS.fullmatch(text):
        return True
    parts = [part.strip(" .:;-") for part in _JOINTS.split(text)]
    parts = [part for part in parts if part]
    return len(parts) > 1 and all(part in common_not_stated() or _REFUSALS.fullmatch(part) for part in parts)


def looks_like_refusal(label: str) -> bool:
    """Whether a label has words of a refusal without being one for certain; worth a question.

    Examples
    --------
    >>> looks_like_refusal("Other or unknown")
    True
    >>> looks_like_refusal("Unknown"), looks_like_refusal("No disability declared")
    (False, False)
    """
    text = normalise(plain_label(label))
    if _is_refusal(text) or _STATEMENTS.search(text):
        return False
    return _HINTS.search(text) is not None


# Totals -----------------------------------------------------------------------------------------------

_ALL: Final = (
    r"(people|persons?|staff|groups?|applicants?|applications?|candidates?|ethnic(ities| groups| origins"
    r"|ity)?|genders?|sexes|ages?|age groups|religions?|beliefs|religions and beliefs|responses|respondents"
    r"|categories|characteristics|individuals|employees|hires|students|races|combined)( combined)?"
)
_TOTALS: Final = re.compile(
    rf"(grand |overall |sub[ -]?|running )?totals?( ({_ALL}|number|numbers|n|headcount|count|all|overall"
    rf"|of .*|for .*|- .*))*|(n|sum|overall|all|everyone|everybody|combined|headcount)"
    rf"|all( the)? {_ALL}(( and| or) .*)?|both sexes|both genders"
    r"|ensemble|tou(s|tes)( les? .*)?|total général|somme|totaux|insgesamt|gesamt(summe|zahl)?|summe"
    r"|todos|todas|suma|totale?|totaal|totaux|cyfanswm|pawb"
)
_PART_TOTAL: Final = re.compile(r".*\b(sub[ -]?)?totals?\b.*|.*\b(combined|altogether|aggregate|net)$|all .*")
_OTHERS: Final = re.compile(r"\ball (the )?other|\bany other|\bother\b")


def is_total(label: str) -> bool:
    """Whether a label says that a row, or a column, is the total of others.

    Examples
    --------
    >>> [is_total(label) for label in ("Total²", "TOTAL:", "All ethnic groups", "Total applicants")]
    [True, True, True, True]
    >>> is_total("All other ethnic groups"), is_total("BME total")
    (False, False)
    """
    text = " ".join(re.split(r"[ ().:;,]+", normalise(plain_label(label)))).strip(" -")
    return not _OTHERS.search(text) and _TOTALS.fullmatch(text) is not None


def looks_like_total(label: str) -> bool:
    """Whether a label speaks of a total or a subtotal of some kind: it needs the numbers to tell.

    >>> looks_like_total("BME total"), looks_like_total("All other backgrounds")
    (True, False)
    """
    text = normalise(plain_label(label))
    return is_total(label) or (not _OTHERS.search(text) and _PART_TOTAL.fullmatch(text) is not None)


# Hidden cells -----------------------------------------------------------------------------------------

_HIDDEN: Final = re.compile(
    r"\*+|c|x|z|s|d|\[[uw]\]|low|sup|suppr|(secondary )?suppress(ed|ion)|redacted|conf|confidential|hidden"
    r"|withheld|masked|dpa|(n\s*)?(<|≤|<=|&lt;)\s*\d{1,2}|\d{1,2}\s*or (fewer|less)|0\s*~|~\s*0"
    r"|((fewer|less|under|below|lower)( than)?|up to) (\d{1,2}|three|five|six|seven|ten|eleven)"
    r"( (people|persons|individuals|applicants|candidates))?"
    r"|(\.{2,}|…)|:|-+|~|#|\^|‡|†|n/?[ad]|n\.[ad]\.?|np|not (published|shown|disclosed|available)"
    r"|(1|0)\s*(-|to)\s*(4|5|6|7|9|10)|small|moins de \d{1,2}|menos de \d{1,2}|weniger als \d{1,2}"
)


def is_hidden(cell: str) -> bool:
    """Whether a cell of a published table says that its number is hidden; a blank does not.

    Examples
    --------
    >>> [is_hidden(cell) for cell in ("*", "[c]", "<5", "fewer than 5", "..", "–", "~")]
    [True, True, True, True, True, True, True]
    >>> [is_hidden(cell) for cell in ("[fewer than 5]", "up to 4 people", "n<5", "0~", "[low]")]
    [True, True, True, True, True]
    >>> [is_hidden(cell) for cell in ("0", "12*", "", "(30)", "> 5")]
    [False, False, False, False, False]
    """
    text = normalise(cell)
    inside = text[1:-1].strip() if (text[:1], text[-1:]) in {("[", "]"), ("(", ")")} else ""
    return any(_HIDDEN.fullmatch(words) is not None for words in (text, inside))


# Columns that are no stages -----------------------------------------------------------------------------

_PERCENTAGE: Final = re.compile(
    r"%|\b(percent(age)?s?|per ?cent|pct|pc|rates?|shares?|proportions?|ratios?|quotient|likelihood|odds"
    r"|probabilit(y|ies)|pourcentages?|taux|porcentajes?|tasa|prozent|anteil|percentuale"
    r"|four[- ]fifths|difference|std|standard deviation|confidence|p[- ]value|fraction|percentile)\b"
    r"|^parts? (de|des|du)\b"
)
_AVERAGE: Final = re.compile(
    r"\b(averages?|mean|median|moyenne|promedio|durchschnitt|scores?|duration|fte|salary"
    r"|days to|time to)\b|\bavg\b|^ages?$"
)
_EXIT: Final = re.compile(
    r"\b(fail(ed|s|ing|ure|ures)?|reject(ed|ions?|s)?|withdr[ae]w(n|al|als|s)?|unsuccessful|declin(ed|es)?"
    r"|screened out|sifted out|dropped( out)?|drop[- ]?outs?|non?[- ]?shows?|lapsed|discontinued"
    r"|eliminated|removed|exits?|exited|not (shortlisted|appointed|selected|invited|passed|successful"
    r"|progressed|hired|recruited|offered|progressing|taken forward|qualified)|did not|refus[ée]e?s?"
    r"|rechazad[oa]s?|abgelehnt|abandons?|deselected|ineligible|disqualified|deferred|rejetée?s?)\b"
)


def no_stage(header: str) -> NoStage | None:
    """What else than people who reached a stage a column's heading speaks of, or None.

    Examples
    --------
    >>> no_stage("proportion appointed"), no_stage("Number failing vetting"), no_stage("Average age")
    ('percentage', 'exit', 'average')
    >>> no_stage("Total"), no_stage("Total applicants"), no_stage("Shortlisted")
    ('total', None, None)
    """
    text = normalise(plain_label(header)).replace("_", " ")
    if _PERCENTAGE.search(text):
        return "percentage"
    if _AVERAGE.search(text):
        return "average"
    if _EXIT.search(text):
        return "exit"
    return "total" if text in {"total", "totals", "grand total", "sum", "overall", "all"} else None
