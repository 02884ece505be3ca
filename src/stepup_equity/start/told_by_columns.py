"""A column for each stage, or one that names the furthest: which, in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.errors import listed
from stepup_equity.process import RECORDED_REASONS, normalise, step_up_to_social_work
from stepup_equity.process.headings import heading
from stepup_equity.start.gates import GATES, gate_named, gates_in
from stepup_equity.start.names import EXIT, key_of
from stepup_equity.start.statuses import meaning_of
from stepup_equity.start.told import (
    ATTENDED,
    EXITS,
    StageWords,
    Told,
    decide_order,
    other_orders,
    stage_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column


_PASSED: Final = frozenset(
    [
        "1",
        "true",
        "yes",
        "y",
        "passed",
        "pass",
        "x",
        "successful",
        "success",
        "completed",
        "complete",
        "met",
        "ok",
        "oui",
        "ja",
        "si",
        "sí",
        "invited",
        "offered",
        "attended",
        "accepted",
        "eligible",
    ]
)
_FAILED: Final = frozenset(
    [
        "0",
        "false",
        "no",
        "n",
        "failed",
        "fail",
        "unsuccessful",
        "rejected",
        "f",
        "not_met",
        "declined",
        "non",
        "nein",
        "2",
    ]
) | {"not met", "not passed", "did not pass", "not eligible", "not offered", "not invited", "did not attend"}
_BLANK: Final = frozenset(("n/a", "na", "-", "--", ".", "not applicable", "pending", "awaiting", "none"))
_OWN_PASSED: Final = frozenset(["1", "true", "yes", "y", "passed", "pass"])
_OWN_FAILED: Final = frozenset(["0", "false", "no", "n", "failed", "fail"])
_ATTENDED: Final = re.compile(r"(?<![^\W_])(attend\w*|turned up|sat|took)(?![^\W_])")
_NESTED: Final = 0.995


@dataclass(frozen=True, slots=True)
class _Stage:
    """A column that tells who passed a stage."""

    column: Column
    passed: NDArray[np.bool_]
    dates: bool
    stage: StageWords


def _builtin() -> dict[str, StageWords]:
    process = step_up_to_social_work().process
    gates = {gate.key: gate for gate in process.gates}
    return {
        stage.key: StageWords(
            stage.key,
            stage.label,
            stage.adjective,
            gates[stage.key].label if stage.key in gates else "",
            gates[stage.key].owner if stage.key in gates else "",
        )
        for stage in process.stages
    }


def stage_like(columns: Sequence[Column]) -> list[_Stage]:
    """Columns that tell who passed a stage: dates or two answers, under the name of a gate."""
    found: list[_Stage] = []
    builtin = _builtin()
    known = [column for column in columns if key_of(heading(column.name)) in builtin]
    use_builtin = len(known) >= len(builtin) - 2
    for column in columns:
        values = {normalise(value) for value in column.values}
        dates = bool(column.date_forms)
        two = bool(values & _PASSED) and values <= _PASSED | _FAILED | _BLANK
        if not (dates or two):
            continue
        key = key_of(heading(column.name))
        if use_builtin and key in builtin:
            stage = builtin[key]
        elif (named := _named(column)) is not None:
            stage = named
        else:
            continue
        passed = column.filled if dates else _passed(column)
        found.append(_Stage(column, passed, dates, stage))
    keys = [one.stage.key for one in found]
    return [
        one
        if keys.count(one.stage.key) == 1
        else _Stage(one.column, one.passed, one.dates, own_stage(one.column))
        for one in found
    ]


def _named(column: Column) -> StageWords | None:
    name = heading(re.sub(r"\(.*?\)", " ", column.name))
    name = re.sub(r"(?<![^\W_])(date|on|at|dd|datum|time)(?![^\W_])", " ", name).strip()
    gate = gate_named(name)
    if gate is not None and _ATTENDED.search(name):
        if gate.key == "passed_ac":
            return ATTENDED
        what = gate.gate or gate.key
        return StageWords(
            f"attended_{key_of(what.removeprefix('the '))}", f"Attended {what}", gate=f"attendance at {what}"
        )
    return None if gate is None else stage_of(gate)


def own_stage(column: Column) -> StageWords:
    """A stage under the name of its column."""
    words = re.sub(r"\(.*?\)", "", column.name).strip() or column.name
    return StageWords(key_of(words), words, gate=words)


def _passed(column: Column) -> NDArray[np.bool_]:
    table = np.array([*(normalise(value) in _PASSED for value in column.values), False], bool)
    return table[column.codes]


def told_by_stage_columns(found: Sequence[_Stage], others: Sequence[Column], decisions: Decisions) -> Told:
    """Draft stages from their columns, in the order in which fewer and fewer people passed them."""
    ordered = sorted(
        found, key=lambda one: (-int(one.passed.sum()), [g.key for g in GATES].index(_rank_key(one)))
    )
    everybody = int(ordered[0].passed.sum()) == len(ordered[0].passed)
    stages = [one.stage for one in ordered]
    first = stages[0] if everybody else stage_of(GATES[0])
    chain = stages if everybody else [first, *stages]
    seen = {
        (one.stage.key, two.stage.key)
        for one, two in pairwise(ordered)
        if _inside(two.passed, one.passed) and int(two.passed.sum()) < int(one.passed.sum())
    }
    seen |= {(first.key, stage.key) for stage in chain[1:]}
    broken = [two.column.name for one, two in pairwise(ordered) if not _inside(two.passed, one.passed)]
    told = Told(in_order(chain, seen, broken, decisions), columns={one.column.name for one in found})
    names = {one.stage.key: one.column.name for one in ordered}
    told.table = {
        "kind": "stage_columns",
        "columns": {
            stage.key: names[stage.key]
            for stage in told.stages
            if names.get(stage.key, stage.key) != stage.key
        },
    }
    if all(one.dates for one in ordered):
        forms = [
            form
            for form in ordered[0].column.date_forms
            if all(form in one.column.date_forms for one in ordered)
        ]
        told.table |= {"dates": True, "date_format": "" if "%Y-%m-%d" in forms else (forms or [""])[0]}
    else:
        told.table |= _vocabulary(ordered)
    if leaving := exit_column(others, decisions):
        told.table |= leaving
        told.columns.add(str(leaving["exit_column"]))
    else:
        told.table["exit_column"] = ""
    return told


def _rank_key(one: _Stage) -> str:
    keys = {gate.key for gate in GATES}
    return one.stage.key if one.stage.key in keys else "started"


def _inside(later: NDArray[np.bool_], earlier: NDArray[np.bool_]) -> bool:
    return float(earlier[later].mean()) >= _NESTED if later.any() else True


def in_order(
    chain: list[StageWords], seen: set[tuple[str, str]], broken: list[str], decisions: Decisions
) -> list[StageWords]:
    """The order that the numbers show; asked about where somebody passed a later stage and no earlier one."""
    doubts = [(one, two) for one, two in pairwise(chain) if (one.key, two.key) not in seen]
    certain = not doubts
    value = decisions.decide(
        "stages",
        "stages",
        "the order of the stages",
        "Is this the order of the stages?",
        ", ".join(stage.key for stage in chain),
        "fewer and fewer people passed them, each time some of those before"
        if certain
        else "the file does not show which of them comes first",
        rests_on=f"Some passed {listed(broken)} and not the stage before" if broken else "",
        choices=[
            (", ".join(stage.key for stage in order), ", ".join(stage.label for stage in order))
            for order in (chain, *other_orders(chain, doubts))
        ],
        safe=certain and not broken,
    )
    by_key = {stage.key: stage for stage in chain}
    wanted = [part.strip() for part in value.split(",")]
    return [by_key[key] for key in wanted] if sorted(wanted) == sorted(by_key) else chain


def _vocabulary(found: Sequence[_Stage]) -> dict[str, Any]:
    """Words of the columns beyond those that are always understood."""
    values = {normalise(value): value for one in found for value in one.column.values}
    passed = [raw for word, raw in values.items() if word in _PASSED]
    failed = [raw for word, raw in values.items() if word in _FAILED]
    blank = [raw for word, raw in values.items() if word in _BLANK]
    table: dict[str, Any] = {}
    if not {normalise(word) for word in passed} <= _OWN_PASSED:
        table["passed"] = sorted(passed)
    if not {normalise(word) for word in failed} <= _OWN_FAILED:
        table["failed"] = sorted(failed)
    if blank:
        table["blank"] = sorted(blank)
    return table


# Reasons for leaving -----------------------------------------------------------------------------------


def exit_column(columns: Sequence[Column], decisions: Decisions) -> dict[str, Any] | None:
    """The column with reasons for leaving, and what its words mean."""
    known = {reason: reason for reason in RECORDED_REASONS}
    known |= {reason.replace("_", " "): reason for reason in known}
    for column in columns:
        if not EXIT.search(heading(column.name)) or not 1 <= len(column.values) <= 40:
            continue
        words: dict[str, str] = {}
        for word, n in zip(column.values, column.counts, strict=True):
            if normalise(word) in known:
                continue
            meaning = meaning_of(word)
            reason = decisions.decide(
                f"exit:{word}",
                "status",
                word,
                f"{word} ({int(n):,}): why did they leave?",
                meaning.exit,
                "its words" if meaning.exit else "its words name no reason that is known",
                choices=[(reason, EXITS[reason]) for reason in EXITS if reason != "reached"],
                safe=bool(meaning.exit),
                meanwhile="not_recorded",
                rows=int(n),
            )
            words[word] = reason
        return {"exit_column": column.name, "exit_words": words}
    return None


# The furthest stage ------------------------------------------------------------------------------------


def furthest_column(column: Column) -> bool:
    """Whether every value of a column names a stage, and none why people left."""
    if not 2 <= len(column.values) <= 20:
        return False
    builtin = _builtin()
    if all(key_of(value) in builtin for value in column.values):
        return True
    meanings = [meaning_of(value) for value in column.values]
    plain = all(one.exit in ("", "pending") and one.gate for one in meanings)
    return plain and all(len(gates_in(heading(value))) == 1 for value in column.values)


def told_by_furthest(column: Column, others: Sequence[Column], decisions: Decisions) -> Told:
    """Draft stages from the names of the furthest one."""
    builtin = _builtin()
    told = Told(columns={column.name})
    words: dict[str, str] = {}
    if all(key_of(value) in builtin for value in column.values):
        told.stages = list(builtin.values())
    else:
        gates = {value: gates_in(heading(value))[0][1] for value in column.values}
        present = {gate.key for gate in gates.values()} | {"applied"}
        told.stages = decide_order(
            [stage_of(gate) for gate in GATES if gate.key in present],
            set(),
            decisions,
            rows=int(column.filled.sum()),
        )
        for value, gate in gates.items():
            words[value] = _furthest_word(value, gate.key, column, told.stages, decisions)
    told.table = {
        "kind": "furthest_stage",
        "column": column.name,
        "words": {w: k for w, k in words.items() if k},
    }
    if leaving := exit_column(others, decisions):
        told.table |= leaving
        told.columns.add(str(leaving["exit_column"]))
    else:
        told.table["exit_column"] = ""
    return told


def _furthest_word(
    value: str, key: str, column: Column, stages: Sequence[StageWords], decisions: Decisions
) -> str:
    n = int(column.counts[column.values.index(value)])
    meaning = meaning_of(value)
    keys = [stage.key for stage in stages]
    before = keys[max(keys.index(key) - 1, 0)]
    sure = meaning.sure and (meaning.passed or key == "applied")
    labels = {stage.key: stage.label for stage in stages}
    return decisions.decide(
        f"stage:{value}",
        "status",
        value,
        f"{value} ({n:,}): which stage had they reached?",
        key,
        meaning.reason,
        choices=[(one, labels[one]) for one in dict.fromkeys((key, before, *keys))],
        safe=sure,
        rows=n,
    )
