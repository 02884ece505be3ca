"""A log of events: what each word says, and in which order people passed."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.process.headings import heading
from stepup_equity.records.dates import instant_of
from stepup_equity.start.gates import gates_in
from stepup_equity.start.statuses import Meaning, meaning_of
from stepup_equity.start.told import EXITS, Told, decide_order, in_words
from stepup_equity.start.told_by_status import seen_orders, stages_spoken_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column


_IGNORED: Final = re.compile(
    r"(?<![^\W_])(e ?mails?|sms|reminder|message|viewed|opened|downloaded|note added|comment"
    r"|updated|log ?in|printed"
    r"|acknowledg\w+)(?![^\W_])"
)
_REOPENED: Final = re.compile(r"(?<![^\W_])(reopen\w*|re-?instated|reactivated|re opened)(?![^\W_])")


_EPOCH: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - files have no time zone
_FEWEST, _NEARLY_ALL = 5, 0.95


def told_by_log(event: Column, time: Column, people: Column, decisions: Decisions) -> Told:
    """Draft the events of a log: the stage each tells, or why people left."""
    meanings = {word: meaning_of(word) for word in event.values}
    counts = dict(zip(event.values, map(int, event.counts), strict=True))
    spoken = {word: one for word, one in meanings.items() if not _REOPENED.search(heading(word))}
    stages = decide_order(
        stages_spoken_of(list(spoken.values())),
        seen_orders(spoken) | _order_by_dates(event, time, people, meanings),
        decisions,
        rows=int(event.filled.sum()),
    )
    keys = [stage.key for stage in stages]
    outcomes: dict[str, dict[str, list[str]]] = {}
    other: dict[str, list[str]] = {"reopened": [], "ignored": []}
    for word in sorted(meanings, key=lambda word: (-counts[word], word)):
        place, safe = _of_event(word, meanings[word], keys)
        places = [f"{key}/reached" for key in keys]
        places += [
            f"{key}/{exit_}" for key in keys[:-1] for exit_ in ("rejected", "withdrew", "pending", "no_place")
        ]
        places += ["any/withdrew", "any/rejected", "any/did_not_attend", "reopened", "ignored"]
        value = decisions.decide(
            f"status:{word}",
            "status",
            word,
            f"{word} ({counts[word]:,} events): what does it mean?",
            place,
            meanings[word].reason,
            rests_on=f"{counts[word]:,} events",
            choices=[(one, _event_in_words(one, stages)) for one in dict.fromkeys((place, *places)) if one],
            safe=safe,
            meanwhile=place,
            rows=counts[word],
        )
        stage, _, exit_ = value.partition("/")
        if value in other:
            other[value].append(word)
        elif value:
            outcomes.setdefault(stage, {}).setdefault(exit_, []).append(word)
    ordered = {key: outcomes[key] for key in (*keys, "any") if key in outcomes}
    forms = time.date_forms
    told = Told(stages, columns={event.name, time.name})
    told.table = {
        "kind": "events",
        "event": event.name,
        "time": time.name,
        "date_format": _with_time(time, forms),
        "unfinished": "pending",
        **{name: words for name, words in other.items() if words},
        "outcomes": ordered,
    }
    told.notes = {word: f"{n:,}" for word, n in counts.items()}
    return told


def _order_by_dates(
    event: Column, time: Column, people: Column, meanings: dict[str, Meaning]
) -> set[tuple[str, str]]:
    """Pairs of gates of which nearly everybody who passed both passed the first one earlier."""
    days = np.array([*(_instant(time, value) for value in time.values), np.inf])[time.codes]
    first: dict[str, NDArray[np.float64]] = {}
    for i, word in enumerate(event.values):
        gate = _passed_in(word, meanings[word])
        if gate:
            rows = (event.codes == i) & (people.codes >= 0)
            found = first.setdefault(gate, np.full(len(people.values), np.inf))
            np.minimum.at(found, people.codes[rows], days[rows])
    seen = set()
    for one_gate, earlier in first.items():
        for other, later in first.items():
            both = np.isfinite(earlier) & np.isfinite(later)
            if one_gate != other and both.sum() >= _FEWEST and (earlier < later)[both].mean() >= _NEARLY_ALL:
                seen.add((one_gate, other))
    return seen


def _passed_in(word: str, one: Meaning) -> str:
    """The gate that an event says was passed; of two, the one before the next step."""
    keys = [gate.key for _, gate in gates_in(heading(word))]
    if one.sure and one.passed and one.exit in ("", "pending"):
        return one.gate
    return keys[0] if one.sure and one.exit == "pending" and len(keys) == 2 else ""


def _instant(time: Column, value: str) -> float:
    """Seconds of a moment; infinite where it is none."""
    instant = instant_of(value, _with_time(time, time.date_forms))
    return np.inf if instant is None else (instant - _EPOCH).total_seconds()


def _of_event(word: str, one: Meaning, keys: Sequence[str]) -> tuple[str, bool]:
    """``"stage/exit"`` of an event, and whether its words leave no doubt."""
    text = heading(word)
    if _REOPENED.search(text):
        return "reopened", True
    if _IGNORED.search(text) and not one.gate:
        return "ignored", True
    if one.exit in ("rejected", "withdrew", "did_not_attend") and not one.gate:
        return f"any/{one.exit}", True  # the other events tell how far they had got
    if one.exit == "no_place" and not one.gate:
        return "any/no_place", True
    if not one.gate:
        return "", False
    if one.exit == "pending" and "reserve" in one.reason:
        before = [key for key in keys if key not in ("offered", "cleared", "accepted", "started")]
        return f"{before[-1]}/pending", False
    at = keys.index(one.gate)
    at = at if one.passed else max(at - 1, 0)
    exit_ = "reached" if one.exit in ("", "pending") or at == len(keys) - 1 else one.exit
    return f"{keys[at]}/{exit_}", one.sure


def _event_in_words(place: str, stages: Sequence[Any]) -> str:
    if place == "reopened":
        return "Opened again: undoes an earlier exit"
    if place == "ignored":
        return "Says nothing about how far they got"
    if place.startswith("any/"):
        return f"{EXITS[place.partition('/')[2]].capitalize()}, wherever they had got"
    return in_words(place, stages)


def _with_time(time: Column, forms: tuple[str, ...]) -> str:
    if not forms or "%Y-%m-%d" in forms:
        return ""
    sample = next(iter(time.stated))
    for ending in ("", " %H:%M:%S", " %H:%M"):
        if re.search(r":\d{2}:\d{2}", sample) and ending == " %H:%M:%S":
            return forms[0] + ending
        if re.search(r" \d{1,2}:\d{2}$", sample) and ending == " %H:%M":
            return forms[0] + ending
    return forms[0]
