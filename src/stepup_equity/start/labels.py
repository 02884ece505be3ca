"""Which group a label means: as a code list has it, or with what people write around it taken away."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.process import Characteristic, normalise, programme_from_toml
from stepup_equity.process.phrases import is_refusal, plain_label
from stepup_equity.process.toml_out import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stepup_equity.start.view import Column


_OTHER: Final = (
    "autre",
    "autres",
    "andere",
    "anderes",
    "sonstige",
    "sonstiges",
    "otro",
    "otra",
    "altro",
    "anders",
    "arall",
)
"""“Other” in other languages."""
_NO: Final = ("non", "nein", "nac ydw", "na", "nee")
_YES: Final = ("oui", "ja", "sí", "si", "ydw", "ie")

_EVERYWHERE: Final = frozenset(
    (
        "yes",
        "no",
        "y",
        "n",
        "true",
        "false",
        "none",
        "other",
        "any other",
        "unknown",
        "not sure",
        "f",
        "m",
        "multiple",
        *_OTHER,
        *_NO,
        *_YES,
    )
)
"""Labels that answer too many questions to tell which one was asked."""

_TRANSLATED: Final[dict[str, dict[str, str]]] = {
    "sex": dict.fromkeys(
        (
            "femme",
            "femmes",
            "féminin",
            "feminin",
            "weiblich",
            "frau",
            "mujer",
            "femenino",
            "benyw",
            "donna",
            "vrouw",
        ),
        "Female",
    )
    | dict.fromkeys(
        (
            "divers",  # a gender of its own in German law
            "diverse",
            "inter",
            "non binaire",
            "non-binaire",
            "no binario",
            "no binaria",
            "no binarie",
            "anneuaidd",
            "non binario",
            "non-binair",
            *_OTHER,
        ),
        "Other",
    )
    | dict.fromkeys(
        (
            "homme",
            "hommes",
            "masculin",
            "männlich",
            "mannlich",
            "mann",
            "hombre",
            "masculino",
            "gwryw",
            "uomo",
            "man",
        ),
        "Male",
    ),
    "disability": dict.fromkeys(_NO, "No disability") | dict.fromkeys(_YES, "Disability"),
}
_TRANSLATED["gender"] = _TRANSLATED["sex"]
_NUMBERED: Final = re.compile(r"^\(?([a-z]|\d{1,3}|[a-z]\d{1,2})[).:]\s+|^\d{1,2}\s+-\s+|^[a-z]\d\s*-\s*")
_ASIDE: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_EXAMPLE: Final = re.compile(r",?\s+(e\.?g\.?|for example|such as|including|incl\.?)\s.*$")
_NEAR: Final = 0.6
"""How like a known spelling a label must be for its group to stand among the first choices."""
_SLIP: Final = 0.85
"""How like one it must be for its group to be proposed: a slip of the pen, not another word."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a code list knows the labels of a column.

    Attributes
    ----------
    name : str
        The list.
    labels, known : int
        Distinct answers, and how many of them it knows.
    rows, known_rows : int
        Rows with an answer, and those whose label it knows.
    telling : int
        Known labels that hardly another question has.
    """

    name: str
    labels: int
    known: int
    rows: int
    known_rows: int
    telling: int

    @property
    def share(self) -> float:
        """Share of the rows whose label is known."""
        return self.known_rows / self.rows if self.rows else 0.0


@cache
def code_list(name: str) -> Characteristic:
    """A shipped code list with its synonyms, as a characteristic.

    >>> code_list("sex").labels
    ('Female', 'Male', 'Other')
    """
    text = (
        '[[stages]]\nkey = "a"\n[[stages]]\nkey = "b"\n[characteristics.list]\n'
        f"codelist = {toml_text(f'{name}.csv')}\n"
        f'synonyms = [{toml_text(f"{name}_synonyms.csv")}, "not_stated.csv"]\n'
    )
    return programme_from_toml(text).characteristics[0]


def _variants(label: str) -> list[str]:
    """The label, then the same with less and less of what people write around it."""
    text = normalise(plain_label(label)).rstrip(" .:;,")
    found = [text]
    if "-" in text and " " not in text:  # the key of a form: "other-ethnic-group"
        found.append(text.replace("-", " "))
    for pattern in (_NUMBERED, _EXAMPLE, _ASIDE, _NUMBERED):
        shorter = pattern.sub(" ", found[-1]).strip(" .:;,-")
        if shorter and shorter != found[-1]:
            found.append(" ".join(shorter.split()))
    return found


@cache
def group_meant(label: str, name: str) -> str | None:
    """The group of a list that a label means, *Not stated*, or None where nobody can be certain.

    >>> group_meant("Specific learning difficulty (e.g. dyslexia)", "disability")
    'Learning disability (incl. dyslexia)'
    >>> group_meant("3. Prefer not to say", "religion"), group_meant("Jedi", "religion")
    ('Not stated', None)
    >>> group_meant("Heterosexual / Straight", "orientation"), group_meant("Gay / Straight", "orientation")
    ('Heterosexual', None)
    >>> group_meant("White - English / Welsh / Scottish / Northern Irish / British", "ethnicity_19")
    'White British'
    """
    spellings: Mapping[str, str | None] = code_list(name).spellings
    translated = _TRANSLATED.get(name, {})
    for text in (normalise(label), *_variants(label)):
        if text in spellings:
            return spellings[text] or NOT_STATED
        if text in translated:
            return translated[text]
    if is_refusal(_variants(label)[-1]) or is_refusal(label):
        return NOT_STATED
    loosely = _loosely_spelt(name)
    return loosely.get(_loose(label)) or _part_of(label, name, loosely) or _said_twice(label, name)


def _part_of(label: str, name: str, loosely: Mapping[str, str]) -> str | None:
    """The group of "Asian/Asian British: Any other Asian background": a broad group, and a part of it."""
    whole, _, part = _loose(label).partition(" - ")
    group = loosely.get(part, "")
    above = code_list(name).parent_of(group) if group in code_list(name).labels else ""
    return group if above and above == loosely.get(whole) else None


def _loose(label: str) -> str:
    """A label without what systems put between a broad group and its part: spaces at strokes, colon or dash.

    >>> _loose("Asian / Asian British: Chinese") == _loose("Asian/Asian British - Chinese")
    True
    """
    return re.sub(r"\s*(?::|\s-)\s+", " - ", re.sub(r"\s*/\s*", "/", normalise(label)))


@cache
def _loosely_spelt(name: str) -> dict[str, str]:
    """Groups by the loose form of their spellings, where it is that of one group alone."""
    found: dict[str, set[str]] = {}
    for spelling, group in code_list(name).spellings.items():
        found.setdefault(_loose(spelling), set()).add(group or NOT_STATED)
    return {form: groups.pop() for form, groups in found.items() if len(groups) == 1}


def _said_twice(label: str, name: str) -> str | None:
    """The group that every word between strokes means: "Heterosexual / Straight" is one answer."""
    parts = [part for part in map(str.strip, label.split("/")) if part]
    found = {group_meant(part, name) for part in parts} if len(parts) > 1 else set()
    return found.pop() if len(found) == 1 else None


def unknown_answers(one: Characteristic, column: Column) -> dict[str, int]:
    """Answers of a column that a characteristic does not know, with their rows, the most frequent first.

    Where several stand in a field, an answer may hold the separator itself.
    """
    found: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for value, n in zip(column.values, map(int, column.counts), strict=True):
        for answer in _not_known(value, one):
            found[spelt.setdefault(normalise(answer), answer)] += n
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _not_known(value: str, one: Characteristic) -> Iterator[str]:
    if normalise(value) in one.spellings or is_refusal(value):
        return
    parts = value.split(one.separator) if one.separator else [value]
    at = 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        joined = ((end, normalise(one.separator.join(parts[at:end]))) for end in ends)
        end = next((end for end, text in joined if text in one.spellings), None)
        if end is None and parts[at].strip() and not is_refusal(parts[at]):
            yield " ".join(parts[at].split())
        at = end or at + 1


def group_told(label: str, spellings: Mapping[str, str | None]) -> str:
    """The group that an unknown label tells by a slip of the pen, or by words that one group alone has.

    Empty where it may be another word, or its words tell of several groups.

    >>> spellings = code_list("religion").spellings
    >>> group_told("Budhist", spellings), group_told("Jedi", spellings), group_told("Not Sikh", spellings)
    ('Buddhist', '', '')
    """
    near = difflib.get_close_matches(_variants(label)[-1], list(spellings), n=1, cutoff=_SLIP)
    if near:
        return spellings[near[0]] or ""
    if re.search(r"\b(not?|non)\b", normalise(label)):
        return ""
    told: dict[str, set[str]] = {}
    for spelling, group in spellings.items():
        for word in _words(spelling):
            told.setdefault(word, set()).add(group or NOT_STATED)
    found = {group for word in _words(label) if len(told.get(word, ())) == 1 for group in told[word]}
    return found.pop() if len(found) == 1 else ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", normalise(text))) - {"other", "condition", "health"}


def is_translated(label: str, name: str) -> bool:
    """Whether a label is known as a word of another language.

    >>> is_translated("divers", "gender"), is_translated("Female", "gender")
    (True, False)
    """
    return normalise(label) in _TRANSLATED.get(name, {})


@cache
def distinctive(label: str, name: str) -> bool:
    """Whether a label answers this question and hardly another."""
    return normalise(label) not in _EVERYWHERE and group_meant(label, name) not in (None, NOT_STATED)


def fit_of(labels: Mapping[str, int], name: str) -> Fit:
    """How well a list knows answers, given with their rows."""
    stated = {label: n for label, n in labels.items() if group_meant(label, name) != NOT_STATED}
    known = [label for label in stated if group_meant(label, name) is not None]
    return Fit(
        name,
        len(stated),
        len(known),
        sum(stated.values()),
        sum(stated[label] for label in known),
        sum(1 for label in known if distinctive(label, name)),
    )


@cache
def likely_groups(label: str, name: str) -> tuple[str, ...]:
    """Groups that an unknown label may mean, the likeliest first."""
    characteristic = code_list(name)
    text = _variants(label)[-1]
    spoken = _words(label)
    scored: dict[str, float] = {}
    for spelling, group in characteristic.spellings.items():
        if group is not None:
            near = difflib.SequenceMatcher(None, text, spelling).ratio()
            score = near + 0.25 * len(spoken & _words(spelling))
            scored[group] = max(scored.get(group, 0.0), score)
    ranked = sorted(scored.items(), key=lambda pair: (-pair[1], characteristic.labels.index(pair[0])))
    return tuple(group for group, score in ranked if score >= _NEAR)[:3]
