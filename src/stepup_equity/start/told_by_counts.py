"""Counts of people in place of people: columns with numbers, and tables that somebody published."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.process import normalise
from stepup_equity.process.headings import QUESTIONS, Question, heading
from stepup_equity.process.phrases import no_stage
from stepup_equity.start.gates import gate_named
from stepup_equity.start.labels import fit_of
from stepup_equity.start.names import key_of
from stepup_equity.start.roles import Asked, Roles, best_fit
from stepup_equity.start.statuses import Meaning, meaning_of
from stepup_equity.start.told import StageWords, Told, decide_order, stage_of
from stepup_equity.start.told_by_columns import in_order, own_stage
from stepup_equity.start.told_by_status import stages_spoken_of
from stepup_equity.start.view import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import FileView


_MOST_ROWS = 500
_KNOWN = 0.98


def published_roles(view: FileView) -> Roles | None:
    """Roles of a table with a row for each group of each characteristic; None where it is no such table."""
    by_heading = {heading(column.name): column for column in view.columns}
    characteristic, group = by_heading.get("characteristic"), by_heading.get("group")
    if characteristic is None or group is None:
        return None
    roles = Roles()
    for i, name in enumerate(characteristic.values):
        rows = group.codes[(characteristic.codes == i) & group.filled]
        labels = tuple(group.values[code] for code in dict.fromkeys(rows.tolist()))
        own = Column(name, labels, np.arange(len(labels), dtype=np.int32), np.ones(len(labels), np.int64))
        roles.asked.append(_asked(name, own))
    taken = {"characteristic", "group", "cohort", "parent"}
    roles.cohort = by_heading.get("cohort")
    roles.rest = [column for column in view.columns if heading(column.name) not in taken]
    return roles


def _asked(name: str, column: Column) -> Asked:
    text = heading(name)
    known = next((one for one in QUESTIONS if one.name == key_of(text) or one.headings.search(text)), None)
    if known is None or not known.lists:
        return Asked(known or Question(key_of(text), name.capitalize(), QUESTIONS[0].headings), column, "own")
    fit = best_fit(column, known.lists)
    how = "labels" if fit_of(column.stated, fit.name).share >= _KNOWN else "own"
    return Asked(known, column, how, fit.name if how == "labels" else "")


def told_by_counts(view: FileView, columns: Sequence[Column], decisions: Decisions) -> Told | None:
    """Draft stages from columns that hold numbers of people; None where there are none."""
    numbers = [column for column in columns if _holds_counts(column)]
    named = [column for column in numbers if gate_named(column.name)]
    if len(numbers) < 2 or view.rows > _MOST_ROWS or not named:
        return None
    if all(float(column.numbers.max()) <= 1 for column in named):
        return None  # a row is a person, who passed or did not
    endings = {column.name: one for column in numbers if (one := _ending_named(column.name)) is not None}
    reached = [column for column in numbers if column.name not in endings and no_stage(column.name) is None]
    if len(endings) >= 2 and reached:
        return _told_by_endings(view, reached, endings, decisions)
    ordered = sorted(reached, key=lambda column: -float(column.numbers.sum()))
    chain = [_stage(column) for column in ordered]
    if len(chain) < 2 or len({stage.key for stage in chain}) < len(chain):
        return None
    seen = {
        (stage.key, other.key)
        for (one, stage), (two, other) in pairwise(zip(ordered, chain, strict=True))
        if bool((one.numbers >= two.numbers).all()) and one.numbers.sum() > two.numbers.sum()
    }
    stages = in_order(chain, seen, [], decisions)
    names = {stage.key: column.name for column, stage in zip(ordered, chain, strict=True)}
    told = Told(stages, columns={column.name for column in reached})
    told.table = {"kind": "counts", "reached": {stage.key: names[stage.key] for stage in stages}}
    return told


def _stage(column: Column) -> StageWords:
    gate = gate_named(column.name)
    return own_stage(column) if gate is None else stage_of(gate)


def _ending_named(name: str) -> Meaning | None:
    """What a column says of people who left; None where it counts people who got somewhere."""
    one = meaning_of(name)
    if one.exit not in ("", "pending"):
        return one
    if no_stage(name) != "exit":
        return None
    if "declin" in heading(name):
        return Meaning("declined", "offered", True, False, "it does not say what was declined, or by whom")
    return Meaning("rejected", "", False, False, one.reason)


def _told_by_endings(
    view: FileView, reached: Sequence[Column], endings: dict[str, Meaning], decisions: Decisions
) -> Told:
    """Columns count how people ended, in the order of the gates: the first column counts all of them."""
    started = {column.name: gate for column in reached if (gate := gate_named(column.name)) is not None}
    meanings = {**endings, **{name: Meaning("", gate.key, True, True) for name, gate in started.items()}}
    in_file = [column.name for column in view.columns if column.name in meanings]
    gates = list(dict.fromkeys(meanings[name].gate for name in in_file if meanings[name].gate))
    stages = stages_spoken_of(list(meanings.values()))
    everybody = gates.index("applied") if "applied" in gates else -1
    order = [gate for i, gate in enumerate(gates) if i > everybody]
    seen = {("applied", gate) for gate in order} | set(pairwise(order))
    stages = decide_order(stages, seen, decisions, rows=view.rows)
    keys = [stage.key for stage in stages]
    told = Told(stages, columns=set(in_file))
    outcomes: dict[str, dict[str, list[str]]] = {}
    for name in in_file:
        if name in started and started[name].key == "applied":
            continue
        place = _ending(name, meanings[name], keys, in_file, meanings)
        safe = meanings[name].sure
        value = decisions.decide(
            f"status:{name}",
            "status",
            name,
            f"{name}: what became of these people?",
            place,
            meanings[name].reason,
            choices=[(place, place), *((f"{key}/{meanings[name].exit}", key) for key in keys[:-1])],
            safe=safe,
        )
        stage, _, exit_ = value.partition("/")
        outcomes.setdefault(stage, {}).setdefault(exit_, []).append(name)
    told.table = {
        "kind": "counts",
        "reached": {gate.key: name for name, gate in started.items() if gate.key == "applied"},
        "outcomes": {key: outcomes[key] for key in keys if key in outcomes},
    }
    return told


def _ending(
    name: str, one: Meaning, keys: Sequence[str], in_file: Sequence[str], meanings: dict[str, Meaning]
) -> str:
    """``"stage/exit"`` of a column: before its gate, or where the column before it has brought people."""
    if one.gate in keys:
        at = keys.index(one.gate) - (0 if one.passed else 1)
        return f"{keys[max(at, 0)]}/{one.exit or ('reached' if at == len(keys) - 1 else 'pending')}"
    before = [meanings[other] for other in in_file[: in_file.index(name)] if meanings[other].gate in keys]
    gate = before[-1].gate if before else keys[0]
    return f"{gate}/{one.exit}"


def _holds_counts(column: Column) -> bool:
    if not column.is_number or not column.filled.all() or normalise(column.name) in ("year", "cohort"):
        return False
    return bool(np.all(column.numbers == np.floor(column.numbers))) and bool((column.numbers >= 0).all())
