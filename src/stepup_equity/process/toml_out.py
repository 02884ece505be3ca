"""A programme as TOML text."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.process.reading import Reading
from stepup_equity.process.toml_in import ANY, PROGRESS_KINDS, REACHED, Table

if TYPE_CHECKING:
    from stepup_equity.process.characteristic import Characteristic
    from stepup_equity.process.cohorts import Cohorts
    from stepup_equity.process.programme import Programme
    from stepup_equity.process.questions import Questions
    from stepup_equity.process.reading import Outcome, Progress


_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def programme_to_toml(programme: Programme) -> str:
    """A programme as self-contained TOML text; reading it back gives an equal programme.

    Examples
    --------
    >>> from stepup_equity.process import programme_from_toml, step_up_to_social_work
    >>> programme = step_up_to_social_work()
    >>> programme_from_toml(programme_to_toml(programme)) == programme
    True
    """
    import tomli_w

    gates = {gate.key: gate for gate in programme.process.gates}
    stages: list[Table] = []
    for stage in programme.process.stages:
        entry: Table = {"key": stage.key, "label": stage.label, "adjective": stage.adjective}
        if stage.fills_place:
            entry["fills_place"] = True
        if stage.key in gates:
            entry |= {"gate": gates[stage.key].label, "owner": gates[stage.key].owner}
        stages.append(entry)
    table: Table = {
        "name": programme.name,
        "label": programme.label,
        "description": programme.description,
        "process": programme.process.name,
        "stages": stages,
        "characteristics": {c.name: _characteristic(c) for c in programme.characteristics},
        "strata": {s.name: {"label": s.label, "column": s.column} for s in programme.strata},
        "covariates": {
            c.name: {
                "label": c.label,
                "column": c.column,
                "missing": list(c.missing),
                **({} if c.decimal == "." else {"decimal": c.decimal}),
            }
            for c in programme.covariates
        },
        "reading": _reading(programme.reading),
        "cohorts": _cohorts(programme.cohorts),
        "questions": _questions(programme.questions),
    }
    return tomli_w.dumps(_without_empty(table))


def _characteristic(characteristic: Characteristic) -> Table:
    table = asdict(characteristic)
    del table["name"]
    table["groups"] = [_without_none(asdict(group)) for group in characteristic.groups]
    table["ticked"] = dict(characteristic.ticked)
    table["levels"] = {
        level.name: _without_none({"groups": dict(level.members), "reference": level.reference})
        for level in characteristic.levels
    }
    return _without_none(table)


def _cohorts(cohorts: Cohorts) -> Table:
    return _without_empty(
        {
            "order": list(cohorts.order),
            "labels": dict(cohorts.labels),
            "dates": dict(cohorts.dates),
            "without": {label: list(gates) for label, gates in cohorts.without},
            "changes": {label: dict(pairs) for label, pairs in cohorts.changes},
        }
    )


def _questions(questions: Questions) -> Table:
    return _without_empty(
        {
            "characteristics": list(questions.characteristics),
            "levels": list(questions.levels),
            "references": dict(questions.references),
        }
    )


def _reading(reading: Reading) -> Table:
    table: Table = {
        field.name: getattr(reading, field.name) for field in fields(Reading) if field.name != "progress"
    }
    if reading.id_parts:
        table["applicant_id"] = list(reading.id_parts)
    del table["id_parts"]
    if reading.unit == "people":
        del table["unit"]
    if not reading.skip_rows:
        del table["skip_rows"]
    if reading.progress is not None:
        table["progress"] = _progress(reading.progress)
    return table


def _progress(progress: Progress) -> Table:
    kinds = {cls: kind for kind, cls in PROGRESS_KINDS.items()}
    table: Table = {"kind": kinds[type(progress)]}
    for field in fields(progress):
        value: Any = getattr(progress, field.name)
        if field.name == "outcomes":
            value = _outcomes(value)
        elif field.name == "split":
            value = [asdict(split) for split in value]
        elif field.name in ("words", "exit_words", "columns", "reached"):
            value = dict(value)
        table[field.name] = value
    return table


def _outcomes(outcomes: tuple[Outcome, ...]) -> Table:
    table: Table = {}
    for outcome in outcomes:
        table.setdefault(outcome.stage or ANY, {})[outcome.exit or REACHED] = list(outcome.words)
    return table


def _without_none(table: Table) -> Table:
    return {key: value for key, value in table.items() if value is not None}


def _without_empty(table: Table) -> Table:
    """The same without what is empty: it is the default everywhere but for ``label``."""
    return {
        key: _without_empty(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value not in ({}, [], ()) and value is not False
    }


def toml_text(text: str) -> str:
    """A text as TOML writes it, for an example line in a message.

    >>> print(toml_text("the sift"))
    "the sift"
    """
    return json.dumps(text, ensure_ascii=False)


def toml_key(name: str) -> str:
    """A name as TOML writes it between dots.

    >>> toml_key("age_band"), toml_key("type of school")
    ('age_band', '"type of school"')
    """
    return name if _BARE.fullmatch(name) else toml_text(name)
