"""The published contract of a file of applicants, made from a programme as a Table Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.columns import NOT_STATED
from stepup_equity.process import RECORDED_REASONS

if TYPE_CHECKING:
    from stepup_equity.process import Characteristic, Programme


_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"


def applicants_schema(programme: Programme) -> dict[str, Any]:
    """Table Schema of the canonical file of a programme's applicants.

    The library reads far more than this file: other spellings, delimiters, ways of telling progress. The
    schema
    is what a supplier of data can be asked for, and what other tools can check.

    Parameters
    ----------
    programme : Programme

    Returns
    -------
    dict
        Ready for ``json.dumps``; see the Frictionless Table Schema specification, version 2.

    Examples
    --------
    >>> from stepup_equity.process import step_up_to_social_work
    >>> schema = applicants_schema(step_up_to_social_work())
    >>> [field["name"] for field in schema["fields"]][:3]
    ['applicant_id', 'cohort', 'region']
    """
    reading = programme.reading
    stages = programme.process.stages
    fields: list[dict[str, Any]] = [
        {
            "name": reading.applicant_id,
            "type": "string",
            "title": "Applicant",
            "description": "Opaque key, unique within a cohort. It never leaves the machine.",
            "constraints": {"required": True},
        },
        {
            "name": reading.cohort,
            "type": "string",
            "title": "Cohort",
            "description": "Intake, such as its year.",
        },
        *({"name": stratum.column, "type": "string", "title": stratum.label} for stratum in programme.strata),
        *(field for characteristic in programme.characteristics for field in _fields(characteristic)),
        {
            "name": "furthest_stage",
            "type": "string",
            "title": "Furthest stage",
            "description": "The last stage reached: "
            + "; ".join(f"{stage.key}: {stage.label}" for stage in stages)
            + ".",
            "constraints": {"required": True, "enum": [stage.key for stage in stages]},
        },
        {
            "name": "exit_reason",
            "type": "string",
            "title": "Exit reason",
            "description": "Why no further; blank for those who reached the last stage.",
            "constraints": {"enum": list(RECORDED_REASONS)},
        },
    ]
    return {
        "$schema": _PROFILE,
        "name": programme.name.replace("_", "-"),
        "title": f"Applicants: {programme.label}",
        "description": programme.description,
        "fields": fields,
        "primaryKey": [reading.cohort, reading.applicant_id],
        "missingValues": [""],
    }


def _fields(characteristic: Characteristic) -> list[dict[str, Any]]:
    if not characteristic.ticked:
        return [_field(characteristic)]
    return [
        {
            "name": column,
            "type": "string",
            "title": f"{characteristic.label}: {group}",
            "description": "Yes or no; blank where it was not asked or not answered.",
        }
        for column, group in characteristic.ticked
    ]


def _field(characteristic: Characteristic) -> dict[str, Any]:
    return {
        "name": characteristic.column,
        "type": "string",
        "title": characteristic.label,
        "description": f"Blank or {NOT_STATED!r} where it is not known.",
        "constraints": {"enum": [*characteristic.labels, NOT_STATED]},
    }
