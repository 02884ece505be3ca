"""Selection rates drawn as people: a funnel for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL
from stepup_equity.findings import SelectionRates
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.funnels import Funnel, FunnelPicture, draw_funnels
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.names import people_of, within
from stepup_equity.words.numbers import HIDDEN_NUMBER, people_number, percent, would_pass
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import stated_share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.words.names import Names


_ENOUGH: Final = 23
"""Of fewer people no percentage stands in a title, as none is published: 1 of 1 is 100%."""


@plot.register(SelectionRates)
def plot_people(result: SelectionRates, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A funnel for each group: bars of who is still there, the reference's share as an outline."""
    frame = with_all_there(result)
    title = look.title or people_finding(frame, look)
    notes = (stated_share(frame, look.names), *result.notes)
    asked = None if result.question is None else result.question.choices
    waiting = asked is not None and asked.get("denominator", "entered") == "entered"
    return draw_people(frame, look, title, notes, ax, waiting=waiting)


def with_all_there(rates: SelectionRates) -> pd.DataFrame:
    """The frame of selection rates, with who is there before and behind each gate, `here` and `there`.

    Whose version of the process did not have a gate is in no rate of it, and still there behind it.
    """
    frame = rates.frame
    keys = zip(frame[CHARACTERISTIC], frame[GROUP], frame[GATE], strict=True)
    past = [rates.skipped.get(key, 0) for key in keys]
    return frame.assign(here=frame["entered"] + past, there=frame["passed"] + past)


def people_as_printed(rates: SelectionRates) -> pd.DataFrame:
    """The rates of a characteristic, with the share of those who applied that got so far, as printed."""
    frame = with_all_there(rates)
    applied = frame.groupby(GROUP, sort=False)["here"].transform("first").to_numpy(float)
    there = frame["there"].to_numpy(float)
    through = np.divide(there, applied, out=np.full(len(frame), np.nan), where=applied > 0)
    hidden = frame["passed"].isna().to_numpy()
    words = ["–" if np.isnan(share) else percent(share) for share in through]
    told = frame.assign(through=through, through_word=np.where(hidden, HIDDEN_NUMBER, words))
    if not hidden.any():
        return told
    return told.assign(
        start_word=[people_number(n) for n in frame["here"]],
        people_word=[people_number(n) for n in frame["there"]],
    )


def draw_people(
    frame: pd.DataFrame,
    look: Look,
    title: str,
    notes: tuple[str, ...],
    ax: Axes | None = None,
    *,
    waiting: bool = True,
) -> Axes:
    """Draw the funnels of a tidy frame.

    Parameters
    ----------
    frame : DataFrame
        ``characteristic, group, stated, gate, entered, denominator, passed, estimate``, ``overall`` among the
        gates; numbers that may not be shown are NaN. ``here`` and ``there`` are those before and behind a
        gate, where some of them had no such gate. Where it has ``word``, numbers are printed so, and as
        ``people_word``, ``start_word``, ``left_word`` and ``waiting_word``.
    look : Look
    title : str
    notes : tuple of str
    ax : Axes, optional
    waiting : bool
        Whether those in no rate all wait; else some may have left by their own choice.
    """
    parts: list[tuple[str, int]] = []
    funnels: list[Funnel] = []
    stages: tuple[str, ...] = ()
    several = len(set(frame[CHARACTERISTIC])) > 1
    for name, mine in frame.groupby(CHARACTERISTIC, sort=False):
        stages, found = _funnels(mine, look, waiting=waiting)
        funnels += found
        parts.append((look.names.characteristic(str(name)) if several else "", len(found)))
    picture = FunnelPicture(stages, tuple(funnels), tuple(parts))
    face = Face(
        title, _subtitle(frame, look, waiting=waiting), notes, people_alt(frame, look.names, title), look.mark
    )
    return draw_funnels(picture, face, ax)


def _subtitle(frame: pd.DataFrame, look: Look, *, waiting: bool) -> str:
    names = list(dict.fromkeys(frame[CHARACTERISTIC]))
    known = [name for name in names if look.references.get(name) in set(frame[GROUP])]
    outline = ""
    if known and len(set(zip(frame[CHARACTERISTIC], frame[GROUP], strict=True))) > len(known):
        whose = people_of(look.references[known[0]], look.names.characteristic(known[0]))
        outline = f" Outline: share of {whose if len(names) == 1 else 'the reference'}."
    cells = set(zip(frame[CHARACTERISTIC], frame[GROUP], frame[GATE], strict=True))
    edges = " ▼ marks a cliff edge." if cells & look.flags else ""
    edges += " ▲ marks a cliff edge at which the reference is behind." if cells & look.ahead else ""
    aside = ""
    if (frame["entered"] > frame["denominator"]).any():
        aside = (
            " In no rate: who waits." if waiting else " In no rate: who waits or left by their own choice."
        )
    if "there" in frame and (frame["there"] > frame["passed"]).any():
        aside += " Without it: no such gate in their version of the process."
    return (
        f"Bar: share of the group's applicants still there.{outline} ↓ share that went on to the next stage, "
        f"and how many did not (−).{aside}{edges}"
    )


def _funnels(frame: pd.DataFrame, look: Look, *, waiting: bool) -> tuple[tuple[str, ...], list[Funnel]]:
    word = "waiting" if waiting else "in no rate"
    name = str(frame[CHARACTERISTIC].iloc[0])
    gates = [gate for gate in dict.fromkeys(frame[GATE]) if gate != OVERALL]
    rows = {(row.group, row.gate): row for row in records(frame)}
    reference = look.references.get(name)
    groups = list(dict.fromkeys(frame[GROUP]))
    if reference in groups:
        groups.insert(0, groups.pop(groups.index(reference)))
    shares = {group: _shares([rows[group, gate] for gate in gates]) for group in groups}
    nothing = np.full(len(gates) + 1, np.nan)
    there = {group for group in groups if _here(rows[group, gates[0]]) > 0}
    return (look.names.start, *(look.names.stage(gate) for gate in gates)), [
        Funnel(
            name=f"{group} (reference)" if group == reference else str(group),
            whole_way=_whole_way([rows[group, gate] for gate in gates], rows.get((group, OVERALL))),
            shares=shares[group],
            people=_people([rows[group, gate] for gate in gates]),
            steps=tuple(_step(rows[group, gate], word) for gate in gates),
            marks=tuple(
                -1 if (name, group, gate) in look.flags else int((name, group, gate) in look.ahead)
                for gate in gates
            ),
            outline=shares[reference] if group in there - {reference} and reference in shares else nothing,
            quiet=not rows[group, gates[0]].stated,
        )
        for group in groups
    ]


def _shares(rows: list[Any]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Share of applicants still there at each stage: of nobody 0, of a hidden number unknown."""
    people = np.array([_here(rows[0]), *(_there(row) for row in rows)], float)
    return np.zeros(len(people)) if people[0] == 0 else people / people[0]


def _people(rows: list[Any]) -> tuple[str, ...]:
    if hasattr(rows[0], "people_word"):
        return (rows[0].start_word, *(row.people_word for row in rows))
    return (people_number(_here(rows[0])), *(people_number(_there(row)) for row in rows))


def _here(row: Any) -> Any:
    """Who is at the stage before a gate: who met it, and for whom there was none."""
    return getattr(row, "here", row.entered)


def _there(row: Any) -> Any:
    """Who is still there behind a gate: who passed it, and for whom there was none."""
    return getattr(row, "there", row.passed)


def _step(row: Any, word: str) -> tuple[str, str]:
    """The rate from a stage to the next, and who did not go on; `word` is for those in no rate."""
    if hasattr(row, "word"):
        return f"↓ {row.word}", _aside(row.left_word, row.waiting_word, word)
    if np.isnan(row.denominator):
        return ("↓ hidden", "")
    if not row.denominator:
        return "↓ nobody", _aside(
            "", f"{row.entered:,}" if row.entered else "", word, _there(row) - row.passed
        )
    left, without = row.denominator - row.passed, row.entered - row.denominator
    aside = _aside(
        f"{left:,}" if left else "", f"{without:,}" if without else "", word, _there(row) - row.passed
    )
    return f"↓ {percent(row.estimate)}", aside


def _aside(left: str, without: str, word: str, skipped: int = 0) -> str:
    """Who did not go on, who is in no rate, and for whom there was no such gate; empty where nobody is."""
    parts = (
        f"−{left}" if left else "",
        f"{without} {word}" if without else "",
        f"{skipped:,} without it" if skipped else "",
    )
    return " · ".join(part for part in parts if part)


def _whole_way(rows: list[Any], whole: Any) -> str:
    """What became of all who applied."""
    if hasattr(rows[0], "people_word"):
        return f"{rows[-1].people_word} of {rows[0].start_word} got to the end"
    if not _here(rows[0]):
        return "nobody applied"
    if whole is None or not whole.denominator or np.isnan(whole.denominator):
        share = "" if np.isnan(_there(rows[-1])) else " (–)"
        return f"{people_number(_there(rows[-1]))} of {people_number(_here(rows[0]))}{share} got to the end"
    of = f"{whole.passed:,} of {whole.denominator:,}{_done(whole)}"
    return f"{of} ({percent(whole.estimate)}) got to the end"


def _done(whole: Any) -> str:
    """Whose rate it is, where some who applied still wait."""
    return " with an outcome" if whole.denominator < whole.entered else ""


def people_finding(frame: pd.DataFrame, look: Look) -> str:
    """Who got to the end: the group that chance does not excuse, else lowest and highest.

    A group is named where its interval over the whole way lies below its reference's.
    """
    whole = frame[(frame[GATE] == OVERALL) & frame["stated"].astype(bool)].dropna(subset=["estimate"])
    rows = [row for row in records(whole) if row.denominator]
    if not rows:
        if frame["denominator"].isna().any():
            return "How many of each group got to the end is hidden"
        return "Nobody's way to the end is decided yet" if len(frame) else "Nobody applied"
    first = str(frame[CHARACTERISTIC].iloc[0])
    behind = []
    for row in rows:
        against = look.references.get(row.characteristic)
        theirs = [
            other for other in rows if (other.characteristic, other.group) == (row.characteristic, against)
        ]
        if theirs and row.conf_high < theirs[0].conf_low:
            behind.append((row.denominator * theirs[0].estimate - row.passed, row, theirs[0]))
    if behind:
        _, row, against = max(behind, key=lambda found: found[0])
        label = look.names.characteristic(row.characteristic)
        how_many = f"{row.passed:,} of" if row.passed else "None of the"
        who = f"{row.denominator:,} {people_of(row.group, label)}{_done(row)}"
        return (
            f"{how_many} {who} got to the end; at the rate of {people_of(against.group, label)} "
            f"{would_pass(row.denominator, against.passed, against.denominator):,} would have"
        )
    mine = [row for row in rows if row.characteristic == first]
    label = look.names.characteristic(first)
    if len(mine) == 1:
        only = mine[0]
        return f"{only.group}: {only.passed:,} of {only.denominator:,}{_done(only)} got to the end"
    large = [row for row in mine if row.denominator >= _ENOUGH]
    if len(large) < 2:
        return f"Who is still there at each stage, by {within(label)}"
    low, high = min(large, key=lambda row: row.estimate), max(large, key=lambda row: row.estimate)
    where = f" of {_ENOUGH} or more" if len(large) < len(mine) else ""
    those = f"those {'with an outcome' if any(map(_done, mine)) else 'who applied'}"
    rates = percent(low.estimate), percent(high.estimate)
    if not high.estimate:
        return f"{label}: nobody of any group{where} got to the end"
    if rates[0] == rates[1]:
        return f"{label}: {rates[0]} of {those} got to the end, in every group{where}"
    return (
        f"{label}: from {rates[0]} ({low.group}) to {rates[1]} ({high.group}) of {those} got to the end"
        f"{f', in groups{where}' if where else ''}"
    )


def people_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """Funnels in words: the people of each group at the first stage and at the last."""
    gates = [gate for gate in dict.fromkeys(frame[GATE]) if gate != OVERALL]
    first, last = (records(frame[frame[GATE] == gate]) for gate in (gates[0], gates[-1]))
    ends = [f"{a.group} {_people([a])[0]} to {_people([b])[1]}" for a, b in zip(first, last, strict=True)]
    return (
        f"{title}. A funnel for each group, from “{names.start}” to “{names.stage(str(gates[-1]))}”. "
        f"People at both ends: {'; '.join(ends)}. The table beside the chart holds every number."
    )
