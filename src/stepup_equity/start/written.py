"""A draft as a commented programme."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.process import programme_to_toml
from stepup_equity.process.toml_out import toml_key, toml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stepup_equity.process import Programme
    from stepup_equity.start.asked import Drafted
    from stepup_equity.start.proposals import Proposal
    from stepup_equity.start.roles import Roles
    from stepup_equity.start.told import Told
    from stepup_equity.start.view import FileView


def write_draft(
    name: str,
    label: str,
    view: FileView,
    roles: Roles,
    told: Told,
    drafted: Sequence[Drafted],
    questions: Mapping[str, Any],
    proposals: Mapping[str, Proposal],
) -> str:
    """The programme as TOML, each part with its reason, and what is open with its question."""
    lines = _head(view, proposals.values())
    lines += ["", f"name = {toml_text(name)}", f"label = {toml_text(label)}"]
    lines += _stages(told, proposals)
    for one in drafted:
        lines += _characteristic(one, proposals)
    lines += _strata(roles)
    lines += _questions(questions)
    lines += _reading(view, roles, told, proposals)
    return "\n".join(lines) + "\n"


def write_read(programme: Programme, view: FileView, proposals: Sequence[Proposal]) -> str:
    """A programme of the library as this file needs it, and above it what is open."""
    lines = _head(view, proposals)
    for one in proposals:
        lines += _open(one)
    return "\n".join([*lines, "", programme_to_toml(programme)])


def _head(view: FileView, proposals: Iterable[Proposal]) -> list[str]:
    of_file = isinstance(view.source, (str, Path))
    again = (
        f"stepup-equity check {shlex.quote(view.name)} --programme" if of_file else "read it with programme ="
    )
    lines = [
        _comment(f"Drafted from {view.name}: {view.rows:,} rows. Change what is wrong; then"),
        _comment(f"  {again} THIS_FILE"),
    ]
    if waiting := sum(one.open for one in proposals):
        lines.append(_comment(f"{waiting} question(s) are open. Search for OPEN."))
    return lines


def _comment(text: str) -> str:
    return "# " + " ".join("".join(letter if letter.isprintable() else " " for letter in text).split(" "))


def _open(one: Proposal | None) -> list[str]:
    if one is None or not one.open:
        return []
    return [_comment(f"OPEN: {one.question} {one.reason[:1].upper()}{one.reason[1:]}.")]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    return "[" + ", ".join(_value(one) for one in value) + "]"


def _settings(table: Mapping[str, Any]) -> list[str]:
    lines = []
    for key, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = [f"    {_value(one)}," for one in value]
            lines += [f"{toml_key(key)} = [", *inner, "]"]
        else:
            lines.append(f"{toml_key(key)} = {_value(value)}")
    return lines


def _stages(told: Told, proposals: Mapping[str, Proposal]) -> list[str]:
    lines = ["", _comment("STAGES: the points people can reach, in order.")]
    lines += _open(proposals.get("stages"))
    for at, stage in enumerate(told.stages):
        lines += ["", "[[stages]]", f"key = {toml_text(stage.key)}", f"label = {toml_text(stage.label)}"]
        if stage.adjective:
            lines.append(f"adjective = {toml_text(stage.adjective)}")
        if at and stage.gate:
            lines.append(f"gate = {toml_text(stage.gate)}")
        if at and stage.owner:
            lines.append(f"owner = {toml_text(stage.owner)}")
    return lines


def _characteristic(one: Drafted, proposals: Mapping[str, Proposal]) -> list[str]:
    lines = ["", f"[characteristics.{one.name}]"]
    column = proposals.get(f"column:{one.column}")
    if column is not None:
        lines.append(_comment(f"{column.reason}. {column.rests_on}."))
    lines += [
        line for key in ("reference_date", f"format:{one.column}") for line in _of_date(one, key, proposals)
    ]
    lines += _settings(one.table)
    prefix = f"label:{one.name}:"
    for label in one.waiting:
        lines += _open(proposals.get(prefix + label))
    if one.spellings:
        lines.append(f"[characteristics.{one.name}.spellings]")
        for group, labels in one.spellings.items():
            for label in labels:
                lines += _open(proposals.get(prefix + label))
            lines.append(f"{toml_text(group)} = {_value(labels)}")
    return lines


def _of_date(one: Drafted, key: str, proposals: Mapping[str, Proposal]) -> list[str]:
    return _open(proposals.get(key)) if "birth_column" in one.table else []


def _strata(roles: Roles) -> list[str]:
    from stepup_equity.process.headings import heading
    from stepup_equity.start.names import key_of

    lines = []
    taken: set[str] = set()
    for kind, columns in (("strata", roles.strata), ("covariates", roles.scores)):
        for column in columns:
            key = _free(key_of(heading(column.name)), taken)
            lines += [
                "",
                f"[{kind}.{key}]",
                f"label = {toml_text(column.name)}",
                f"column = {toml_text(column.name)}",
            ]
            if kind == "covariates" and any("," in value for value in column.values):
                lines.append('decimal = ","')
    return lines


def _free(key: str, taken: set[str]) -> str:
    number, found = 1, key
    while found in taken or found in ("cohort", "region_"):
        number += 1
        found = f"{key}_{number}"
    taken.add(found)
    return found


def _questions(questions: Mapping[str, Any]) -> list[str]:
    if not questions["characteristics"]:
        return []
    return [
        "",
        _comment(
            "QUESTIONS: what will be asked. The more, the stronger a gap must be to be flagged: take out"
        ),
        _comment("what nobody needs to know, before you look at any figure."),
        "[questions]",
        *_settings(questions),
    ]


def _reading(view: FileView, roles: Roles, told: Told, proposals: Mapping[str, Proposal]) -> list[str]:
    lines = ["", _comment("READING: where the file keeps what."), "[reading]"]
    lines += _open(proposals.get("unit"))
    if roles.parts:
        lines.append(f"applicant_id = {_value([column.name for column in roles.parts])}")
        lines.append('unit = "applications"')
    elif roles.identity is not None:
        lines.append(f"applicant_id = {toml_text(roles.identity.name)}")
    if roles.cohort is not None:
        lines.append(f"cohort = {toml_text(roles.cohort.name)}")
    if view.sheet:
        lines.append(f"sheet = {toml_text(view.sheet)}")
    if view.header_row != 1:
        lines.append(f"header_row = {view.header_row}")
    if view.skip_rows:
        lines.append(f"skip_rows = {view.skip_rows}")
    if not told.table:
        lines += ["", _comment("OPEN: no column was found that tells how far people got.")]
        return lines
    plain = {
        key: value for key, value in told.table.items() if not isinstance(value, dict) and key != "split"
    }
    keep = {"exit_column"} if told.table.get("kind") in ("stage_columns", "furthest_stage") else set()
    plain = {key: value for key, value in plain.items() if value not in ("", [], ()) or key in keep}
    lines += ["", "[reading.progress]", *_settings(plain)]
    for key, value in told.table.items():
        if isinstance(value, dict) and key != "outcomes" and value:
            lines += ["", f"[reading.progress.{key}]", *_settings(value)]
    lines += _outcomes(told, proposals)
    for split in told.table.get("split", []):
        lines += ["", "[[reading.progress.split]]", *_settings(split)]
    return lines


def _outcomes(told: Told, proposals: Mapping[str, Proposal]) -> list[str]:
    lines: list[str] = []
    placed: set[str] = set()
    splits = [one for key, one in proposals.items() if key.startswith("split:") and one.open]
    for stage, exits in told.table.get("outcomes", {}).items():
        lines += ["", f"[reading.progress.outcomes.{toml_key(stage)}]"]
        for exit_, words in exits.items():
            placed |= set(words)
            for word in words:
                lines += _open(proposals.get(f"status:{word}"))
            lines += _of_splits(splits, words)
            rows = ", ".join(f"{word}: {told.notes[word]}" for word in words if word in told.notes)
            lines.append(
                f"{exit_} = {_value(words)}{'  ' + _comment(rows) if rows and len(rows) < 60 else ''}"
            )
    waiting = [one for key, one in proposals.items() if key.startswith("status:") and one.open]
    for one in waiting:
        if one.subject not in placed:
            lines += _open(one)
    return lines


def _of_splits(splits: Iterable[Proposal], words: Sequence[str]) -> list[str]:
    return [line for one in splits if set(one.subject.split(", ")) & set(words) for line in _open(one)]
