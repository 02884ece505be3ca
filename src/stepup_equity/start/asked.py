"""Characteristics of a draft: groups, spellings, bands, and the labels that a person must place."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.process import common_not_stated, normalise
from stepup_equity.process.labels import by_their_words
from stepup_equity.process.phrases import is_refusal
from stepup_equity.start.bands import ends_of
from stepup_equity.start.days import latest_year
from stepup_equity.start.labels import code_list, group_meant, group_told, is_translated, likely_groups
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.roles import Asked, Roles
    from stepup_equity.start.view import Column, FileView


_SEPARATORS: Final = (";", "|", "\n", " / ", ",")
_JOINED: Final = 0.8


@dataclass
class Drafted:
    """A characteristic as it will stand in the programme.

    Attributes
    ----------
    name, column : str
    table : dict
        Its settings.
    spellings : dict of str to list of str
        Group, and labels of this file that no list knows.
    reason : str
    waiting : list of str
        Labels that nobody has placed yet.
    """

    name: str
    column: str
    table: dict[str, Any]
    spellings: dict[str, list[str]] = field(default_factory=dict)
    reason: str = ""
    waiting: list[str] = field(default_factory=list)


def draft_characteristics(view: FileView, roles: Roles, decisions: Decisions) -> list[Drafted]:
    """Draft every characteristic that the file asks for."""
    found = []
    for asked in roles.asked:
        if asked.how == "birth":
            found.append(_of_birth(asked, view, roles, decisions))
        elif asked.how == "number":
            found.append(_of_number(asked))
        elif asked.how == "own":
            found.append(_of_own(asked))
        else:
            found.append(_of_labels(asked, decisions))
    return found


def _listed(asked: Asked, **more: Any) -> dict[str, Any]:
    name = asked.code_list or asked.question.lists[0]
    table: dict[str, Any] = {"label": asked.question.label, **more, "codelist": f"{name}.csv"}
    table["synonyms"] = [f"{name}_synonyms.csv", "not_stated.csv"]
    if name == "ethnicity_2":
        table["reference"] = "White"
    elif asked.question.reference in code_list(name).labels:
        table["reference"] = asked.question.reference
    if asked.question.name == "disability":
        table["test_level"] = "broad"
    return table


# Labels ------------------------------------------------------------------------------------------------


def _of_labels(asked: Asked, decisions: Decisions) -> Drafted:
    if asked.question.name == "age_band" and (bands := _bands(asked.column)):
        return _of_bands(asked, bands)
    table = _listed(asked, column=asked.column.name)
    drafted = Drafted(asked.question.name, asked.column.name, table)
    separator = _separator(asked.column, asked.code_list)
    labels = labels_in(asked.column, separator)
    if asked.detail is not None:
        table["detail_column"] = asked.detail.name
        separator = separator or _separator(asked.detail, asked.code_list)
    if separator:
        table |= _several(asked, separator, drafted, decisions)
    for label, rows in labels.items():
        _place(label, rows, asked, drafted, decisions, meanwhile="")
    if asked.detail is not None:
        broad = "Disability" if asked.code_list == "disability" else ""
        for label, rows in labels_in(asked.detail, separator).items():
            if label not in labels:
                _place(label, rows, asked, drafted, decisions, meanwhile=broad)
    if asked.question.name == "ethnicity" and table.get("reference") == "White British":
        drafted.reason = "census groups with their broad groups"
    return drafted


def _place(
    label: str, rows: int, asked: Asked, drafted: Drafted, decisions: Decisions, *, meanwhile: str
) -> None:
    """Place a label that the list does not have as it stands: by what is certain, else by asking."""
    spellings = code_list(asked.code_list).spellings
    if normalise(label) in spellings:
        return
    group = group_meant(label, asked.code_list)
    key = f"label:{asked.question.name}:{label}"
    likely = likely_groups(label, asked.code_list)
    told = group_told(label, spellings)
    groups = dict.fromkeys(
        (*([told] if told else []), *likely, *code_list(asked.code_list).labels, NOT_STATED)
    )
    value = decisions.decide(
        key,
        "label",
        label,
        f"{label} ({rows:,}): which group of {asked.question.label.lower()} is it?",
        group or told,
        _why(label, group, asked.code_list),
        rests_on=count(rows, "row"),
        choices=[(one, one) for one in groups],
        safe=group is not None,
        meanwhile=meanwhile,
        rows=rows,
    )
    if value:
        drafted.spellings.setdefault(value, []).append(label)
    else:
        drafted.waiting.append(label)


def _why(label: str, group: str | None, name: str) -> str:
    if group is None:
        return "no list knows this label"
    if is_translated(label, name):
        return "the same in another language"
    return "the same with what is written around it taken away"


def _separator(column: Column, name: str) -> str:
    """What stands between several answers in one field; empty where each field holds one."""
    unknown = {label: n for label, n in column.stated.items() if group_meant(label, name) is None}
    for mark in _SEPARATORS:
        joined = {label: n for label, n in unknown.items() if mark in label}
        parts: Counter[str] = Counter()
        for label, n in joined.items():
            parts.update({part.strip(): n for part in label.split(mark) if part.strip()})
        known = sum(n for part, n in parts.items() if group_meant(part, name) is not None)
        if parts and known >= _JOINED * parts.total():
            return mark
        singles = {normalise(label) for label in unknown if mark not in label}
        if parts and all(normalise(part) in singles or group_meant(part, name) for part in parts):
            return mark
    return ""


def labels_in(column: Column, separator: str) -> dict[str, int]:
    """Labels of a column, one by one, with their rows; the most frequent first."""
    found: Counter[str] = Counter()
    for value, n in zip(column.values, map(int, column.counts), strict=True):
        pieces = value.split(separator) if separator else [value]
        found.update({" ".join(piece.split()): n for piece in pieces if piece.strip()})
    by_form: dict[str, str] = {}
    merged: Counter[str] = Counter()
    for label, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        merged[by_form.setdefault(normalise(label), label)] += n
    return dict(merged.most_common())


def _several(asked: Asked, separator: str, drafted: Drafted, decisions: Decisions) -> dict[str, Any]:
    """What parts several answers in one field, and the one group of those who give them."""
    if asked.code_list == "disability":
        return {"separator": separator, "several": "Multiple disabilities"}
    subject = "(several answers)"
    values = zip(asked.column.values, map(int, asked.column.counts), strict=True)
    rows = sum(n for value, n in values if separator in value)
    group = decisions.decide(
        f"label:{asked.question.name}:{subject}",
        "label",
        subject,
        f"{count(rows, 'row')} may give several answers to {asked.question.label.lower()}: in which group "
        "are those who do?",
        "",
        "nobody counts twice, and no group of the list is meant for them",
        rests_on=f"{separator.strip() or separator!r} stands between them",
        choices=[(one, one) for one in code_list(asked.code_list).labels],
        safe=False,
        meanwhile="",
        rows=rows,
    )
    if not group:
        drafted.waiting.append(subject)
        return {}
    return {"separator": separator, "several": group}


# Groups of its own ---------------------------------------------------------------------------------------


def _of_own(asked: Asked) -> Drafted:
    refused = [value for value in asked.column.values if is_refusal(value)]
    more = sorted(value for value in refused if normalise(value) not in common_not_stated())
    table: dict[str, Any] = {
        "label": asked.question.label,
        "column": asked.column.name,
        "groups": by_their_words([one for one in labels_in(asked.column, "") if not is_refusal(one)]),
        "synonyms": ["not_stated.csv"],
    }
    if more:
        table["not_stated"] = more
    return Drafted(asked.question.name, asked.column.name, table, reason="its groups are those of the file")


def _bands(column: Column) -> dict[str, tuple[int, int]]:
    """Lowest and highest age of each label; empty where the shipped bands do, or a label is no band."""
    known = [group_meant(label, "age_band") for label in column.stated]
    if all(known):
        return {}
    found = {label: ends_of(label) for label in labels_in(column, "") if not is_refusal(label)}
    ends = {label: pair for label, pair in found.items() if pair is not None}
    if len(ends) < len(found):
        return {}
    ordered = dict(sorted(ends.items(), key=lambda pair: pair[1]))
    pairs = list(ordered.values())
    apart = all(one[1] < two[0] for one, two in pairwise(pairs))
    return ordered if apart else {}


def _of_bands(asked: Asked, bands: Mapping[str, tuple[int, int]]) -> Drafted:
    groups = [{"label": label, "lowest": low, "highest": high} for label, (low, high) in bands.items()]
    table: dict[str, Any] = {
        "label": asked.question.label,
        "column": asked.column.name,
        "ordered": True,
        "synonyms": ["not_stated.csv"],
        "groups": groups,
    }
    return Drafted(asked.question.name, asked.column.name, table, reason="its bands are those of the file")


# Ages ----------------------------------------------------------------------------------------------------


def _of_number(asked: Asked) -> Drafted:
    table = _listed(asked) | {"ordered": True, "number_column": asked.column.name, "possible": [10, 110]}
    return Drafted(asked.question.name, asked.column.name, table, reason="ages in years, put into bands")


def _of_birth(asked: Asked, view: FileView, roles: Roles, decisions: Decisions) -> Drafted:
    form = _form_of(asked.column, decisions)
    table = _listed(asked) | {"ordered": True, "birth_column": asked.column.name}
    table["reference_date"] = _reference_date(asked.column, view, roles, decisions)
    if form != "%Y-%m-%d":
        table["birth_format"] = form
    return Drafted(asked.question.name, asked.column.name, table, reason="dates of birth give the age")


def _form_of(column: Column, decisions: Decisions) -> str:
    forms = column.birth_forms
    if len(forms) < 2:
        return forms[0] if forms else "%Y-%m-%d"
    day = dt.date(2001, 3, 31)
    return decisions.decide(
        f"format:{column.name}",
        "date",
        column.name,
        f"How are the dates in {column.name!r} written?",
        forms[0],
        "every date can be read in more than one way",
        choices=[(form, f"{day.strftime(form)} is 31 March 2001") for form in forms],
        safe=False,
    )


def _reference_date(column: Column, view: FileView, roles: Roles, decisions: Decisions) -> str:
    """The day on which ages count: nobody but the programme knows it."""
    years = roles.cohort is not None and all(re.fullmatch(r"(19|20)\d\d", v) for v in roles.cohort.values)
    year, told = latest_year(column, view, roles.cohort)
    proposed = "09-01" if years else f"{year}-09-01"
    why = "1 September of the cohort's year" if years else "1 September of the latest year in the file"
    return decisions.decide(
        "reference_date",
        "date",
        column.name,
        "On which day do ages count?",
        proposed if years or told else "",
        why if years or told else "the file names no year; type a day such as 2025-09-01",
        choices=[
            (proposed, f"1 September{'' if years else f' {year}'}"),
            ("01-01" if years else f"{year}-01-01", f"1 January{'' if years else f' {year}'}"),
        ],
        safe=False,
        meanwhile=proposed,
    )
