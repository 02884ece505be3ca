"""What headings of published tables are called, and what a characteristic is that nobody named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepup_equity.process import codelists_with, is_refusal, is_total, normalise
from stepup_equity.process.phrases import plain_label

if TYPE_CHECKING:
    from collections.abc import Sequence


_KEYS: Final = {
    "characteristic": {
        "characteristic", "protected characteristic", "characteristics", "protected characteristics",
        "category", "dimension", "variable", "question", "demographic", "strand", "type",
        "diversity characteristic", "equality strand", "breakdown type", "measure",
    },
    "group": {
        "group", "groups", "answer", "response", "sub-category", "subcategory", "breakdown", "value", "label",
        "sub-group", "subgroup", "description", "option",
    },
    "cohort": {
        "cohort", "year", "intake", "campaign", "financial year", "scheme year", "round", "exercise",
        "période", "academic year", "recruitment year", "competition", "année", "año", "jahr",
        "period", "quarter",
    },
    "parent": {"parent", "broad group", "parent group"},
    "stage": {
        "stage", "step", "phase", "gate", "stage of process", "recruitment stage", "selection stage", "étape",
        "etapa", "stufe", "phase du recrutement", "status", "process stage", "stage reached", "stages",
    },
    "reached": {
        "reached", "number", "count", "n", "people", "headcount", "number of people", "candidates", "counts",
        "number of candidates", "number of applicants", "applicants", "no", "no.", "total", "nombre",
        "effectif", "effectifs", "número", "anzahl", "individuals",
    },
}  # fmt: skip
_MEASURES: Final = re.compile(
    r"(number|no\.?|n|count|counts|headcount|nombre|effectifs?|anzahl|número|total"
    r"|%|percent(age)?|per ?cent|pct|rate|proportion|share|% of .*|row %|column %)"
)
_YEAR: Final = re.compile(r"(fy ?)?(19|20)\d\d(\s*([/-]|to)\s*((19|20)?\d\d))?|\d\d/\d\d")
_STAGES: Final = re.compile(
    r"\b(appl(y|ied|icants?|ications?|ying)|submi\w+|registr\w+|eligib\w+|sift(ed)?|screen(ed|ing)?"
    r"|long ?list(ed)?|short ?list(ed|ing)?|invit\w+|interview\w*|assess\w*|attend\w*|test(s|ed)?|exam\w*"
    r"|offer(s|ed)?|appoint\w*|hire[ds]?|hiring|recruit\w*|accept\w*|success(ful)?|select(ed|ion)|join(ed|ers?)"
    r"|enrol\w*|recommend\w*|pass(ed|es)?|placed|started|starters?|completed|candidatures?|candidats?"
    r"|retenu\w*|embauch\w*|contratad\w*|preseleccionad\w*|solicitud\w*|solicitantes|entretiens?|entrevist\w*"
    r"|bewerb\w*|eingeladen|eingestellt\w*|einstellung\w*|vorstellung\w*|vacan\w+|stage|round)\b"
)


def kind_of_key(heading: str) -> str | None:
    """What a heading of labels is: characteristic, group, cohort, parent, stage or reached; else None.

    >>> kind_of_key("Recruitment stage"), kind_of_key("Financial year"), kind_of_key("Ethnicity")
    ('stage', 'cohort', None)
    """
    text = normalise(plain_label(heading)).replace("_", " ")
    return next((kind for kind, names in _KEYS.items() if text in names), None)


def is_measure(heading: str) -> bool:
    """Whether a heading says how something is measured, and not what: ``Number``, ``%``."""
    return _MEASURES.fullmatch(normalise(plain_label(heading))) is not None


def like_a_year(text: str) -> bool:
    """Whether a text is a year or a year of account.

    >>> like_a_year("2019"), like_a_year("2019/20"), like_a_year("16-29")
    (True, True, False)
    """
    return _YEAR.fullmatch(normalise(text)) is not None


def stage_like(label: str) -> bool:
    """Whether a label sounds as stages of a selection do.

    >>> stage_like("Attended Interview"), stage_like("White")
    (True, False)
    """
    return _STAGES.search(normalise(plain_label(label)).replace("_", " ")) is not None


def name_of(heading: str) -> str:
    """A heading as a name: small letters and underscores.

    >>> name_of("Ethnic group [note 1]")
    'ethnic_group'
    """
    return re.sub(r"\W+", "_", normalise(plain_label(heading))).strip("_")


def guessed_name(heading: str, groups: Sequence[str]) -> str:
    """The name of a characteristic: its heading, or what its groups say where the heading says nothing.

    >>> guessed_name("Stage", ["16-29", "30-39", "60+"]), guessed_name("", ["Women", "Men"])
    ('age_band', 'gender')
    """
    if name_of(heading) and kind_of_key(heading) is None:
        return name_of(heading)
    stated = [group for group in groups if not is_refusal(group) and not is_total(group)]
    for name in ("gender", "ethnicity", "religion", "disability", "orientation"):
        if stated and sum(bool(codelists_with(group, name)) for group in stated) * 2 > len(stated):
            return name
    if stated and sum(map(_like_ages, stated)) * 2 > len(stated):
        return "age_band"
    return "group"


def _like_ages(label: str) -> bool:
    return re.fullmatch(r"(under |over )?\d{2}( ?(-|to|and) ?(\d{2}|over|under|above)|\+)?( years?.*)?",
                        normalise(label)) is not None  # fmt: skip
