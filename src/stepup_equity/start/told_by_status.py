"""One column with a status: what each word says, and which other column splits a word."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.process.headings import heading
from stepup_equity.start.gates import GATES, gate_named, gates_in
from stepup_equity.start.statuses import Meaning, meaning_of
from stepup_equity.start.told import (
    ATTENDED,
    EXITS,
    INVITED,
    StageWords,
    Told,
    decide_order,
    in_words,
    stage_of,
)
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column


_FULL, _NOBODY = 0.98, 0.02
_FIRST: Final = re.compile(r"interview 1|(first|1st)( stage| round)? interview")
_GATES: Final = {gate.key: gate for gate in GATES}
_LAST_GATES: Final = ("offered", "cleared", "accepted", "started")


@dataclass(frozen=True, slots=True)
class _Ladder:
    """A column that is filled for everybody from one stage on, and for nobody before."""

    column: Column
    stage: str


def told_by_status(column: Column, others: Sequence[Column], decisions: Decisions) -> Told:
    """Draft the statuses of a column; other columns tell the order, and split what a word leaves open."""
    meanings = _one_interview({word: meaning_of(word) for word in column.values})
    stages = stages_spoken_of(list(meanings.values()))
    seen = seen_orders(meanings) | _order_by_columns(column, meanings, others)
    stages = decide_order(stages, seen, decisions, rows=int(column.filled.sum()))
    keys = [stage.key for stage in stages]
    counts = dict(zip(column.values, map(int, column.counts), strict=True))
    sure = {word: place for word, one in meanings.items() if (place := _place(one, keys)) and one.sure}
    ladders = _ladders(column, sure, others, keys)
    told = Told(stages, columns={column.name})
    placed: dict[str, str] = {}
    splits: list[dict[str, Any]] = []
    stageless = _stageless(meanings, decisions)
    for exit_, words in stageless.items():
        placed |= _split(exit_, words, column, ladders, stages, decisions, splits)
    for word in sorted(meanings, key=lambda word: -counts[word]):
        if word not in placed:
            placed[word] = _status(word, meanings[word], counts[word], stages, decisions)
    if blank := int((~column.filled).sum()):
        placed[""] = _status("", Meaning(), blank, stages, decisions)
    told.table = {
        "kind": "status",
        "column": column.name,
        "outcomes": _outcomes(placed, keys),
        "split": splits,
    }
    told.columns |= {str(split["column"]) for split in splits}
    told.notes = {word: f"{counts[word]:,}" for word in placed if word}
    return told


def _one_interview(meanings: dict[str, Meaning]) -> dict[str, Meaning]:
    """Where nobody is turned down at an interview but the first, "interview" and "interview 1" are one."""
    first = [word for word, one in meanings.items() if one.gate == "phoned"]
    numbered = all(_FIRST.search(heading(word)) for word in first)
    ends = [one for one in meanings.values() if one.gate in ("interviewed", "final_interviewed")]
    if not first or not ends or not numbered or any(one.exit in ("rejected", "") for one in ends):
        return meanings
    if any(one.gate == "final_interviewed" for one in ends):
        return meanings
    return meanings | {word: replace(meanings[word], gate="interviewed") for word in first}


def stages_spoken_of(meanings: Sequence[Meaning]) -> list[StageWords]:
    """The stages that some statuses speak of, and those that they imply."""
    keys = {one.gate for one in meanings if one.gate}
    exits = {one.exit for one in meanings}
    if any(one.exit == "pending" and one.gate == "offered" and not one.sure for one in meanings) and not any(
        one.gate == "offered" and one.sure for one in meanings
    ):
        keys -= {"offered"}  # a reserve list alone is no offer
    if {"declined", "offer_withdrawn"} & exits:
        keys |= {"offered"}
        keys |= set() if keys & {"accepted", "started"} else {"accepted"}
    stages = [stage_of(gate) for gate in GATES if gate.key == "applied" or gate.key in keys]
    if any(one.exit == "did_not_attend" and one.gate == "passed_ac" for one in meanings):
        stages.append(ATTENDED)
    early = keys - {"applied", *_LAST_GATES}
    asked_in = [
        one.gate for one in meanings if one.exit == "pending" and one.gate in early and not one.passed
    ]
    turned_down = any(one.exit == "rejected" and not one.gate for one in meanings)
    if len(early) == 1 and asked_in and turned_down:
        stages.append(INVITED)
    if len(stages) < 2:
        stages.append(stage_of(_GATES["started"]))
    return stages


def seen_orders(meanings: dict[str, Meaning]) -> set[tuple[str, str]]:
    """Orders that a status itself tells: who passed one gate and is invited to another."""
    seen = set()
    for word, one in meanings.items():
        keys = [gate.key for _, gate in gates_in(heading(word))]
        if len(keys) == 2 and one.exit in ("pending", ""):
            seen.add((keys[0], keys[1]))
    return seen


def _place(one: Meaning, keys: Sequence[str]) -> str:
    """``"stage/exit"`` of a meaning; empty where it names no stage."""
    if not one.gate or one.gate not in keys:
        return ""
    at = keys.index(one.gate)
    if one.gate == "passed_ac" and "attended" in keys and one.exit != "rejected" and not one.passed:
        at = keys.index("attended")
    if not one.passed:
        at = max(at - 1, 0)
    if at == len(keys) - 1:
        return f"{keys[at]}/reached"
    return f"{keys[at]}/{one.exit or 'pending'}"


def _order_by_columns(
    column: Column, meanings: dict[str, Meaning], others: Sequence[Column]
) -> set[tuple[str, str]]:
    """Orders that scores and dates show: whoever failed a gate has, or lacks, something of another."""
    seen = set()
    for other in others:
        gate = gate_named(other.name)
        if gate is None or other.filled.all() or not other.filled.any():
            continue
        for i, word in enumerate(column.values):
            one = meanings[word]
            if one.exit != "rejected" or not one.sure or one.gate == gate.key:
                continue
            share = float(other.filled[column.codes == i].mean())
            if share >= _FULL:
                seen.add((gate.key, one.gate))
            elif share <= _NOBODY:
                seen.add((one.gate, gate.key))
    return seen


def _ladders(
    column: Column, sure: dict[str, str], others: Sequence[Column], keys: Sequence[str]
) -> list[_Ladder]:
    """Columns that tell from which stage on people have something there, the earliest first."""
    found: dict[str, Column] = {}
    codes = {word: i for i, word in enumerate(column.values)}
    at = {word: keys.index(place.split("/")[0]) for word, place in sure.items()}
    for other in others:
        shares = {word: float(other.filled[column.codes == codes[word]].mean()) for word in at}
        full = [at[word] for word, share in shares.items() if share >= _FULL]
        none = [at[word] for word, share in shares.items() if share <= _NOBODY]
        if len(full) + len(none) < len(at) or not full or not none or max(none) >= min(full):
            continue
        stage = keys[min(full)]
        if stage not in found or ("score" in heading(other.name)) > ("score" in heading(found[stage].name)):
            found[stage] = other
    return [_Ladder(found[stage], stage) for stage in keys if stage in found]


def _stageless(meanings: dict[str, Meaning], decisions: Decisions) -> dict[str, list[str]]:
    """Words that tell why people left, but not how far they had got, by the reason."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, one in meanings.items():
        if one.exit and not one.gate and decisions.answered(f"status:{word}") is None:
            found[one.exit].append(word)
    return found


def _split(
    exit_: str,
    words: list[str],
    column: Column,
    ladders: Sequence[_Ladder],
    stages: Sequence[StageWords],
    decisions: Decisions,
    splits: list[dict[str, Any]],
) -> dict[str, str]:
    """Ask how far those had got whose words only say why they left; other columns may split them."""
    rows = np.isin(column.codes, [column.values.index(word) for word in words])
    steps = [(one, int(one.column.filled[rows].sum())) for one in ladders]
    steps = [(one, n) for one, n in steps if n]
    people = int(rows.sum())
    if not steps:
        return {}
    keys = [stage.key for stage in stages]
    first = "applied" if "applied" in keys else keys[0]
    scored = next(((one, n) for one, n in steps if "score" in heading(one.column.name)), steps[0])
    have = f"{scored[1]:,} have something under {scored[0].column.name!r}"
    proof = "; ".join(
        f"{n:,} have {one.column.name!r}, as everybody has from {_label(one.stage, stages)!r} on"
        for one, n in steps
    )
    whole = [(f"{key}/{exit_}", in_words(f"{key}/{exit_}", stages)) for key in keys[:-1]]
    value = decisions.decide(
        f"split:{exit_}",
        "status",
        ", ".join(sorted(words)),
        f"{', '.join(sorted(words))} ({people:,}): {have}. Split by it?",
        "split",
        "the words say why they left, not how far they had got; other columns tell",
        rests_on=proof,
        choices=[("split", "Split them by what the other columns hold"), *whole],
        safe=False,
        meanwhile=f"{first}/{exit_}",
        rows=people,
    )
    if value == "split":
        splits.extend(
            {"words": sorted(words), "column": one.column.name, "stage": one.stage} for one, _ in steps
        )
        return dict.fromkeys(words, f"{first}/{exit_}")
    return dict.fromkeys(words, value)


def _label(key: str, stages: Sequence[StageWords]) -> str:
    return next(stage.label for stage in stages if stage.key == key)


def _status(word: str, one: Meaning, people: int, stages: Sequence[StageWords], decisions: Decisions) -> str:
    """Decide one status; empty where nobody knows yet."""
    keys = [stage.key for stage in stages]
    place, safe, meanwhile = _place(one, keys), one.sure, None
    reserve = one.exit == "pending" and "reserve list" in one.reason
    if reserve:
        before = [key for key in keys if key not in _LAST_GATES] or keys[:1]
        place = f"{before[-1]}/pending"
    elif not place and one.exit:
        place = f"{keys[0]}/{one.exit}"
    elif not place:
        meanwhile = ""
    proposed = place if one.sure or one.likely else ""  # Enter must not take what the words do not say
    if place and not proposed:
        meanwhile = place
    return decisions.decide(
        f"status:{word}",
        "status",
        word or "(blank)",
        _question(word, people, one, reserve=reserve),
        proposed,
        one.reason,
        rests_on=count(people, "row"),
        choices=_choices(one, place, stages, reserve=reserve),
        safe=safe and bool(place),
        meanwhile=meanwhile,
        rows=people,
    )


def _question(word: str, people: int, one: Meaning, *, reserve: bool) -> str:
    if not word:
        return f"{count(people, 'row')} {'has' if people == 1 else 'have'} no status: what became of them?"
    if reserve:
        return f"{word} ({people:,}): are they still waiting, or did they get no place?"
    if one.exit and not one.gate:
        return f"{word} ({people:,}): how far had they got?"
    return f"{word} ({people:,}): what does it mean?"


def _choices(
    one: Meaning, place: str, stages: Sequence[StageWords], *, reserve: bool
) -> list[tuple[str, str]]:
    """What a word can mean, the proposal first."""
    keys = [stage.key for stage in stages]
    if reserve:
        stage = place.split("/", maxsplit=1)[0]
        places = [f"{stage}/pending", f"{stage}/no_place"]
    elif one.exit and not one.gate:
        places = [f"{key}/{one.exit}" for key in keys[:-1]]
    else:
        exits = ("rejected", "withdrew", "pending", "did_not_attend", "no_place", "not_recorded")
        places = [f"{key}/{exit_}" for key in keys[:-1] for exit_ in exits]
        places += [
            f"{key}/{exit_}"
            for key in keys[:-1]
            if key == "offered"
            for exit_ in ("declined", "offer_withdrawn")
        ]
        places.append(f"{keys[-1]}/reached")
    ordered = list(dict.fromkeys([*([place] if place else []), *places]))
    return [(one_place, in_words(one_place, stages)) for one_place in ordered]


def _outcomes(placed: dict[str, str], keys: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Words by stage and exit, in the order of the stages."""
    found: dict[str, dict[str, list[str]]] = {}
    order = {exit_: i for i, exit_ in enumerate(EXITS)}
    pairs = [(*place.partition("/")[::2], word) for word, place in placed.items() if place]
    for stage, exit_, word in sorted(pairs, key=lambda one: (keys.index(one[0]), order[one[1]], one[2])):
        found.setdefault(stage, {}).setdefault(exit_, []).append(word)
    return found
